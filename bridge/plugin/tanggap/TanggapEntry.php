<?php

/**
 * A message, an internal note or a reply in a ticket's thread, once per key; nothing is mailed.
 */
class TanggapEntry
{
    /**
     * @param array<mixed> $wanted
     * @return int the entry's id
     */
    public static function write(Ticket $ticket, array $wanted, string $key, ?Staff $agent): int
    {
        $written = self::marked($ticket, $key);
        if ($written) {
            return $written;
        }
        if (TanggapWanted::text($wanted, 'body') === '') {
            throw new TanggapRefusal(422, 'validation', 'body is missing');
        }
        $entry = self::post($ticket, $wanted, $key, $agent);
        $written = self::marked($ticket, $key);
        if (!$entry || !$written) {
            throw new RuntimeException('the entry was not written');
        }
        return $written;
    }

    /**
     * Files as osTicket's thread takes them: saved first, then named by id. A file it refuses is named in the refusal.
     *
     * @param array<mixed> $wanted
     * @return list<array<string, mixed>>
     */
    public static function attachments(array $wanted): array
    {
        $files = $wanted['attachments'] ?? [];
        if (!is_array($files)) {
            throw new TanggapRefusal(422, 'attachment', 'attachments is not a list');
        }
        // All are read before the first is saved: a file that is refused leaves none of the others behind.
        $files = array_map([self::class, 'file'], array_values($files));
        return $files ? self::saved($files) : [];
    }

    /** @return array{name: string, type: string, data: string} */
    private static function file(mixed $file): array
    {
        $file = is_array($file) ? $file : [];
        $name = $file['name'] ?? null;
        $type = $file['type'] ?? 'application/octet-stream';
        $data = $file['data'] ?? '';
        $data = is_string($data) ? base64_decode($data, true) : false;
        if ($data === false || !is_string($name) || !is_string($type)) {
            throw new TanggapRefusal(422, 'attachment', 'name or base64 data is missing');
        }
        return ['name' => $name, 'type' => $type, 'data' => $data];
    }

    /**
     * @param list<array{name: string, type: string, data: string}> $files
     * @return list<array<string, mixed>>
     */
    private static function saved(array $files): array
    {
        $message = TicketForm::objects()->one()->getForm()->getField('message');
        if (!$message) {
            throw new TanggapRefusal(422, 'attachment', 'the form of tickets has no field message, which holds files');
        }
        $field = $message->getWidget()->getAttachments();
        $saved = [];
        foreach ($files as $file) {
            $name = $file['name'];
            try {
                $id = $field->uploadAttachment($file)->getId();
            } catch (FileUploadError $error) {
                throw new TanggapRefusal(422, 'attachment', $name . ': ' . $error->getMessage());
            }
            $saved[] = ['id' => $id] + $file;
        }
        return $saved;
    }

    private static function marked(Ticket $ticket, string $key): int
    {
        return (int) TanggapKeys::value('SELECT id FROM ' . THREAD_ENTRY_TABLE . ' WHERE thread_id = '
            . (int) $ticket->getThreadId() . ' AND ip_address = '
            . TanggapKeys::text(TanggapKeys::marker($key)) . ' ORDER BY id LIMIT 1');
    }

    /** @param array<mixed> $wanted */
    private static function post(Ticket $ticket, array $wanted, string $key, ?Staff $agent): ?ThreadEntry
    {
        $kind = TanggapWanted::text($wanted, 'kind');
        if ($kind === 'message') {
            $vars = self::variables($wanted, $key, 'message') + ['userId' => self::speaker($ticket, $wanted)];
            return $ticket->postMessage($vars + ['ip' => $vars['ip_address']], 'API', false) ?: null;
        }
        if (!$agent) {
            throw new TanggapRefusal(422, 'agent', 'the plugin has no agent to sign this');
        }
        $errors = [];
        switch ($kind) {
            case 'note':
                $vars = self::variables($wanted, $key, 'note') + ['title' => TanggapWanted::text($wanted, 'title')];
                return $ticket->postNote($vars, $errors, $agent, false) ?: null;
            case 'reply':
                $vars = self::variables($wanted, $key, 'response');
                $vars += ['staffId' => $agent->getId(), 'poster' => $agent, 'reply-to' => 'none'];
                return $ticket->postReply($vars, $errors, false, false) ?: null;
            default:
                throw new TanggapRefusal(422, 'validation', 'kind is message, note or reply');
        }
    }

    /**
     * What osTicket reads for every kind of entry; `$text` is what it calls the text of this one.
     *
     * @param array<mixed> $wanted
     * @return array<string, mixed>
     */
    private static function variables(array $wanted, string $key, string $text): array
    {
        return [
            'ip_address' => TanggapKeys::marker($key),
            'attachments' => self::attachments($wanted),
            $text => new TextThreadEntryBody(TanggapWanted::text($wanted, 'body')),
        ];
    }

    /**
     * The owner, or one who takes part already: a message of ours makes nobody a collaborator.
     *
     * @param array<mixed> $wanted
     */
    private static function speaker(Ticket $ticket, array $wanted): int
    {
        $user = User::lookupByEmail(TanggapWanted::text($wanted, 'email'));
        $partner = $user && TanggapKeys::value('SELECT COUNT(*) FROM ' . THREAD_COLLABORATOR_TABLE
            . ' WHERE thread_id = ' . (int) $ticket->getThreadId() . ' AND user_id = ' . (int) $user->getId());
        return (int) ($partner ? $user->getId() : $ticket->getUserId());
    }
}
