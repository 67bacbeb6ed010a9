<?php

/**
 * One field of a ticket set, as the named agent, and read back.
 *
 * An id, or for a custom field the text that people read, is compared with what the database holds before and after.
 */
class TanggapChange
{
    /**
     * @param array<mixed> $wanted
     * @return array{written: bool, now: string}
     */
    public static function make(Ticket $ticket, array $wanted, ?Staff $agent): array
    {
        if (!$agent) {
            throw new TanggapRefusal(422, 'agent', 'the plugin has no agent to sign this');
        }
        $field = TanggapWanted::text($wanted, 'set');
        $name = TanggapWanted::text($wanted, 'name');
        $value = self::value($field, $wanted);
        $id = (int) $ticket->getId();
        [$now, $shown] = self::current($id, $field, $name);
        if ($now === $value) {
            return ['written' => true, 'now' => $shown];
        }
        $expected = $wanted['if_still'] ?? null;
        if ($expected !== null && $expected !== $shown && $expected !== (string) $now) {
            return ['written' => false, 'now' => $shown];
        }
        // What osTicket logs bears this agent's name: so the daemon knows its own echo.
        $GLOBALS['thisstaff'] = $agent;
        $set = new TanggapSetting($ticket, $agent);
        $field === 'field' ? $set->custom($name, (string) $value, $shown) : $set->id($field, (int) $value);
        [$now, $shown] = self::current($id, $field, $name);
        if ($now !== $value) {
            $role = self::role($ticket, $agent);
            throw new TanggapRefusal(422, 'kept', trim("osTicket left $field $name") . " as it was: $shown; $role");
        }
        return ['written' => true, 'now' => $shown];
    }

    /** What the agent may do is mostly why osTicket, which gives no reason, left a ticket as it was. */
    private static function role(Ticket $ticket, Staff $agent): string
    {
        $role = $ticket->getRole($agent);
        $name = $agent->getUserName();
        return $role
            ? "the role of $name in this ticket's department is {$role->getName()}, see whether it allows that"
            : "$name has no role in this ticket's department";
    }

    /** @param array<mixed> $wanted */
    private static function value(string $field, array $wanted): int|string
    {
        if ($field === 'reopen') {
            return 'open';
        }
        $value = $wanted['value'] ?? null;
        if (($field === 'field' && is_string($value)) || ($field !== 'field' && is_int($value))) {
            return $value;
        }
        throw new TanggapRefusal(422, 'validation', 'value is a text for a field, and an id for everything else');
    }

    /** @return array{int|string, string} what is compared, and what people read, as the database has them */
    private static function current(int $ticket, string $field, string $name): array
    {
        if ($field === 'field') {
            $shown = self::custom($ticket, $name);
            return [$shown, $shown];
        }
        $row = TanggapKeys::first(self::query($field) . $ticket);
        if ($field === 'reopen') {
            return [(string) ($row[0] ?? ''), (string) ($row[1] ?? '')];
        }
        return $row ? [(int) $row[0], (string) ($row[1] ?? '')] : [0, ''];
    }

    private static function query(string $field): string
    {
        $of = fn (string $what, string $table, string $on) => 'SELECT ' . $what . ' FROM ' . TICKET_TABLE . ' t JOIN '
            . $table . ' s ON ' . $on . ' WHERE t.ticket_id = ';
        $sql = [
            'status' => $of('s.id, s.name', TICKET_STATUS_TABLE, 's.id = t.status_id'),
            'reopen' => $of('s.state, s.name', TICKET_STATUS_TABLE, 's.id = t.status_id'),
            'agent' => $of(
                "s.staff_id, TRIM(CONCAT(s.firstname, ' ', s.lastname))",
                STAFF_TABLE,
                's.staff_id = t.staff_id'
            ),
            'team' => $of('s.team_id, s.name', TEAM_TABLE, 's.team_id = t.team_id'),
            'topic' => $of('s.topic_id, s.topic', TOPIC_TABLE, 's.topic_id = t.topic_id'),
            'department' => $of('s.id, s.name', DEPT_TABLE, 's.id = t.dept_id'),
            'sla' => $of('s.id, s.name', SLA_TABLE, 's.id = t.sla_id'),
            'priority' => 'SELECT p.priority_id, p.priority_desc FROM ' . FORM_ENTRY_TABLE . ' e JOIN '
                . FORM_ANSWER_TABLE . ' v ON v.entry_id = e.id JOIN ' . FORM_FIELD_TABLE . ' f ON f.id = v.field_id
                AND f.name = \'priority\' JOIN ' . TICKET_PRIORITY_TABLE . " p ON p.priority_id = v.value_id
                WHERE e.object_type = 'T' AND e.object_id = ",
        ][$field] ?? null;
        if ($sql === null) {
            $words = 'set is status, reopen, priority, agent, team, topic, department, sla or field';
            throw new TanggapRefusal(422, 'validation', $words);
        }
        return $sql;
    }

    private static function custom(int $ticket, string $name): string
    {
        $stored = TanggapKeys::value('SELECT v.value FROM ' . FORM_ENTRY_TABLE . ' e JOIN ' . FORM_ANSWER_TABLE
            . ' v ON v.entry_id = e.id JOIN ' . FORM_FIELD_TABLE . ' f ON f.id = v.field_id WHERE e.object_type = \'T\'
            AND e.object_id = ' . $ticket . ' AND f.name = ' . TanggapKeys::text($name) . ' LIMIT 1');
        return self::shown((string) $stored);
    }

    /** A stored value as people read it: `{"3":"High"}` is High. */
    public static function shown(string $stored): string
    {
        $items = json_decode($stored, true);
        $texts = is_array($items) ? array_filter($items, 'is_scalar') : [];
        return is_array($items) && $texts === $items ? implode(', ', array_map('strval', $texts)) : $stored;
    }
}
