-- The days in Jakarta on which the stops of clocks were recorded: a word for each clock of `clocks`, '-' where there is
-- none; empty when there is none of any clock.
ALTER TABLE case_version ADD COLUMN clocks_recorded TEXT NOT NULL DEFAULT '';
ALTER TABLE case_record ADD COLUMN clocks_recorded TEXT NOT NULL DEFAULT '';
-- Whether a clock was met, and that was recorded after its due date.
ALTER TABLE case_record ADD COLUMN recorded_late INTEGER NOT NULL DEFAULT 0 CHECK (recorded_late IN (0, 1));
-- The day on which the open clock runs again after a pause that names it. Pauses of earlier releases name none.
ALTER TABLE case_record ADD COLUMN paused_until TEXT;

-- A stop was recorded with the first version that has it; versions are recorded in their order. The clocks read
-- 'kind start due unit stop;', each perhaps with pauses after its stop. A period of appeal that ended without an appeal
-- was stopped by nobody.
UPDATE case_version AS v SET clocks_recorded = rtrim(
  CASE WHEN v.clocks LIKE '%verification %' THEN coalesce((
    SELECT date(min(w.recorded_at) / 1000 + 25200, 'unixepoch') FROM case_version w
    WHERE w.case_key = v.case_key AND w.version <= v.version
      AND (w.clocks LIKE '%verification ____-__-__ ____-__-__ days 2%'
        OR w.clocks LIKE '%verification ____-__-__ ____-__-__ working\_days 2%' ESCAPE '\')), '-') || ' ' ELSE '' END ||
  CASE WHEN v.clocks LIKE '%study %' THEN coalesce((
    SELECT date(min(w.recorded_at) / 1000 + 25200, 'unixepoch') FROM case_version w
    WHERE w.case_key = v.case_key AND w.version <= v.version
      AND (w.clocks LIKE '%study ____-__-__ ____-__-__ days 2%'
        OR w.clocks LIKE '%study ____-__-__ ____-__-__ working\_days 2%' ESCAPE '\')), '-') || ' ' ELSE '' END ||
  CASE WHEN v.clocks LIKE '%ppk_follow_up %' THEN coalesce((
    SELECT date(min(w.recorded_at) / 1000 + 25200, 'unixepoch') FROM case_version w
    WHERE w.case_key = v.case_key AND w.version <= v.version
      AND (w.clocks LIKE '%ppk_follow_up ____-__-__ ____-__-__ days 2%'
        OR w.clocks LIKE '%ppk_follow_up ____-__-__ ____-__-__ working\_days 2%' ESCAPE '\')), '-') || ' ' ELSE '' END ||
  CASE WHEN v.clocks LIKE '%appeal_filing %' THEN coalesce((
    SELECT date(min(w.recorded_at) / 1000 + 25200, 'unixepoch') FROM case_version w
    WHERE w.case_key = v.case_key AND w.version <= v.version AND w.appealed_on IS NOT NULL), '-') ELSE '' END)
-- While the first clock is open no other has begun: its word would be '-' alone.
WHERE v.clocks LIKE '%;%;%' OR v.clocks LIKE '%days 2%;';

UPDATE case_version SET clocks_recorded = '' WHERE clocks_recorded NOT LIKE '%2%';

UPDATE case_record AS r SET clocks_recorded =
  (SELECT v.clocks_recorded FROM case_version v WHERE v.case_key = r.case_key AND v.version = r.version);

-- Clock by clock, with its word beside it.
UPDATE case_record SET recorded_late = 1 WHERE case_key IN (
  WITH RECURSIVE pieces (case_key, clock, clocks, word, words) AS (
    SELECT case_key, '', clocks, '', clocks_recorded || ' ' FROM case_record WHERE clocks_recorded <> ''
    UNION ALL
    SELECT case_key, substr(clocks, 1, instr(clocks, ';') - 1), substr(clocks, instr(clocks, ';') + 1),
      substr(words, 1, instr(words, ' ') - 1), substr(words, instr(words, ' ') + 1)
    FROM pieces WHERE clocks <> ''),
  -- Behind the kind: start, due date, unit, stop.
  days (case_key, due, stop, word) AS (
    SELECT case_key, substr(clock, instr(clock, ' ') + 12, 10),
      substr(substr(clock, instr(clock, ' ') + 23), instr(substr(clock, instr(clock, ' ') + 23), ' ') + 1, 10), word
    FROM pieces WHERE word LIKE '2%')
  SELECT case_key FROM days WHERE stop <= due AND word > due);

CREATE INDEX case_record_recorded_late ON case_record (recorded_late) WHERE recorded_late = 1;
CREATE INDEX case_record_paused_until ON case_record (paused_until) WHERE paused_until IS NOT NULL;

-- How many days a pause may last is part of a rule.
UPDATE reference SET json = json_set(json, '$.pause_days_max', 30)
WHERE kind = 'clock-rules' AND json_extract(json, '$.pause_days_max') IS NULL;
