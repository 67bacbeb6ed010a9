<?php

/**
 * A message, an internal note or a reply in a ticket's thread, once per key; nothing is mailed.
 */
class TanggapEntry
{
    /** @return int the entry's id */
    public static function write(Ticket $ticket, array $wanted, string $key, ?Staff $agent): int
    {
        $written = self::marked($ticket, $key);
        if ($written) {
            return $written;
        }
        if (!is_string($wanted['body'] ?? null) || $wanted['body'] === '') {
            throw new TanggapRefusal(422, 'validation', 'body is missing');
        }
        $entry = self::post($ticket, $wanted, $key, $agent);
        $written = self::marked($ticket, $key);
        if (!$entry || !$written) {
            throw new RuntimeException('the entry was not written');
        }
        return $written;
    }

    /** Files as osTicket's thread takes them: saved first, then named by id. A file it refuses is named in the refusal. */
    public static function attachments(array $wanted): array
    {
        $form = TicketForm::objects()->one()->getForm();
        $field = $form->getField('message')->getWidget()->getAttachments();
        $files = [];
        foreach (is_array($wanted['attachments'] ?? null) ? $wanted['attachments'] : [] as $file) {
            $data = base64_decode((string) ($file['data'] ?? ''), true);
            if ($data === false || !is_string($file['name'] ?? null)) {
                throw new TanggapRefusal(422, 'attachment', 'name or base64 data is missing');
            }
            $upload = ['name' => $file['name'], 'type' => (string) ($file['type'] ?? 'application/octet-stream'),
                'data' => $data];
            try {
                $upload['id'] = $field->uploadAttachment($upload)->getId();
            } catch (FileUploadError $error) {
                throw new TanggapRefusal(422, 'attachment', $file['name'] . ': ' . $error->getMessage());
            }
            $files[] = $upload;
        }
        return $files;
    }

    private static function marked(Ticket $ticket, string $key): int
    {
        return (int) TanggapKeys::value('SELECT id FROM ' . THREAD_ENTRY_TABLE . ' WHERE thread_id = '
            . (int) $ticket->getThreadId() . ' AND ip_address = '
            . TanggapKeys::text(TanggapKeys::marker($key)) . ' ORDER BY id LIMIT 1');
    }

    private static function post(Ticket $ticket, array $wanted, string $key, ?Staff $agent): ?ThreadEntry
    {
        $kind = $wanted['kind'] ?? '';
        if ($kind !== 'message' && !$agent) {
            throw new TanggapRefusal(422, 'agent', 'the plugin has no agent to sign this');
        }
        $errors = [];
        $body = new TextThreadEntryBody($wanted['body']);
        $vars = ['ip_address' => TanggapKeys::marker($key), 'attachments' => self::attachments($wanted)];
        switch ($kind) {
            case 'message':
                $vars += ['ip' => $vars['ip_address'], 'message' => $body, 'userId' => self::speaker($ticket, $wanted)];
                return $ticket->postMessage($vars, 'API', false) ?: null;
            case 'note':
                $vars += ['title' => (string) ($wanted['title'] ?? ''), 'note' => $body];
                return $ticket->postNote($vars, $errors, $agent, false) ?: null;
            case 'reply':
                $vars += ['response' => $body, 'staffId' => $agent->getId(), 'poster' => $agent, 'reply-to' => 'none'];
                return $ticket->postReply($vars, $errors, false, false) ?: null;
            default:
                throw new TanggapRefusal(422, 'validation', 'kind is message, note or reply');
        }
    }

    /** The owner, or one who takes part already: a message of ours makes nobody a collaborator. */
    private static function speaker(Ticket $ticket, array $wanted): int
    {
        $user = User::lookupByEmail((string) ($wanted['email'] ?? ''));
        $partner = $user && TanggapKeys::value('SELECT COUNT(*) FROM ' . THREAD_COLLABORATOR_TABLE
            . ' WHERE thread_id = ' . (int) $ticket->getThreadId() . ' AND user_id = ' . (int) $user->getId());
        return (int) ($partner ? $user->getId() : $ticket->getUserId());
    }
}
