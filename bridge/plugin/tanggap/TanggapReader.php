<?php

/**
 * What osTicket's tables say, row by row and unread: what a row means is decided in one place, the daemon, whichever
 * way it came.
 *
 * Both logs are read by primary key, and tickets by theirs; nothing here scans a table.
 *
 * @phpstan-import-type Row from TanggapKeys
 */
class TanggapReader
{
    /** Rows before the cursor that are told once more: a row may appear after one with a higher id. */
    private const OVERLAP = 50;
    /** New rows of each log in one answer. */
    private const PAGE = 250;
    /** Texts in one answer, in bytes; at least one entry is always told. */
    private const TEXT = 4 << 20;
    /** Tickets in one answer. */
    private const TICKETS = 200;

    /**
     * How far the logs go.
     *
     * @return array{event: int, entry: int, log: int}
     */
    public static function head(): array
    {
        [$event, $entry] = TanggapKeys::first('SELECT COALESCE((SELECT MAX(id) FROM ' . THREAD_EVENT_TABLE
            . '), 0), COALESCE((SELECT MAX(id) FROM ' . THREAD_ENTRY_TABLE . '), 0)');
        return ['event' => (int) $event, 'entry' => (int) $entry, 'log' => 0];
    }

    /**
     * What has happened since. Where the daemon has seen it all it waits for news, at most so many seconds.
     *
     * @param array{event: int, entry: int} $after
     * @return array<string, mixed>
     */
    public static function changes(array $after, string $seen, float $wait): array
    {
        $glance = self::glance($after);
        if ($wait > 0 && $glance === $seen) {
            $news = TanggapNews::wait($wait, fn () => self::glance($after) !== $seen);
            if (!$news) {
                $cursor = $after + ['log' => 0];
                return ['events' => [], 'entries' => [], 'cursor' => $cursor, 'seen' => $seen, 'more' => false];
            }
            $glance = self::glance($after);
        }
        $limit = self::PAGE + self::OVERLAP;
        $events = self::events($after['event'] - self::OVERLAP, $limit);
        [$entries, $cut] = self::shortened(self::entries($after['entry'] - self::OVERLAP, $limit), $after['entry']);
        return [
            'events' => $events,
            'entries' => $entries,
            'cursor' => [
                'event' => self::last($events, $after['event']),
                'entry' => self::last($entries, $after['entry']),
                'log' => 0,
            ],
            'seen' => $glance,
            'more' => $cut || count($events) >= $limit || count($entries) >= $limit,
        ];
    }

