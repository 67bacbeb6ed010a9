<?php

/**
 * How this osTicket is set up, as far as the daemon must know to say what is wrong.
 */
class TanggapHealth
{
    public const CAN = ['create', 'find', 'message', 'note', 'reply', 'change', 'catalogue', 'changes', 'tickets'];

    /** @return array<string, mixed> */
    public static function facts(): array
    {
        /** @var OsticketConfig $cfg */
        global $cfg;
        $polling = (bool) $cfg->get('enable_mail_polling');
        return [
            'plugin' => TanggapPlugin::VERSION,
            'osticket' => THIS_VERSION,
            'php' => PHP_VERSION,
            'clock' => (int) TanggapKeys::value('SELECT UNIX_TIMESTAMP()'),
            'polls' => $polling ? self::polled() : [],
            'answers' => (bool) $cfg->get('ticket_autoresponder'),
            'verifies_addresses' => (bool) $cfg->get('verify_email_addrs'),
            'max_open_tickets' => (int) $cfg->get('max_open_tickets'),
            'max_file_size' => (int) $cfg->get('max_file_size'),
            'can' => self::CAN,
        ];
    }

    /** @return string[] the mailboxes that osTicket fetches itself */
    private static function polled(): array
    {
        $rows = TanggapKeys::rows('SELECT e.email FROM ' . EMAIL_ACCOUNT_TABLE . ' a JOIN ' . EMAIL_TABLE
            . ' e ON e.email_id = a.email_id WHERE a.type = \'mailbox\' AND a.active = 1');
        return array_map('strval', array_column($rows, 'email'));
    }
}
