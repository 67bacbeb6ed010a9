-- Letters that a person answers for: numbered, signed, released. See daemon/src/store/papers.rs.
CREATE TABLE paper (
    case_id         BIGINT NOT NULL REFERENCES incident (id),
    letter          BIGINT NOT NULL,       -- counts the letters of a case
    kind            TEXT   NOT NULL,
    state           TEXT   NOT NULL,       -- draft, numbered, signed, ready, released, sent, cancelled
    note            TEXT   NOT NULL,       -- what it says beside the template's own words
    number          TEXT   NOT NULL,       -- '' while it has none
    recipient       TEXT   NOT NULL,       -- after Yth.
    subject         TEXT   NOT NULL,
    address         TEXT   NOT NULL,       -- where it was released to, '' where nowhere yet or by hand
    turn            BIGINT NOT NULL,       -- how often it was released
    made_ms         BIGINT NOT NULL,
    numbered_ms     BIGINT NOT NULL,       -- the letter's date, 0 while it has no number
    unsigned_sha256 TEXT   NOT NULL,
    signed_sha256   TEXT   NOT NULL,
    message_id      TEXT   NOT NULL,       -- of the mail it last went out with
    PRIMARY KEY (case_id, letter)
);
CREATE INDEX paper_state ON paper (state);
CREATE INDEX paper_number ON paper (number) WHERE number <> '';

-- Its files, as they were printed and as they came back: never altered. Apart, so that listing letters reads no PDF.
CREATE TABLE paper_file (
    case_id BIGINT NOT NULL,
    letter  BIGINT NOT NULL,
    which   TEXT   NOT NULL,               -- unsigned, signed, enclosure
    name    TEXT   NOT NULL,
    bytes   BLOB   NOT NULL,
    PRIMARY KEY (case_id, letter, which, name)
);

-- What ties cases together: an indicator, a system of ours. It proposes; nothing is merged by it. See daemon/src/store/marks.rs.
CREATE TABLE case_mark (
    kind    TEXT   NOT NULL,
    value   TEXT   NOT NULL,
    case_id BIGINT NOT NULL REFERENCES incident (id),
    at_ms   BIGINT NOT NULL,
    PRIMARY KEY (kind, value, case_id)
);
CREATE INDEX case_mark_case ON case_mark (case_id);
