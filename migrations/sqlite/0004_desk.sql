-- osTicket's tickets as we last saw them: our own map, which outlives a hard delete there. See daemon/src/store/desk.rs.
CREATE TABLE desk_ticket (
    ticket_id   BIGINT NOT NULL PRIMARY KEY,
    thread_id   BIGINT NOT NULL,
    case_id     BIGINT NOT NULL REFERENCES incident (id),
    number      TEXT   NOT NULL,
    standing    TEXT   NOT NULL,          -- there, merged, gone
    into_ticket BIGINT NOT NULL,          -- where it was merged to, else 0
    seen        TEXT   NOT NULL           -- JSON: the fields as last seen, and which of them a person has touched
);
CREATE INDEX desk_ticket_case ON desk_ticket (case_id);
CREATE INDEX desk_ticket_thread ON desk_ticket (thread_id);

-- Changes that were taken in: each counts once, however often it is read.
CREATE TABLE desk_mark (
    source    TEXT   NOT NULL,            -- event, entry, log
    change_id BIGINT NOT NULL,
    ticket_id BIGINT NOT NULL,
    PRIMARY KEY (source, change_id)
);

-- How far osTicket's logs have been read, and its tickets listed.
CREATE TABLE desk_cursor (
    id        BIGINT NOT NULL PRIMARY KEY,
    event_id  BIGINT NOT NULL,
    entry_id  BIGINT NOT NULL,
    log_id    BIGINT NOT NULL,
    listed_id BIGINT NOT NULL,
    listed_ms BIGINT NOT NULL
);
