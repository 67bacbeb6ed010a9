<?php

/**
 * As much of osTicket as the plugin's pure parts touch: tables' names, a database that answers from a script, a signal, a
 * field. What osTicket really does is proved on a real one (bridge/README.md).
 */

foreach (
    ['TICKET', 'THREAD', 'THREAD_ENTRY', 'THREAD_EVENT', 'EVENT', 'FORM_ENTRY', 'FORM_ANSWER', 'FORM_FIELD', 'STAFF',
    'TEAM', 'TOPIC', 'DEPT', 'SLA', 'TICKET_STATUS', 'TICKET_PRIORITY', 'THREAD_COLLABORATOR'] as $table
) {
    define($table . '_TABLE', 'ost_' . strtolower($table));
}
define('TABLE_PREFIX', 'ost_');
define('DBNAME', 'uji');
define('DBHOST', 'uji' . getmypid());

/** What the database answers: a list of [pattern, rows]; the first pattern that fits. */
class Database
{
    /** @var array<int, array{string, array}> */
    public static array $answers = [];
    /** @var string[] */
    public static array $asked = [];

    public static function rows(string $sql): array
    {
        self::$asked[] = $sql;
        foreach (self::$answers as [$pattern, $rows]) {
            if (preg_match($pattern, $sql)) {
                return $rows;
            }
        }
        return [];
    }
}

function db_query(string $sql, bool $log = true)
{
    return new ArrayIterator(Database::rows($sql));
}

function db_assoc_array($rows): array
{
    return iterator_to_array($rows);
}

function db_fetch_row($rows): ?array
{
    $all = iterator_to_array($rows);
    return $all ? array_values($all[0]) : null;
}

function db_fetch_array($rows): ?array
{
    $all = iterator_to_array($rows);
    return $all[0] ?? null;
}

function db_error(): string
{
    return '';
}

function db_real_escape(string $text, bool $quote): string
{
    return "'" . addslashes($text) . "'";
}

class Signal
{
    /** @var array<string, callable[]> */
    private static array $heard = [];

    public static function connect(string $signal, callable $told): void
    {
        self::$heard[$signal][] = $told;
    }

    public static function send(string $signal, object $model): void
    {
        foreach (self::$heard[$signal] ?? [] as $told) {
            $told($model);
        }
    }
}

class ThreadEvent
{
}

class ThreadEntry
{
}

class Staff
{
    public function getUserName(): string
    {
        return 'tanggap';
    }
}

/** A form's answer that stores what it is given. */
class Answer
{
    public array $stored = [];

    public function __construct(private object $field)
    {
    }

    public function getField(): object
    {
        return $this->field;
    }

    public function setValue($value, $id = null): void
    {
        $this->stored = [$value, $id];
    }

    public function save(bool $refetch): void
    {
    }
}

/** A list of osTicket's: takes an item's key, stores it as JSON with its text; what it does not offer it stores as nothing. */
class ListField
{
    public function getChoices(): array
    {
        return [3 => 'High', 4 => 'Low'];
    }

    public function parse($value)
    {
        return $this->getChoices()[$value] ?? null ? [$value => $this->getChoices()[$value]] : null;
    }

    public function to_database($value)
    {
        return $value ? [json_encode($value), null] : null;
    }

    public function get(string $what): int
    {
        return 36;
    }
}

class DynamicFormEntry
{
    public static array $answers = [];

    public static function forTicket(int $id): array
    {
        return [new self()];
    }

    public function getAnswer(string $name): ?Answer
    {
        return self::$answers[$name] ?? null;
    }
}

class Role
{
    public function getName(): string
    {
        return 'View only';
    }
}

class Ticket
{
    public array $logged = [];
    public int $topic_id = 1;
    public ?Role $role = null;

    public function getId(): int
    {
        return 7;
    }

    public function getRole(Staff $agent): ?Role
    {
        return $this->role;
    }

    public function setStatus(int $status, string $comments, array &$errors, bool $closing, bool $force): bool
    {
        return false;
    }

    public function logEvent(string $name, $data, $user): void
    {
        $this->logged[] = [$name, $data];
    }
}
