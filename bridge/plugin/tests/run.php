<?php

/**
 * The plugin's own tests, without osTicket: php bridge/plugin/tests/run.php
 */

declare(strict_types=1);

require __DIR__ . '/stubs.php';
foreach (['Refusal', 'Keys', 'Wanted', 'Setting', 'Change', 'Reader', 'News', 'Catalogue', 'Entry'] as $part) {
    require __DIR__ . "/../tanggap/Tanggap$part.php";
}

// What PHP only warns of is a failure here.
set_error_handler(function (int $level, string $words) {
    return error_reporting() & $level ? throw new ErrorException($words) : false;
});

$failed = 0;
$passed = 0;
function check(string $what, $is, $expected): void
{
    global $failed, $passed;
    if ($is === $expected) {
        $passed++;
        return;
    }
    $failed++;
    fwrite(STDERR, "$what: " . var_export($is, true) . ' instead of ' . var_export($expected, true) . "\n");
}

/** The reason of the refusal that this ends in, or what it returned. */
function refusal(callable $work)
{
    try {
        return $work();
    } catch (TanggapRefusal $refusal) {
        return "$refusal->status $refusal->reason";
    }
}

// A key is an address of RFC 4193, as the daemon and the database write it.
$key = str_repeat('12', 15);
check('marker', TanggapKeys::marker($key), 'fd12:1212:1212:1212:1212:1212:1212:1212');
check('digits are quoted too', TanggapKeys::text('12'), "'12'");

// Stored values as people read them.
check('list', TanggapChange::shown('{"3":"High"}'), 'High');
check('text', TanggapChange::shown('apa adanya'), 'apa adanya');
check('number', TanggapChange::shown('12'), '12');
check('no list of words', TanggapChange::shown('[["a"]]'), '[["a"]]');

// A list takes its items, and what it does not offer is refused before anything is written.
$agent = new Staff();
$ticket = new Ticket();
$answer = new Answer(new ListField());
DynamicFormEntry::$answers = ['tahap' => $answer];
(new TanggapSetting($ticket, $agent))->custom('tahap', 'Low', 'High');
check('stored', $answer->stored, ['{"4":"Low"}', null]);
check('logged', $ticket->logged, [['edited', ['fields' => [36 => ['High', 'Low']]]]]);
$strange = fn () => (new TanggapSetting($ticket, $agent))->custom('tahap', 'Ngawur', 'Low');
check('strange item', refusal($strange), '422 kept');
check('nothing was cleared', $answer->stored, ['{"4":"Low"}', null]);
$absent = fn () => (new TanggapSetting($ticket, $agent))->custom('nihil', 'x', '');
check('no such field', refusal($absent), '422 validation');

// A change compares first: what is there is not written, what somebody else changed is kept.
Database::$answers = [['/ost_ticket_status/', [['id' => '6', 'name' => 'Penanganan']]]];
$change = fn (array $wanted) => refusal(fn () => TanggapChange::make($ticket, $wanted, $agent));
check('there', $change(['set' => 'status', 'value' => 6]), ['written' => true, 'now' => 'Penanganan']);
$stale = ['set' => 'status', 'value' => 3, 'if_still' => 'Open'];
check('faster', $change($stale), ['written' => false, 'now' => 'Penanganan']);
check('text for an id', $change(['set' => 'status', 'value' => '6']), '422 validation');
check('unknown', $change(['set' => 'warna', 'value' => 1]), '422 validation');
check('a list for a text', $change(['set' => ['status'], 'value' => 6]), '422 validation');
// What osTicket leaves as it was says what its agent may do there.
$words = function () use ($ticket, $agent) {
    try {
        TanggapChange::make($ticket, ['set' => 'status', 'value' => 3], $agent);
    } catch (TanggapRefusal $refusal) {
        return $refusal->getMessage();
    }
};
$left = 'osTicket left status as it was: Penanganan; ';
check('no role', $words(), $left . "tanggap has no role in this ticket's department");
$ticket->role = new Role();
check('role', $words(), $left . "the role of tanggap in this ticket's department is View only, see whether it allows that");
$unsigned = fn () => TanggapChange::make($ticket, ['set' => 'status', 'value' => 6], null);
check('nobody signs', refusal($unsigned), '422 agent');

