<?php

/**
 * The endpoints under /api/tickets/tanggap/v1/, behind osTicket's own API keys. JSON in and out, real status codes
 * always: a PHP error is a 500 here, never osTicket's page with status 200.
 */

require_once INCLUDE_DIR . 'class.api.php';
require_once INCLUDE_DIR . 'class.ticket.php';
require_once __DIR__ . '/TanggapRefusal.php';
require_once __DIR__ . '/TanggapKeys.php';
require_once __DIR__ . '/TanggapWanted.php';
require_once __DIR__ . '/TanggapTicket.php';
require_once __DIR__ . '/TanggapEntry.php';
require_once __DIR__ . '/TanggapSetting.php';
require_once __DIR__ . '/TanggapChange.php';
require_once __DIR__ . '/TanggapReader.php';
require_once __DIR__ . '/TanggapCatalogue.php';
require_once __DIR__ . '/TanggapHealth.php';

class TanggapApi extends ApiController
{
    private bool $answered = false;

    public function health(): void
    {
        $this->guarded(fn () => [200, TanggapHealth::facts() + [
            'saw' => self::server('REMOTE_ADDR'),
            'agent' => $this->agent()?->getUserName(),
            'agent_id' => $this->agent()?->getId(),
        ]]);
    }

    public function head(): void
    {
        $this->guarded(fn () => [200, TanggapReader::head()]);
    }

    /** Query: `event` and `entry` (where to go on), `seen` (as the last answer said), `wait` (seconds, at most 25). */
    public function changes(): void
    {
        $this->guarded(function () {
            $after = ['event' => $this->number('event'), 'entry' => $this->number('entry')];
            $wait = min(25.0, max(0.0, (float) self::query('wait')));
            return [200, TanggapReader::changes($after, self::query('seen'), $wait)];
        });
    }

    /** Query: `ids` (of at most 200 tickets, with commas), or `after` and `limit`. */
    public function tickets(): void
    {
        $this->guarded(function () {
            if (isset($_GET['ids'])) {
                return [200, ['tickets' => TanggapReader::tickets(explode(',', self::query('ids')))]];
            }
            return [200, TanggapReader::listing($this->number('after'), $this->number('limit') ?: 200)];
        });
    }

    public function catalogue(): void
    {
        $this->guarded(fn () => [200, TanggapCatalogue::all()]);
    }

    public function find(string $key): void
    {
        $this->guarded(function () use ($key) {
            $row = (new TanggapKeys())->row($key);
            $id = (int) ($row['object_id'] ?? 0) ?: TanggapTicket::marked($key);
            if (!$id) {
                return [404, ['error' => 'absent', 'words' => 'no ticket bears this key']];
            }
            return [200, $this->shown($id)];
        });
    }

    public function create(string $key): void
    {
        $this->guarded(fn () => $this->once($key, 'ticket', function (array $wanted) use ($key) {
            // A reporter whom osTicket does not know yet is made a user by one request at a time. This lock ends with
            // the connection, after the commit.
            if (!TanggapKeys::lock(md5(strtolower(TanggapWanted::text($wanted, 'email'))))) {
                throw new TanggapRefusal(503, 'busy', 'another report of this sender is at work');
            }
            $vars = self::variables($wanted, $key);
            $id = TanggapTicket::marked($key);
            $status = $id ? 200 : 201;
            $id = $id ?: TanggapTicket::open($vars);
            if (!TanggapTicket::isWhole($id)) {
                TanggapTicket::finish($id, $vars);
            }
            if (!TanggapTicket::isWhole($id)) {
                throw new RuntimeException("ticket $id is still not whole");
            }
            return [$status, $id, $this->shown($id)];
        }));
    }

    public function entry(string $key): void
    {
        $this->guarded(fn () => $this->once($key, 'entry', function (array $wanted) use ($key) {
            $id = TanggapEntry::write($this->ticket($wanted), $wanted, $key, $this->agent());
            return [201, $id, ['id' => $id]];
        }));
    }

    public function change(string $key): void
    {
        $this->guarded(fn () => $this->once($key, 'change', function (array $wanted) {
            $ticket = $this->ticket($wanted);
            return [200, (int) $ticket->getId(), TanggapChange::make($ticket, $wanted, $this->agent())];
        }));
    }

    /**
     * Does the work under the key's lock, or answers what was done under this key before.
     *
     * @param callable(array<mixed>): array{int, int, array<mixed>} $work its status, the object's id and the answer
     * @return array{int, array<mixed>}
     */
    private function once(string $key, string $kind, callable $work): array
    {
        $wanted = $this->body();
        $keys = new TanggapKeys();
        if (!TanggapKeys::lock($key)) {
            throw new TanggapRefusal(503, 'busy', 'another request of this key is at work');
        }
        $row = $keys->claim($key, $kind);
        if (!$row) {
            throw new TanggapRefusal(409, 'kind', 'this key was used for something else');
        }
        if ($row['answer'] === null) {
            [$status, $answer] = TanggapKeys::together(function () use ($keys, $key, $work, $wanted) {
                [$status, $object, $answer] = $work($wanted);
                $keys->done($key, $object, $answer);
                return [$status, $answer];
            });
        } elseif ($kind === 'ticket') {
            [$status, $answer] = [200, $this->shown((int) $row['object_id'])];
        } else {
            [$status, $answer] = [200, (array) json_decode((string) $row['answer'], true)];
        }
        TanggapKeys::unlock($key);
        return [$status, $answer];
    }

