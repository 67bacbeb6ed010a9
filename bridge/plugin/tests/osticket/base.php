<?php

/**
 * What the plugin uses of osTicket, as types for PHPStan: names, parameters and what comes back. Nothing here ever runs.
 *
 * osTicket itself declares hardly a type, so the types stand in comments: the same files serve alone, and beside a real
 * osTicket (as stubFiles, see README.md), where PHPStan takes names and parameters from osTicket and the types from here.
 */

const INCLUDE_DIR = '';
const THIS_VERSION = '';
const DBHOST = '';
const DBNAME = '';
const TABLE_PREFIX = '';
const TICKET_TABLE = '';
const THREAD_TABLE = '';
const THREAD_ENTRY_TABLE = '';
const THREAD_EVENT_TABLE = '';
const THREAD_COLLABORATOR_TABLE = '';
const EVENT_TABLE = '';
const FORM_ENTRY_TABLE = '';
const FORM_ANSWER_TABLE = '';
const FORM_FIELD_TABLE = '';
const STAFF_TABLE = '';
const TEAM_TABLE = '';
const TOPIC_TABLE = '';
const DEPT_TABLE = '';
const SLA_TABLE = '';
const TICKET_STATUS_TABLE = '';
const TICKET_PRIORITY_TABLE = '';
const EMAIL_TABLE = '';
const EMAIL_ACCOUNT_TABLE = '';

/**
 * @param string $query
 * @param bool|string $logError
 * @param bool $buffered
 * @return mysqli_result|bool
 */
function db_query($query, $logError = true, $buffered = true)
{
}

/**
 * @param mysqli_result|bool $res
 * @param int $mode
 * @return list<array<string, int|float|string|null>>
 */
function db_assoc_array($res, $mode = MYSQLI_ASSOC)
{
}

/**
 * @param mysqli_result|bool $res
 * @return list<int|float|string|null>|false|null
 */
function db_fetch_row($res)
{
}

/**
 * @param mysqli_result|bool $res
 * @param int $mode
 * @return array<string, int|float|string|null>|false|null
 */
function db_fetch_array($res, $mode = MYSQLI_ASSOC)
{
}

/** @return string */
function db_error()
{
}

/**
 * @param string $val
 * @param bool $quote
 * @return string
 */
function db_real_escape($val, $quote = false)
{
}

/**
 * @param string $regex
 * @param array{string, string} $func
 * @param array<mixed>|false $args
 * @return UrlMatcher
 */
function url_get($regex, $func, $args = false)
{
}

/**
 * @param string $regex
 * @param array{string, string} $func
 * @param array<mixed>|false $args
 * @return UrlMatcher
 */
function url_post($regex, $func, $args = false)
{
}

class UrlMatcher
{
}

class Dispatcher
{
    /**
     * @param UrlMatcher $url
     * @param string|false $prefix
     * @return void
     */
    public function append($url, $prefix = false)
    {
    }
}

class Signal
{
    /**
     * @param string $signal
     * @param callable $callable
     * @param class-string|null $object
     * @param callable|null $check
     * @return void
     */
    public static function connect($signal, $callable, $object = null, $check = null)
    {
    }
}

class Format
{
    /**
     * @param string $glue
     * @param string $separator
     * @param array<mixed> $array
     * @return string
     */
    public static function array_implode($glue, $separator, $array)
    {
    }
}

class VerySimpleModel
{
    /**
     * @param mixed $criteria
     * @return static|null
     */
    public static function lookup($criteria)
    {
    }

    /** @return QuerySet<static> */
    public static function objects()
    {
    }

    /**
     * @param bool $refetch
     * @return bool
     */
    public function save($refetch = false)
    {
    }
}

/** @template T of VerySimpleModel */
class QuerySet
{
    /** @return T */
    public function one()
    {
    }
}

class ModelInstanceManager
{
    /** @return void */
    public static function flushCache()
    {
    }
}

class Config
{
    /**
     * @param string $key
     * @param string|null $default
     * @return string|null
     */
    public function get($key, $default = null)
    {
    }
}

class OsticketConfig extends Config
{
    /** @return int|string */
    public function getDefaultTicketStatusId()
    {
    }

    /** @return int|string */
    public function getDefaultPriorityId()
    {
    }
}

abstract class PluginConfig extends Config
{
    /** @return array<string, FormField> */
    public function getOptions()
    {
    }
}

class PluginInstance extends VerySimpleModel
{
}

class Plugin extends VerySimpleModel
{
    /** @var class-string<PluginConfig>|null */
    public $config_class = null;

    /** @return bool */
    public function isMultiInstance()
    {
    }

    /** @return void */
    public function bootstrap()
    {
    }

    /**
     * @param array<string, mixed> $defaults
     * @return PluginConfig|null
     */
    public function getConfig(PluginInstance $instance = null, $defaults = [])
    {
    }

    /**
     * @param array<string, string> $errors
     * @return bool
     */
    public function pre_uninstall(&$errors)
    {
    }
}

class API
{
    /**
     * @param string $key
     * @param string $ip
     * @return API|false|null
     */
    public static function lookupByKey($key, $ip = '')
    {
    }

    /** @return bool */
    public function isActive()
    {
    }

    /** @return bool */
    public function canCreateTickets()
    {
    }
}

class Controller
{
}

class ApiController extends Controller
{
}
