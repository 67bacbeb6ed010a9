-- The SOP's books: append-only, chained by hashes, numbered without gaps. See daemon/src/store/books.rs.

-- The end of the chain; whoever writes a book locks this row first.
CREATE TABLE book_head (
    id   BIGINT NOT NULL PRIMARY KEY,
    last BIGINT NOT NULL,
    hash BYTEA  NOT NULL
);

-- Each book counts anew each year.
CREATE TABLE book_counter (
    book TEXT   NOT NULL,
    year BIGINT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (book, year)
);

CREATE TABLE book_entry (
    seq      BIGINT NOT NULL PRIMARY KEY,
    book     TEXT   NOT NULL,          -- register, agenda_in, agenda_out, disposition, letters
    year     BIGINT NOT NULL,
    number   BIGINT NOT NULL,
    at_ms    BIGINT NOT NULL,
    actor    TEXT   NOT NULL,
    case_id  BIGINT NOT NULL,          -- 0 where it belongs to none
    corrects BIGINT NOT NULL,          -- seq of the entry that this one corrects, 0 for none
    once     TEXT   NOT NULL,          -- what is entered once only, '' for none
    cells    TEXT   NOT NULL,          -- JSON
    hash     BYTEA  NOT NULL           -- SHA-256 over the hash before it and all of the above
);
CREATE UNIQUE INDEX book_entry_number ON book_entry (book, year, number);
CREATE INDEX book_entry_case ON book_entry (case_id, book, seq);
CREATE INDEX book_entry_at ON book_entry (book, at_ms);
CREATE UNIQUE INDEX book_entry_once ON book_entry (once) WHERE once <> '';