// What a request says is read strictly, and a file that cannot be read is never left out in silence.
check('text', refusal(fn () => TanggapWanted::text(['name' => 'ada'], 'name')), 'ada');
check('absent', refusal(fn () => TanggapWanted::text(['name' => null], 'name', 'x')), 'x');
check('no text', refusal(fn () => TanggapWanted::text(['name' => 7], 'name')), '422 validation');
check('items', refusal(fn () => TanggapWanted::items(['fields' => ['a' => 'b']], 'fields')), ['a' => 'b']);
check('no items', refusal(fn () => TanggapWanted::items(['fields' => 'a'], 'fields')), '422 validation');
$files = fn ($files) => refusal(fn () => TanggapEntry::attachments(['attachments' => $files]));
check('no files', $files([]), []);
check('files that are none', $files('berkas'), '422 attachment');
foreach (['x', ['data' => ''], ['name' => ['a'], 'data' => ''], ['name' => 'a', 'data' => '*']] as $place => $file) {
    check("file $place", $files([$file]), '422 attachment');
}

// Changes: numbers are numbers, the cursor only grows, and the rows around it are told once more.
$event = ['id' => '60', 'thread' => '7', 'ticket' => '7', 'marker' => 'fd00::1', 'at' => '5', 'name' => 'closed',
    'data' => '', 'username' => 'ada', 'uid' => '1', 'uid_type' => 'S'];
Database::$answers = [['/COUNT/', [[1, 0]]], ['/FROM ost_thread_event v/', [$event]]];
Database::$asked = [];
$told = TanggapReader::changes(['event' => 70, 'entry' => 10], '', 0.0);
check('cursor', $told['cursor'], ['event' => 70, 'entry' => 10, 'log' => 0]);
check('id', $told['events'][0]['id'], 60);
check('seen', $told['seen'], '1.0');
check('overlap', str_contains(Database::$asked[1], 'v.id > 20'), true);

// Whoever has seen it all waits, at the price of one look; a written entry ends the wait.
TanggapNews::connect();
Database::$asked = [];
$begun = microtime(true);
$silence = TanggapReader::changes(['event' => 70, 'entry' => 10], '1.0', 0.5);
check('waited', microtime(true) - $begun >= 0.5, true);
check('silence', [$silence['events'], $silence['cursor']['event']], [[], 70]);
check('one look', count(Database::$asked), 1);
Signal::send('model.created', new ThreadEntry());
$looks = 0;
$news = TanggapNews::wait(5.0, function () use (&$looks) {
    return ++$looks > 0;
});
check('news', [$news, $looks], [true, 1]);
array_map('unlink', glob(sys_get_temp_dir() . '/tanggap-' . substr(md5(DBHOST . DBNAME . TABLE_PREFIX), 0, 16) . '*'));

// A long thread is cut at an entry, never before the cursor has moved.
$zeros = array_fill_keys(['at', 'staff', 'user', 'flags', 'parent', 'first'], '0');
$entry = fn (int $id) => ['id' => (string) $id, 'thread' => '7', 'ticket' => '7', 'body' => str_repeat('x', 3 << 20)] + $zeros;
Database::$answers = [['/COUNT/', [[0, 3]]], ['/FROM ost_thread_entry e/', [$entry(9), $entry(11), $entry(12)]]];
$told = TanggapReader::changes(['event' => 0, 'entry' => 10], '', 0.0);
check('cut', [count($told['entries']), $told['cursor']['entry'], $told['more']], [2, 11, true]);

printf("%d passed, %d failed\n", $passed, $failed);
exit($failed ? 1 : 0);
