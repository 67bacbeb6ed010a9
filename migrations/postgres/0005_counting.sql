-- By what reports are counted, where a rule counts them (`count:`): a sender, an asset, an indicator. See daemon/src/store/counting.rs.
CREATE TABLE report_key (
    name     TEXT   NOT NULL,             -- sender:a@b.example, asset:SIMRS, indicator:ipv4:203.0.113.7
    entry_id BIGINT NOT NULL REFERENCES entry (id),
    at_ms    BIGINT NOT NULL,             -- when the mail was kept
    PRIMARY KEY (name, entry_id)
);
CREATE INDEX report_key_age ON report_key (at_ms);
