<?php

/**
 * The keys of what was written, one row each, inserted before anything is written.
 *
 * A lock of the database's own holds parallel requests of one key apart and dies with its connection, so that a killed
 * worker leaves it to nobody. What the dead worker had written is found by the marker that stands in osTicket's first
 * INSERT.
 *
 * @phpstan-type Row array<string, int|float|string|null>
 */
class TanggapKeys
{
    public function __construct()
    {
        self::run('CREATE TABLE IF NOT EXISTS ' . self::table() . ' (
            `key` CHAR(30) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
            kind VARCHAR(16) CHARACTER SET ascii NOT NULL,
            object_id BIGINT UNSIGNED NOT NULL DEFAULT 0,
            answer TEXT NULL,
            created DATETIME NOT NULL
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8');
    }

    /** Our key as a unique local address (RFC 4193): `fd` and 120 bits. */
    public static function marker(string $key): string
    {
        return (string) inet_ntop((string) hex2bin('fd' . $key));
    }

    /** At most this long a request waits for another one of the same key. Its connection's end ends a lock too. */
    public static function lock(string $key): bool
    {
        return 1 === (int) self::value('SELECT GET_LOCK(' . self::lockName($key) . ', 20)');
    }

    public static function unlock(string $key): void
    {
        self::value('SELECT RELEASE_LOCK(' . self::lockName($key) . ')');
    }

    /**
     * The row of this key, made if there is none. Null where the key was used for something of another kind.
     *
     * @return Row|null
     */
    public function claim(string $key, string $kind): ?array
    {
        self::run('INSERT IGNORE INTO ' . self::table() . ' (`key`, kind, created) VALUES ('
            . self::text($key) . ', ' . self::text($kind) . ', NOW())');
        $row = $this->row($key);
        return $row && $row['kind'] === $kind ? $row : null;
    }

    /** @return Row|null */
    public function row(string $key): ?array
    {
        $found = db_fetch_array(self::run('SELECT * FROM ' . self::table() . ' WHERE `key` = ' . self::text($key)));
        return $found ?: null;
    }

    /**
     * Written, whole, and read back.
     *
     * @param array<mixed> $answer
     */
    public function done(string $key, int $object, array $answer): void
    {
        self::run('UPDATE ' . self::table() . ' SET object_id = ' . $object . ', answer = '
            . self::text((string) json_encode($answer)) . ' WHERE `key` = ' . self::text($key));
    }

    /**
     * Does the work in one transaction: whole or not at all, and the disk is waited for once instead of twenty times.
     * Autocommit is off rather than a transaction begun: where the database rolled back the first (a deadlock), what
     * osTicket writes after it does not stay either.
     *
     * @template T
     * @param callable(): T $work
     * @return T
     */
    public static function together(callable $work)
    {
        self::run('SET autocommit = 0');
        try {
            $result = $work();
            self::run('COMMIT');
            return $result;
        } catch (Throwable $error) {
            self::run('ROLLBACK');
            throw $error;
        } finally {
            self::run('SET autocommit = 1');
        }
    }

    /** The first column of the first row, or null. */
    public static function value(string $sql): int|float|string|null
    {
        return self::first($sql)[0] ?? null;
    }

    /** @return list<int|float|string|null> the first row, empty where there is none */
    public static function first(string $sql): array
    {
        return db_fetch_row(self::run($sql)) ?: [];
    }

    /** @return list<Row> */
    public static function rows(string $sql): array
    {
        return db_assoc_array(self::run($sql));
    }

    /**
     * A statement that failed is never taken for one that found nothing.
     *
     * @return mysqli_result|bool what it found, or true where it was none that finds
     */
    public static function run(string $sql)
    {
        $result = db_query($sql, false);
        if ($result === false) {
            throw new RuntimeException('database: ' . db_error());
        }
        return $result;
    }

    /** Quoted whatever it looks like: osTicket's own db_input takes digits for a number. */
    public static function text(string $value): string
    {
        return db_real_escape($value, true);
    }

    private static function table(): string
    {
        return '`' . TABLE_PREFIX . 'tanggap_key`';
    }

    /** Locks are the server's, not the database's: two osTickets on one server must not meet. At most 64 characters. */
    private static function lockName(string $key): string
    {
        return self::text('tanggap.' . substr(md5(DBNAME . TABLE_PREFIX), 0, 12) . '.' . $key);
    }
}