    /**
     * What osTicket's ticket creation reads; nothing else of the request reaches it.
     *
     * @param array<mixed> $wanted
     * @return array<string, mixed>
     */
    private static function variables(array $wanted, string $key): array
    {
        foreach (['subject', 'body', 'name', 'email'] as $field) {
            if (!isset($wanted[$field])) {
                throw new TanggapRefusal(422, 'validation', "$field is missing");
            }
        }
        $vars = [
            'source' => 'API',
            'alert' => (bool) ($wanted['alert'] ?? true),
            'autorespond' => false,
            'name' => TanggapWanted::text($wanted, 'name'),
            'email' => TanggapWanted::text($wanted, 'email'),
            'subject' => TanggapWanted::text($wanted, 'subject'),
            'message' => new TextThreadEntryBody(TanggapWanted::text($wanted, 'body')),
            'ip' => TanggapKeys::marker($key),
            'attachments' => TanggapEntry::attachments($wanted),
        ];
        $ids = ['topicId' => 'topic', 'priorityId' => 'priority', 'deptId' => 'department', 'slaId' => 'sla'];
        foreach ($ids as $theirs => $ours) {
            if (is_int($wanted[$ours] ?? null)) {
                $vars[$theirs] = $wanted[$ours];
            }
        }
        foreach (TanggapWanted::items($wanted, 'fields') as $name => $value) {
            if (is_string($value) && !isset($vars[$name])) {
                $vars[$name] = $value;
            }
        }
        return $vars;
    }

    private static function query(string $name, string $default = ''): string
    {
        $value = $_GET[$name] ?? $default;
        if (!is_string($value)) {
            throw new TanggapRefusal(400, 'query', "$name is not a text");
        }
        return $value;
    }

    private function number(string $name): int
    {
        $value = filter_var(self::query($name, '0'), FILTER_VALIDATE_INT);
        if ($value === false) {
            throw new TanggapRefusal(400, 'query', "$name is not a number");
        }
        return $value;
    }

    /** @param array<mixed> $wanted */
    private function ticket(array $wanted): Ticket
    {
        $ticket = is_int($wanted['ticket'] ?? null)
            ? Ticket::lookup($wanted['ticket'])
            : Ticket::lookupByNumber(TanggapWanted::text($wanted, 'number'));
        if (!$ticket) {
            throw new TanggapRefusal(410, 'gone', 'no such ticket');
        }
        return $ticket;
    }

    /** @return array{id: int, number: string, whole: bool} */
    private function shown(int $id): array
    {
        $number = TanggapKeys::value('SELECT number FROM ' . TICKET_TABLE . ' WHERE ticket_id = ' . $id);
        if ($number === null) {
            throw new TanggapRefusal(410, 'gone', 'the ticket of this key was deleted');
        }
        return ['id' => $id, 'number' => (string) $number, 'whole' => TanggapTicket::isWhole($id)];
    }

    private function agent(): ?Staff
    {
        $name = trim((string) TanggapPlugin::$settings?->get('agent'));
        return $name === '' ? null : (Staff::lookup($name) ?: null);
    }

    /** @return array<mixed> */
    private function body(): array
    {
        $wanted = json_decode((string) file_get_contents('php://input'), true, 32);
        if (!is_array($wanted)) {
            throw new TanggapRefusal(400, 'json', json_last_error_msg());
        }
        return $wanted;
    }

    /**
     * Checks the key, does the work, and answers whatever happens to it.
     *
     * @param callable(): array{int, array<mixed>} $work
     */
    private function guarded(callable $work): void
    {
        // A fatal error prints a page and is a 200 to PHP; here it is caught at the end, and the page is thrown away.
        ob_start();
        // Whoever hung up will ask again under the same key; the work goes on.
        ignore_user_abort(true);
        register_shutdown_function(function () {
            if (!$this->answered) {
                $error = error_get_last();
                $this->answer(500, ['error' => 'crash', 'words' => $error['message'] ?? 'ended without an answer']);
            }
        });
        try {
            [$status, $answer] = $this->authorised($work);
        } catch (TanggapRefusal $refusal) {
            [$status, $answer] = [$refusal->status, ['error' => $refusal->reason, 'words' => $refusal->getMessage()]];
        } catch (Throwable $error) {
            [$status, $answer] = [500, ['error' => 'crash', 'words' => $error->getMessage()]];
        }
        $this->answer($status, $answer);
        exit;
    }

    /**
     * The key that was sent, if it belongs to the address it was sent from.
     *
     * Looked up as osTicket's own controller does; that one's methods for it are called otherwise before 1.17.3.
     */
    private static function key(): ?API
    {
        [$key, $address] = [self::server('HTTP_X_API_KEY'), self::server('REMOTE_ADDR')];
        return $key !== '' && $address !== '' ? (API::lookupByKey($key, $address) ?: null) : null;
    }

    private static function server(string $name): string
    {
        $value = $_SERVER[$name] ?? '';
        return is_string($value) ? $value : '';
    }

    /**
     * @param callable(): array{int, array<mixed>} $work
     * @return array{int, array<mixed>}
     */
    private function authorised(callable $work): array
    {
        $key = self::key();
        if (!$key || !$key->isActive() || !$key->canCreateTickets()) {
            $words = 'API key unknown, disabled, without the right to create tickets, or bound to another'
                . ' address; osTicket saw ' . self::server('REMOTE_ADDR');
            return [401, ['error' => 'key', 'words' => $words]];
        }
        return $work();
    }

    /** @param array<mixed> $answer */
    private function answer(int $status, array $answer): void
    {
        $this->answered = true;
        while (ob_get_level() > 0) {
            ob_end_clean();
        }
        http_response_code($status);
        header('Content-Type: application/json; charset=UTF-8');
        if ($status === 503) {
            header('Retry-After: 2');
        }
        print json_encode($answer, JSON_INVALID_UTF8_SUBSTITUTE | JSON_UNESCAPED_UNICODE);
    }
}
