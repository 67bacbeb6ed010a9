<?php

/**
 * One ticket per key: made, found, or finished where a worker died half-way.
 *
 * osTicket writes a ticket in many statements; the first carries our marker in `ip_address`. TanggapKeys::together
 * makes one transaction of them; what an older plugin, or tables without transactions, left half-made is finished.
 */
class TanggapTicket
{
    /** Id of the ticket that bears this marker, 0 if none does. */
    public static function marked(string $key): int
    {
        return (int) TanggapKeys::value('SELECT ticket_id FROM ' . TICKET_TABLE . ' WHERE ip_address = '
            . TanggapKeys::text(TanggapKeys::marker($key)) . ' ORDER BY ticket_id LIMIT 1');
    }

    /** Status, thread, subject and first message are there, or it went into another ticket since. */
    public static function isWhole(int $id): bool
    {
        return 1 === (int) TanggapKeys::value('SELECT COUNT(*) FROM ' . TICKET_TABLE . ' t
            JOIN ' . THREAD_TABLE . ' h ON h.object_id = t.ticket_id AND h.object_type IN (\'T\', \'C\')
            WHERE t.ticket_id = ' . $id . ' AND t.status_id > 0 AND (t.ticket_pid IS NOT NULL OR (
                EXISTS (SELECT 1 FROM ' . THREAD_ENTRY_TABLE . ' e WHERE e.thread_id = h.id AND e.type = \'M\')
                AND EXISTS (SELECT 1 FROM ' . FORM_ENTRY_TABLE . ' f JOIN ' . FORM_ANSWER_TABLE . ' v
                    ON v.entry_id = f.id WHERE f.object_id = t.ticket_id AND f.object_type = \'T\')))');
    }

    /**
     * Opens it as osTicket's own API would.
     *
     * @param array<string, mixed> $vars
     * @throws TanggapRefusal with osTicket's words
     */
    public static function open(array $vars): int
    {
        $errors = [];
        $ticket = Ticket::create($vars, $errors, 'API', false, (bool) $vars['alert']);
        if ($ticket && !$errors) {
            return (int) $ticket->getId();
        }
        $words = Format::array_implode("\n", "\n", $errors) ?: 'unknown error';
        if (($errors['errno'] ?? 0) == 403) {
            throw new TanggapRefusal(403, 'denied', $words);
        }
        $code = isset($errors['user']) ? 'reporter' : 'validation';
        throw new TanggapRefusal(422, $code, $words);
    }

    /**
     * Puts what is missing into a ticket whose maker died. Nobody was told of it yet, so its form is written anew.
     *
     * @param array<string, mixed> $vars
     */
    public static function finish(int $id, array $vars): void
    {
        /** @var OsticketConfig $cfg */
        global $cfg;
        // osTicket's own look-up joins the status and the thread: it cannot see a ticket that lacks either.
        TanggapKeys::run('UPDATE ' . TICKET_TABLE . ' SET status_id = ' . (int) $cfg->getDefaultTicketStatusId()
            . ' WHERE status_id = 0 AND ticket_id = ' . $id);
        $thread = TanggapKeys::value('SELECT id FROM ' . THREAD_TABLE
            . " WHERE object_type = 'T' AND object_id = " . $id);
        if (!$thread) {
            TicketThread::create($id);
        }
        self::writeForm($id, $vars);
        $ticket = self::afresh($id);
        $ticket->loadDynamicData(true);
        self::writeMessage($ticket, $vars);
    }

    /** @param array<string, mixed> $vars */
    private static function writeForm(int $id, array $vars): void
    {
        /** @var OsticketConfig $cfg */
        global $cfg;
        $mine = ' WHERE object_id = ' . $id . " AND object_type = 'T'";
        TanggapKeys::run('DELETE FROM ' . FORM_ANSWER_TABLE . ' WHERE entry_id IN (SELECT id FROM '
            . FORM_ENTRY_TABLE . $mine . ')');
        TanggapKeys::run('DELETE FROM ' . FORM_ENTRY_TABLE . $mine);
        $form = TicketForm::getNewInstance();
        $form->setSource($vars);
        foreach ($form->getFields() as $field) {
            $name = $field->get('name');
            if ($name && isset($vars[$name]) && !$field->value) {
                $field->value = $field->parse($vars[$name]);
            }
        }
        $topic = empty($vars['topicId']) ? null : Topic::lookup($vars['topicId']);
        $wanted = $vars['priorityId'] ?? 0;
        $form->setAnswer('priority', null, $wanted ?: ($topic ? $topic->getPriorityId() : 0)
            ?: $cfg->getDefaultPriorityId());
        $form->setTicketId($id);
        $form->save();
    }

    /** @param array<string, mixed> $vars */
    private static function writeMessage(Ticket $ticket, array $vars): void
    {
        $thread = (int) $ticket->getThreadId();
        $entry = (int) TanggapKeys::value('SELECT id FROM ' . THREAD_ENTRY_TABLE . ' WHERE thread_id = '
            . $thread . " AND type = 'M' ORDER BY id LIMIT 1");
        $logged = (int) TanggapKeys::value('SELECT COUNT(*) FROM ' . THREAD_EVENT_TABLE . ' WHERE thread_id = '
            . $thread);
        if (!$logged) {
            $ticket->logEvent('created', null, $ticket->getUser());
        }
        $vars['title'] = $vars['subject'];
        $vars['userId'] = $ticket->getUserId();
        $message = $entry ? ThreadEntry::lookup($entry) : $ticket->postMessage($vars, 'API', false);
        if ($message instanceof ThreadEntry) {
            $message->setFlag(ThreadEntry::FLAG_ORIGINAL_MESSAGE);
            $message->save();
        }
    }

    /** osTicket keeps models in memory; what was read half-made must be read again. */
    private static function afresh(int $id): Ticket
    {
        ModelInstanceManager::flushCache();
        $ticket = Ticket::lookup($id);
        if (!$ticket) {
            throw new TanggapRefusal(410, 'gone', "ticket $id cannot be read");
        }
        return $ticket;
    }
}
