<?php

/**
 * osTicket's tickets, threads, people and lists, as types for PHPStan (see base.php).
 */

class Priority extends VerySimpleModel
{
    /** @return string */
    public function getDesc()
    {
    }

    /** @return string */
    public function __toString()
    {
    }
}

class Topic extends VerySimpleModel
{
    /** @return int|string|null */
    public function getPriorityId()
    {
    }
}

class Dept extends VerySimpleModel
{
    /** @return string */
    public function getName()
    {
    }
}

class Role extends VerySimpleModel
{
    /** @return string */
    public function getName()
    {
    }
}

class Staff extends VerySimpleModel
{
    /** @return int */
    public function getId()
    {
    }

    /** @return string */
    public function getUserName()
    {
    }
}

class User extends VerySimpleModel
{
    /** @return int */
    public function getId()
    {
    }

    /**
     * @param string $email
     * @return User|null
     */
    public static function lookupByEmail($email)
    {
    }
}

class Thread extends VerySimpleModel
{
    /** @return int */
    public function getId()
    {
    }
}

class ObjectThread extends Thread
{
}

class TicketThread extends ObjectThread
{
    /**
     * @param int|false $ticket
     * @return TicketThread|null
     */
    public static function create($ticket = false)
    {
    }
}

class ThreadEvent extends VerySimpleModel
{
}

class ThreadEntry extends VerySimpleModel
{
    const FLAG_ORIGINAL_MESSAGE = 0x0001;

    /**
     * @param int $flag
     * @return void
     */
    public function setFlag($flag)
    {
    }
}

class ThreadEntryBody
{
}

class TextThreadEntryBody extends ThreadEntryBody
{
    /**
     * @param string $body
     * @param array<string, mixed> $options
     */
    public function __construct($body, $options = [])
    {
    }
}

/**
 * @property int $topic_id
 */
class Ticket extends VerySimpleModel
{
    /** @return int */
    public function getId()
    {
    }

    /**
     * @param string $number
     * @param string|null $email
     * @return Ticket|null
     */
    public static function lookupByNumber($number, $email = null)
    {
    }

    /**
     * @param array<string, mixed> $vars
     * @param array<string, mixed> $errors
     * @param string $origin
     * @param bool $autorespond
     * @param bool $alertstaff
     * @return Ticket|null|false|0
     */
    public static function create($vars, &$errors, $origin, $autorespond = true, $alertstaff = true)
    {
    }

    /**
     * @param bool $force
     * @return mixed
     */
    public function loadDynamicData($force = false)
    {
    }

    /**
     * @param Staff $staff
     * @return Role|false|null
     */
    public function getRole($staff)
    {
    }

    /**
     * @param bool $clearOverdue
     * @return mixed
     */
    public function updateEstDueDate($clearOverdue = true)
    {
    }

    /** @return int */
    public function getUserId()
    {
    }

    /** @return User|null */
    public function getUser()
    {
    }

    /** @return int|string|null */
    public function getTopicId()
    {
    }

    /** @return int|string|null */
    public function getSLAId()
    {
    }

    /** @return int|null */
    public function getThreadId()
    {
    }

    /** @return TicketThread|null */
    public function getThread()
    {
    }

    /**
     * @param int $deptId
     * @return bool
     */
    public function setDeptId($deptId)
    {
    }

    /**
     * @param int $staffId
     * @return bool
     */
    public function setStaffId($staffId)
    {
    }

    /**
     * @param int $teamId
     * @return bool
     */
    public function setTeamId($teamId)
    {
    }

    /**
     * @param int $slaId
     * @return bool
     */
    public function setSLAId($slaId)
    {
    }

    /**
     * @param int $status
     * @param string $comments
     * @param array<string, mixed> $errors
     * @param bool $set_closing_agent
     * @param bool $force_close
     * @return bool
     */
    public function setStatus($status, $comments = '', &$errors = [], $set_closing_agent = true, $force_close = false)
    {
    }

    /** @return bool */
    public function reopen()
    {
    }

    /**
     * @param Staff|int $staff
     * @param string $note
     * @param bool $alert
     * @param Staff|null $user
     * @return bool
     */
    public function assignToStaff($staff, $note, $alert = true, $user = null)
    {
    }

    /**
     * @param Team|int $team
     * @param string $note
     * @param bool $alert
     * @param Staff|null $user
     * @return bool
     */
    public function assignToTeam($team, $note, $alert = true, $user = null)
    {
    }

    /**
     * @param string $state
     * @param array<string, mixed>|null $data
     * @param Staff|User|null $user
     * @param string|null $annul
     * @return void
     */
    public function logEvent($state, $data = null, $user = null, $annul = null)
    {
    }

    /**
     * @param array<string, mixed> $vars
     * @param string $origin
     * @param bool $alerts
     * @return ThreadEntry|null|false
     */
    public function postMessage($vars, $origin = '', $alerts = true)
    {
    }

    /**
     * @param array<string, mixed> $vars
     * @param array<string, mixed> $errors
     * @param bool $alert
     * @param bool $claim
     * @return ThreadEntry|null|false
     */
    public function postReply($vars, &$errors, $alert = true, $claim = true)
    {
    }

    /**
     * @param array<string, mixed> $vars
     * @param array<string, mixed> $errors
     * @param Staff|false|null $poster
     * @param bool $alert
     * @return ThreadEntry|null|false
     */
    public function postNote($vars, &$errors, $poster = false, $alert = true)
    {
    }
}

class Team extends VerySimpleModel
{
}
