<?php

/**
 * Not done, and why: a status code, a word for the daemon, and words for people.
 */
class TanggapRefusal extends RuntimeException
{
    public function __construct(public readonly int $status, public readonly string $reason, string $words)
    {
        parent::__construct($words);
    }
}