    /**
     * Tickets by their ids; one that is not answered is gone.
     *
     * @param array<int|float|string|null> $ids
     * @return list<array<string, mixed>>
     */
    public static function tickets(array $ids): array
    {
        $ids = array_slice(array_map('intval', $ids), 0, self::TICKETS);
        if (!$ids) {
            return [];
        }
        $sql = 'SELECT t.ticket_id id, COALESCE(h.id, 0) thread, COALESCE(t.number, \'\') number, t.ip_address marker,
            t.status_id status, t.topic_id topic, t.dept_id department, t.staff_id agent, t.team_id team,
            COALESCE(t.ticket_pid, 0) parent, t.flags, EXISTS (SELECT 1 FROM ' . THREAD_ENTRY_TABLE . ' e
            WHERE e.thread_id = h.id) spoken FROM ' . TICKET_TABLE . ' t LEFT JOIN ' . THREAD_TABLE . ' h
            ON h.object_id = t.ticket_id AND h.object_type IN (\'T\', \'C\') WHERE t.ticket_id IN ('
            . implode(',', $ids) . ') ORDER BY t.ticket_id';
        $numbers = ['id', 'thread', 'status', 'topic', 'department', 'agent', 'team', 'parent', 'flags', 'spoken'];
        $tickets = self::rows($sql, $numbers);
        $values = self::values($ids);
        return array_map(fn (array $row) => $row + ['values' => $values[(int) $row['id']] ?? []], $tickets);
    }

    /**
     * Tickets that bear a marker of the daemon's, above this id, and the highest id that was looked at.
     *
     * @return array{tickets: list<array<string, mixed>>, last: int}
     */
    public static function listing(int $after, int $limit): array
    {
        $limit = max(1, min($limit, self::TICKETS));
        $page = self::rows('SELECT ticket_id id, ip_address marker FROM ' . TICKET_TABLE . ' WHERE ticket_id > '
            . $after . ' ORDER BY ticket_id LIMIT ' . $limit, ['id']);
        $ours = array_filter($page, fn (array $row) => str_starts_with((string) $row['marker'], 'fd'));
        return ['tickets' => self::tickets(array_column($ours, 'id')), 'last' => self::last($page, $after)];
    }

    /**
     * The rows around the cursor, counted by primary key: it changes whenever one appears, a late one too.
     *
     * @param array{event: int, entry: int} $after
     */
    private static function glance(array $after): string
    {
        return implode('.', TanggapKeys::first('SELECT (SELECT COUNT(*) FROM ' . THREAD_EVENT_TABLE . ' WHERE id > '
            . ($after['event'] - self::OVERLAP) . '), (SELECT COUNT(*) FROM ' . THREAD_ENTRY_TABLE . ' WHERE id > '
            . ($after['entry'] - self::OVERLAP) . ')'));
    }

    /** @return list<Row> */
    private static function events(int $after, int $limit): array
    {
        $sql = 'SELECT v.id, v.thread_id thread, COALESCE(t.ticket_id, 0) ticket, COALESCE(t.ip_address, \'\') marker,
            UNIX_TIMESTAMP(v.timestamp) at, n.name, COALESCE(v.data, \'\') data, v.username, COALESCE(v.uid, 0) uid,
            v.uid_type FROM ' . THREAD_EVENT_TABLE . ' v JOIN ' . EVENT_TABLE . ' n ON n.id = v.event_id LEFT JOIN '
            . THREAD_TABLE . ' h ON h.id = v.thread_id LEFT JOIN ' . TICKET_TABLE . ' t ON t.ticket_id = h.object_id
            AND h.object_type IN (\'T\', \'C\') WHERE v.id > ' . $after . ' AND v.thread_type <> \'A\'
            ORDER BY v.id LIMIT ' . $limit;
        return self::rows($sql, ['id', 'thread', 'ticket', 'at', 'uid']);
    }

    /** @return list<Row> */
    private static function entries(int $after, int $limit): array
    {
        $sql = 'SELECT e.id, e.thread_id thread, COALESCE(t.ticket_id, 0) ticket, COALESCE(t.ip_address, \'\') marker,
            UNIX_TIMESTAMP(IF(e.flags & 2, e.updated, e.created)) at, e.type kind, e.body, e.poster, e.staff_id staff,
            e.user_id user, COALESCE(e.title, \'\') title, e.format, e.flags, e.pid parent, NOT EXISTS (SELECT 1 FROM '
            . THREAD_ENTRY_TABLE . ' f WHERE f.thread_id = e.thread_id AND f.id < e.id) first,
            COALESCE(e.ip_address, \'\') address FROM ' . THREAD_ENTRY_TABLE . ' e JOIN ' . THREAD_TABLE . ' h
            ON h.id = e.thread_id AND h.object_type IN (\'T\', \'C\') LEFT JOIN ' . TICKET_TABLE . ' t
            ON t.ticket_id = h.object_id WHERE e.id > ' . $after . ' ORDER BY e.id LIMIT ' . $limit;
        return self::rows($sql, ['id', 'thread', 'ticket', 'at', 'staff', 'user', 'flags', 'parent', 'first']);
    }

    /**
     * @param list<Row> $entries
     * @return array{list<Row>, bool} as many entries as an answer may hold, and whether some were left for the next one
     */
    private static function shortened(array $entries, int $known): array
    {
        $bytes = 0;
        foreach ($entries as $place => $entry) {
            $bytes += strlen((string) $entry['body']);
            // What lies before the cursor must be passed, or the next answer would begin with it again.
            if ($bytes > self::TEXT && $place > 0 && $entries[$place - 1]['id'] > $known) {
                return [array_slice($entries, 0, $place), true];
            }
        }
        return [$entries, false];
    }

    /**
     * @param int[] $ids
     * @return array<int, list<Row>> what stands in the form of each ticket
     */
    private static function values(array $ids): array
    {
        $sql = 'SELECT f.object_id ticket, v.field_id field, COALESCE(v.value, \'\') value,
            COALESCE(v.value_id, 0) value_id FROM ' . FORM_ENTRY_TABLE . ' f JOIN ' . FORM_ANSWER_TABLE . ' v
            ON v.entry_id = f.id WHERE f.object_type = \'T\' AND f.object_id IN (' . implode(',', $ids) . ')';
        $values = [];
        foreach (self::rows($sql, ['ticket', 'field', 'value_id']) as $row) {
            $ticket = (int) array_shift($row);
            $values[$ticket][] = $row;
        }
        return $values;
    }

    /** @param list<Row> $rows */
    private static function last(array $rows, int $before): int
    {
        return max($before, $rows ? (int) end($rows)['id'] : 0);
    }

    /**
     * osTicket's database answers numbers as text; these columns are numbers.
     *
     * @param string[] $numbers
     * @return list<Row>
     */
    private static function rows(string $sql, array $numbers): array
    {
        return array_map(function (array $row) use ($numbers) {
            foreach ($numbers as $column) {
                $row[$column] = (int) $row[$column];
            }
            return $row;
        }, TanggapKeys::rows($sql));
    }
}
