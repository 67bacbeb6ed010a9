<?php

/**
 * One field of a ticket set, as the named agent, and read back.
 */
class TanggapChange
{
    /** @return array{written: bool, now: string} */
    public static function make(Ticket $ticket, array $wanted, ?Staff $agent): array
    {
        if (!$agent) {
            throw new TanggapRefusal(422, 'agent', 'the plugin has no agent to sign this');
        }
        [$field, $value] = [$wanted['set'] ?? '', (int) ($wanted['value'] ?? 0)];
        $id = (int) $ticket->getId();
        [$now, $name] = self::current($id, $field);
        if ($now === $value) {
            return ['written' => true, 'now' => $name];
        }
        $expected = $wanted['if_still'] ?? null;
        if ($expected !== null && $expected !== $name && $expected !== (string) $now) {
            return ['written' => false, 'now' => $name];
        }
        // What osTicket logs bears this agent's name: so the daemon knows its own echo.
        $GLOBALS['thisstaff'] = $agent;
        self::write($ticket, $field, $value, $agent);
        [$now, $name] = self::current($id, $field);
        if ($now !== $value) {
            throw new TanggapRefusal(422, 'kept', "osTicket left $field as it was: $name");
        }
        return ['written' => true, 'now' => $name];
    }

    private static function write(Ticket $ticket, string $field, int $value, Staff $agent): void
    {
        switch ($field) {
            case 'status':
                $errors = [];
                $ticket->setStatus($value, '', $errors, false, true);
                return;
            case 'priority':
                self::setPriority($ticket, $value, $agent);
                return;
            case 'agent':
                $ticket->assignToStaff($value, '', false, $agent);
                return;
        }
    }

    private static function setPriority(Ticket $ticket, int $value, Staff $agent): void
    {
        foreach (DynamicFormEntry::forTicket($ticket->getId()) as $form) {
            $answer = $form->getAnswer('priority');
            $priority = Priority::lookup($value);
            if ($answer && $priority) {
                $before = [(string) $answer->getValue(), (int) $answer->getIdValue()];
                $answer->setValue($priority->getDesc(), $value);
                $answer->save(true);
                $fields = [$answer->getField()->get('id') => [$before, [$priority->getDesc(), $value]]];
                $ticket->logEvent('edited', ['fields' => $fields], $agent);
                return;
            }
        }
    }

    /** @return array{int, string} the field's id and name as the database has them */
    private static function current(int $ticket, string $field): array
    {
        $sql = [
            'status' => 'SELECT s.id, s.name FROM ' . TICKET_TABLE . ' t JOIN ' . TICKET_STATUS_TABLE
                . ' s ON s.id = t.status_id WHERE t.ticket_id = ',
            'agent' => "SELECT s.staff_id, TRIM(CONCAT(s.firstname, ' ', s.lastname)) FROM " . TICKET_TABLE . ' t JOIN '
                . STAFF_TABLE . ' s ON s.staff_id = t.staff_id WHERE t.ticket_id = ',
            'priority' => 'SELECT p.priority_id, p.priority_desc FROM ' . FORM_ENTRY_TABLE . ' e JOIN '
                . FORM_ANSWER_TABLE . ' v ON v.entry_id = e.id JOIN ' . FORM_FIELD_TABLE . ' f ON f.id = v.field_id
                AND f.name = \'priority\' JOIN ' . TICKET_PRIORITY_TABLE . " p ON p.priority_id = v.value_id
                WHERE e.object_type = 'T' AND e.object_id = ",
        ][$field] ?? null;
        if ($sql === null) {
            throw new TanggapRefusal(422, 'validation', 'set is status, priority or agent');
        }
        $row = db_fetch_row(TanggapKeys::run($sql . $ticket));
        return $row ? [(int) $row[0], (string) $row[1]] : [0, ''];
    }
}
