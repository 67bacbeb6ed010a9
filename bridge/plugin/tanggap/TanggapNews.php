<?php

/**
 * Tells a waiting request that something was written, without asking the database again and again.
 *
 * Whoever writes an event or an entry through osTicket leaves a mark in a small file; a waiting request looks at that
 * file. What is written past this PHP (another node, SQL, a cron with a folder of its own) is told at the end of the
 * wait.
 */
class TanggapNews
{
    private const LOOK_US = 100_000;
    /** Where no file can be kept the database is asked, and not more often than this. */
    private const ASK_US = 1_000_000;

    public static function connect(): void
    {
        $told = function ($model) {
            if ($model instanceof ThreadEvent || $model instanceof ThreadEntry) {
                @file_put_contents(self::file(), microtime(), LOCK_EX);
            }
        };
        Signal::connect('model.created', $told);
    }

    /**
     * Whether there was news within so many seconds.
     *
     * @param callable(): bool $asked whether the database knows of news
     */
    public static function wait(float $seconds, callable $asked): bool
    {
        $end = microtime(true) + $seconds;
        $mark = self::mark();
        // What came between the look at the database and the look at the file.
        if ($mark !== null && $mark !== '' && self::isYoung($mark) && $asked()) {
            return true;
        }
        while (microtime(true) < $end) {
            usleep($mark === null ? self::ASK_US : self::LOOK_US);
            if (connection_aborted()) {
                return false;
            }
            $now = self::mark();
            if ($mark === null ? $asked() : $now !== $mark && $asked()) {
                return true;
            }
            $mark = $now;
        }
        return false;
    }

    /** What stands in the file; null where none can be kept. */
    private static function mark(): ?string
    {
        $file = self::file();
        if (!@is_writable($file) && @file_put_contents($file, '') === false) {
            return null;
        }
        $mark = @file_get_contents($file);
        return $mark === false ? null : $mark;
    }

    private static function isYoung(string $mark): bool
    {
        [$part, $second] = explode(' ', $mark . ' 0');
        return microtime(true) - ((float) $part + (float) $second) < 2.0;
    }

    private static function file(): string
    {
        return sys_get_temp_dir() . '/tanggap-' . substr(md5(DBHOST . DBNAME . TABLE_PREFIX), 0, 16) . '.news';
    }
}
