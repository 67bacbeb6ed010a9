<?php

/**
 * What there is to choose from.
 */
class TanggapCatalogue
{
    public static function all(): array
    {
        $named = fn (string $sql) => db_assoc_array(TanggapKeys::run($sql)) ?: [];
        return array_map([self::class, 'numbered'], [
            'statuses' => $named('SELECT id, name, state FROM ' . TICKET_STATUS_TABLE . ' ORDER BY id'),
            'priorities' => $named('SELECT priority_id id, priority_desc name FROM ' . TICKET_PRIORITY_TABLE
                . ' ORDER BY priority_id'),
            'topics' => $named('SELECT topic_id id, topic name FROM ' . TOPIC_TABLE . ' ORDER BY topic_id'),
            'departments' => $named('SELECT id, name FROM ' . DEPT_TABLE . ' ORDER BY id'),
            'agents' => $named("SELECT staff_id id, TRIM(CONCAT(firstname, ' ', lastname)) name FROM " . STAFF_TABLE
                . ' WHERE isactive = 1 ORDER BY staff_id'),
        ]);
    }

    /** osTicket's database answers numbers as text. */
    private static function numbered(array $rows): array
    {
        return array_map(fn (array $row) => ['id' => (int) $row['id']] + $row, $rows);
    }
}
