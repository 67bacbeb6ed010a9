-- Times are milliseconds since 1970-01-01 UTC. JSON is text. See daemon/src/store/: one table, one file.

-- Who we are: the secret behind every key and Message-ID of ours.
CREATE TABLE instance (
    id         BIGINT NOT NULL PRIMARY KEY,
    secret     BLOB   NOT NULL,
    created_ms BIGINT NOT NULL
);

-- The journal: raw mail, immutable, before anything looked inside.
CREATE TABLE entry (
    id         INTEGER NOT NULL PRIMARY KEY,
    digest     BLOB    NOT NULL UNIQUE,  -- SHA-256 of the raw bytes
    size       BIGINT  NOT NULL,         -- raw bytes
    kept_ms    BIGINT  NOT NULL,
    more_parts BIGINT  NOT NULL,         -- further rows in entry_part
    raw        BLOB    NOT NULL          -- zstd: the first part, usually the only one
);

CREATE TABLE entry_part (
    entry_id BIGINT NOT NULL REFERENCES entry (id),
    part     BIGINT NOT NULL,
    raw      BLOB   NOT NULL,
    PRIMARY KEY (entry_id, part)
);

-- Where an entry was seen: our own record of what is not new.
CREATE TABLE sighting (
    account     TEXT   NOT NULL,
    folder      TEXT   NOT NULL,
    uidvalidity BIGINT NOT NULL,
    uid         BIGINT NOT NULL,
    entry_id    BIGINT NOT NULL REFERENCES entry (id),
    seen_ms     BIGINT NOT NULL,
    internal_ms BIGINT,
    settled     BIGINT NOT NULL,         -- 1: marked or moved on the server
    PRIMARY KEY (account, folder, uidvalidity, uid)
);
CREATE INDEX sighting_entry ON sighting (entry_id);
CREATE INDEX sighting_unsettled ON sighting (account, folder, uidvalidity, uid) WHERE settled = 0;

-- Mail that the server lists and would not hand out.
CREATE TABLE unfetched (
    account     TEXT   NOT NULL,
    folder      TEXT   NOT NULL,
    uidvalidity BIGINT NOT NULL,
    uid         BIGINT NOT NULL,
    tries       BIGINT NOT NULL,
    why         TEXT   NOT NULL,
    last_ms     BIGINT NOT NULL,
    PRIMARY KEY (account, folder, uidvalidity, uid)
);

-- Entries nobody has judged yet. Small rows, so that counting tries never rewrites raw mail.
CREATE TABLE unread (
    entry_id BIGINT NOT NULL PRIMARY KEY REFERENCES entry (id),
    tries    BIGINT NOT NULL
);

-- What became of each entry.
CREATE TABLE reading (
    entry_id   BIGINT NOT NULL PRIMARY KEY REFERENCES entry (id),
    kind       TEXT   NOT NULL,
    why        TEXT   NOT NULL,
    fate       TEXT   NOT NULL,          -- opened, joined, duplicate, recorded
    case_id    BIGINT,
    sender     TEXT   NOT NULL,
    subject    TEXT   NOT NULL,
    message_id TEXT   NOT NULL,
    canon      BLOB   NOT NULL,
    judgement  TEXT   NOT NULL,          -- the whole classification, JSON
    receipt    TEXT   NOT NULL,          -- '' where one was written, else why none was
    read_ms    BIGINT NOT NULL
);
CREATE INDEX reading_message_id ON reading (message_id) WHERE message_id <> '';
CREATE INDEX reading_canon ON reading (canon);
CREATE INDEX reading_case ON reading (case_id) WHERE case_id IS NOT NULL;

-- The register of incidents. The numbers of a year have no gaps.
CREATE TABLE register_counter (
    year BIGINT NOT NULL PRIMARY KEY,
    last BIGINT NOT NULL
);

CREATE TABLE incident (
    id        INTEGER NOT NULL PRIMARY KEY,
    register  TEXT    NOT NULL UNIQUE,
    stage     TEXT    NOT NULL,
    events    BIGINT  NOT NULL,          -- how many events made this stage
    ticket    TEXT    NOT NULL,          -- osTicket's number, '' while unknown
    severity  TEXT    NOT NULL,
    incident  TEXT    NOT NULL,          -- RSIT class and type
    subject   TEXT    NOT NULL,
    reporter  TEXT    NOT NULL,
    opened_ms BIGINT  NOT NULL
);
CREATE INDEX incident_ticket ON incident (ticket) WHERE ticket <> '';

CREATE TABLE event (
    case_id BIGINT NOT NULL REFERENCES incident (id),
    seq     BIGINT NOT NULL,             -- 1 for the first; two daemons cannot both write the next
    at_ms   BIGINT NOT NULL,
    actor   TEXT   NOT NULL,
    event   TEXT   NOT NULL,
    PRIMARY KEY (case_id, seq)
);

-- Who belongs to a case, and may speak for it by number alone.
CREATE TABLE participant (
    case_id BIGINT NOT NULL REFERENCES incident (id),
    address TEXT   NOT NULL,
    PRIMARY KEY (case_id, address)
);

-- Effects made durable.
CREATE TABLE outbox_order (
    id         INTEGER NOT NULL PRIMARY KEY,
    key        TEXT    NOT NULL UNIQUE,  -- INS-2026-0042/ticket
    case_id    BIGINT  NOT NULL REFERENCES incident (id),
    channel    TEXT    NOT NULL,         -- desk, post
    effect     TEXT    NOT NULL,         -- JSON: which effect of the machine
    payload    TEXT    NOT NULL,         -- JSON, composed once: a retry sends the same bytes
    state      TEXT    NOT NULL,         -- due, sending, unknown, held, done, dropped
    epoch      BIGINT  NOT NULL,         -- counts claims; a late writer of an older epoch writes nothing
    attempts   BIGINT  NOT NULL,
    due_ms     BIGINT  NOT NULL,
    sent_ms    BIGINT  NOT NULL,         -- when last claimed
    why        TEXT    NOT NULL,
    result     TEXT    NOT NULL,
    created_ms BIGINT  NOT NULL
);
CREATE INDEX outbox_open ON outbox_order (channel, state, due_ms) WHERE state IN ('due', 'sending', 'unknown', 'held');
CREATE INDEX outbox_case ON outbox_order (case_id, channel, id);

-- A channel as a whole may be made to wait.
CREATE TABLE channel (
    name            TEXT   NOT NULL PRIMARY KEY,
    paused_until_ms BIGINT NOT NULL,
    held            BIGINT NOT NULL,     -- 1: by an operator, until released
    why             TEXT   NOT NULL
);

-- Letters of ours: what threads come back to, and what the budget counts.
CREATE TABLE letter (
    message_id TEXT   NOT NULL PRIMARY KEY,
    case_id    BIGINT NOT NULL REFERENCES incident (id),
    recipient  TEXT   NOT NULL,
    domain     TEXT   NOT NULL,
    written_ms BIGINT NOT NULL,
    bounced_ms BIGINT
);
CREATE INDEX letter_recipient ON letter (recipient, written_ms);
CREATE INDEX letter_domain ON letter (domain, written_ms);
CREATE INDEX letter_written ON letter (written_ms);

-- Which daemon does what only one may do at a time.
CREATE TABLE lease (
    name     TEXT   NOT NULL PRIMARY KEY,
    holder   TEXT   NOT NULL,
    epoch    BIGINT NOT NULL,
    until_ms BIGINT NOT NULL
);
