-- When the raw bytes of a mail were removed by retention, 0 while they are kept; digest, size and reading stay. See daemon/src/store/retention.rs.
ALTER TABLE entry ADD COLUMN removed_ms BIGINT NOT NULL DEFAULT 0;
