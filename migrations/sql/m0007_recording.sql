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

-- Who decides on a settled day of receipt. Numbers of mandates are the operator's to give: these are the next free ones.
INSERT INTO reference (kind, code, valid_from, valid_until, json, position)
SELECT 'mandates', CAST(m.last + a.place AS TEXT), '', NULL,
  '{"id":' || (m.last + a.place) || ',"kind":"correct","agency":"' || a.agency || '","scope":"all",' ||
  '"legal_basis":"Working rule of the SBT: two agencies move a day of receipt"}',
  (SELECT max(position) FROM reference) + a.place
FROM (SELECT 1 AS place, 'BKN' AS agency UNION ALL SELECT 2, 'BAWASLU') a,
  (SELECT max(CAST(code AS INTEGER)) AS last FROM reference WHERE kind = 'mandates') m
WHERE NOT EXISTS (SELECT 1 FROM reference WHERE kind = 'mandates' AND json_extract(json, '$.kind') = 'correct')
  AND EXISTS (SELECT 1 FROM reference WHERE kind = 'agencies' AND code = a.agency);

-- The clock of the PPK: 14 working days for recommendations from 2024-02-06, where the row that was shipped is unchanged.
-- Open clocks are derived anew by the next start, each with its event: 'clock_derivation' says from which case on, and by
-- whom.
INSERT INTO setting (name, value)
SELECT 'clock_derivation', CAST('0 migration' AS BLOB) FROM reference
WHERE kind = 'clock-rules' AND code = 'ppk_follow_up' AND valid_from = '' AND valid_until IS NULL AND json =
  '{"kind":"ppk_follow_up","length":10,"unit":"days","starts_at":"recommended","stops_at":["decided"],"time_zone":"Asia/Jakarta","legal_basis":"Figure of 2020; none published since"}'
ON CONFLICT (name) DO UPDATE SET value = excluded.value;

INSERT INTO reference (kind, code, valid_from, valid_until, json, position)
SELECT kind, code, '2024-02-06', NULL,
  '{"kind":"ppk_follow_up","from":"2024-02-06","length":14,"unit":"working_days","starts_at":"recommended","stops_at":["decided"],"time_zone":"Asia/Jakarta","legal_basis":"BKN, published 2024-02-06; first day in force unsure","pause_days_max":30}',
  (SELECT max(position) FROM reference) + 1
FROM reference
WHERE kind = 'clock-rules' AND code = 'ppk_follow_up' AND valid_from = '' AND valid_until IS NULL AND json =
  '{"kind":"ppk_follow_up","length":10,"unit":"days","starts_at":"recommended","stops_at":["decided"],"time_zone":"Asia/Jakarta","legal_basis":"Figure of 2020; none published since"}';

UPDATE reference SET valid_until = '2024-02-05', json =
  '{"kind":"ppk_follow_up","until":"2024-02-05","length":10,"unit":"days","starts_at":"recommended","stops_at":["decided"],"time_zone":"Asia/Jakarta","legal_basis":"Figure of 2020","pause_days_max":30}'
WHERE kind = 'clock-rules' AND code = 'ppk_follow_up' AND valid_from = '' AND valid_until IS NULL AND json =
  '{"kind":"ppk_follow_up","length":10,"unit":"days","starts_at":"recommended","stops_at":["decided"],"time_zone":"Asia/Jakarta","legal_basis":"Figure of 2020; none published since"}';

-- How many days a pause may last is part of a rule.
UPDATE reference SET json = json_set(json, '$.pause_days_max', 30)
WHERE kind = 'clock-rules' AND json_extract(json, '$.pause_days_max') IS NULL;
