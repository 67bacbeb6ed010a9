<?php

/**
 * What there is to choose from, and what the ids in osTicket's logs stand for.
 *
 * @phpstan-import-type Row from TanggapKeys
 */
class TanggapCatalogue
{
    /** @return array<string, list<array<string, mixed>>> */
    public static function all(): array
    {
        $named = fn (string $sql) => array_map([self::class, 'numbered'], TanggapKeys::rows($sql));
        return [
            'statuses' => $named('SELECT id, name, state FROM ' . TICKET_STATUS_TABLE . ' ORDER BY id'),
            'priorities' => $named('SELECT priority_id id, priority_desc name FROM ' . TICKET_PRIORITY_TABLE
                . ' ORDER BY priority_id'),
            'topics' => $named('SELECT topic_id id, topic name FROM ' . TOPIC_TABLE . ' ORDER BY topic_id'),
            'departments' => $named('SELECT id, name FROM ' . DEPT_TABLE . ' ORDER BY id'),
            'agents' => $named('SELECT staff_id id,
                TRIM(CONCAT(COALESCE(firstname, \'\'), \' \', COALESCE(lastname, \'\'))) name,
                isactive active FROM ' . STAFF_TABLE . ' ORDER BY staff_id'),
            'teams' => $named('SELECT team_id id, name FROM ' . TEAM_TABLE . ' ORDER BY team_id'),
            'slas' => $named('SELECT id, name FROM ' . SLA_TABLE . ' ORDER BY id'),
            'fields' => $named('SELECT id, type, name, label FROM ' . FORM_FIELD_TABLE . ' ORDER BY id'),
        ];
    }

    /**
     * osTicket's database answers numbers as text.
     *
     * @param Row $row
     * @return array<string, bool|int|float|string|null>
     */
    private static function numbered(array $row): array
    {
        $row['id'] = (int) $row['id'];
        if (isset($row['active'])) {
            $row['active'] = (bool) $row['active'];
        }
        return $row;
    }
}
