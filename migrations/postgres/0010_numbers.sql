-- Numbers of formal letters that this house gives by itself. See daemon/src/store/numbers.rs.
CREATE TABLE letter_counter (
    year  BIGINT NOT NULL,        -- WIB
    first BIGINT NOT NULL,        -- of the reserved range; 1 where numbers are automatic
    last  BIGINT NOT NULL,        -- given last
    PRIMARY KEY (year, first)
);

-- What the way into osTicket can do, as the daemon found it: commands beside it cannot ask. See daemon/src/store/way.rs.
CREATE TABLE desk_way (
    id     BIGINT NOT NULL PRIMARY KEY,   -- 1
    writes BIGINT NOT NULL                -- 1: notes, statuses, priorities can be written
);
