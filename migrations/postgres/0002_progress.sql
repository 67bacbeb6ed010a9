-- How far a case has come in the SOP's ten steps; see daemon/src/case/progress.rs.
ALTER TABLE incident ADD COLUMN phase TEXT NOT NULL DEFAULT 'recorded';
-- 1: the reporter was asked for something and has not answered.
ALTER TABLE incident ADD COLUMN waiting BIGINT NOT NULL DEFAULT 0;
-- 1: step 3 was decided for BSSN.
ALTER TABLE incident ADD COLUMN escalated BIGINT NOT NULL DEFAULT 0;
