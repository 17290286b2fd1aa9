-- The agency that imported the case, and how many versions it made at once; NULL: the case was posted.
ALTER TABLE case_record ADD COLUMN imported_by TEXT;
ALTER TABLE case_record ADD COLUMN imported_versions INTEGER;
-- 'version agency milestones;' for each act that was recorded in another agency's name and waits for its answer.
ALTER TABLE case_record ADD COLUMN unconfirmed TEXT;
ALTER TABLE case_version ADD COLUMN unconfirmed TEXT;
-- ' AGENCY AGENCY ': for whom a disputed case exists; NULL: it is not disputed. Such a case has a person of its own,
-- without identifier, so that its report number is free.
ALTER TABLE case_record ADD COLUMN disputed_for TEXT;
ALTER TABLE case_version ADD COLUMN disputed_for TEXT;

-- What was imported before in another agency's name waits for its answer, unless the importer has succeeded that agency.
-- An import wrote all of a case at one moment with one key.
CREATE TABLE m0011_act AS
  WITH RECURSIVE term (code, valid_until, successor) AS (
    SELECT code, json ->> '$.valid_until', json ->> '$.successor' FROM reference WHERE kind = 'agencies'
  ), succession (predecessor, agency) AS (
    SELECT code, successor FROM term WHERE successor IS NOT NULL AND valid_until < date('now', '+7 hours')
    UNION
    SELECT s.predecessor, t.successor FROM succession s JOIN term t ON t.code = s.agency
    WHERE t.successor IS NOT NULL AND t.valid_until < date('now', '+7 hours')
  )
  SELECT e.case_key, e.version, e.agency, e.imported_by,
    (v.received_on IS NOT p.received_on) + 2 * (v.verified_on IS NOT p.verified_on)
      + 4 * (v.rejected_on IS NOT p.rejected_on) + 8 * (v.studied_on IS NOT p.studied_on)
      + 16 * (v.recommended_on IS NOT p.recommended_on) + 32 * (v.not_proven_on IS NOT p.not_proven_on)
      + 64 * (v.decided_on IS NOT p.decided_on) + 128 * (v.blocked_on IS NOT p.blocked_on)
      + 256 * (v.released_on IS NOT p.released_on) + 512 * (v.appealed_on IS NOT p.appealed_on)
      + 1024 * (v.ruled_on IS NOT p.ruled_on) + 2048 * (v.exonerated_on IS NOT p.exonerated_on)
      + 4096 * (v.escalated_on IS NOT p.escalated_on) + 8192 * (v.closed_on IS NOT p.closed_on)
      + 16384 * (v.cancelled_on IS NOT p.cancelled_on) + 32768 * (v.lapsed_on IS NOT p.lapsed_on) AS milestones
  FROM event e
  JOIN case_version v ON v.case_key = e.case_key AND v.version = e.version AND v.seq = e.seq
  LEFT JOIN case_version p ON p.case_key = e.case_key AND p.version = e.version - 1
  WHERE e.imported_by IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM succession s WHERE s.predecessor = e.agency AND s.agency = e.imported_by);

CREATE INDEX m0011_act_case ON m0011_act (case_key, version);

UPDATE case_record SET
  imported_by = (SELECT e.imported_by FROM event e WHERE e.case_key = case_record.case_key AND e.imported_by IS NOT NULL LIMIT 1),
  imported_versions = (
    SELECT max(e.version) FROM event e JOIN event c ON c.case_key = e.case_key AND c.what = 'created'
      AND e.recorded_at = c.recorded_at AND e.key_id = c.key_id
    WHERE e.case_key = case_record.case_key)
WHERE case_key IN (SELECT case_key FROM event WHERE imported_by IS NOT NULL);

UPDATE case_version SET unconfirmed = (
  SELECT group_concat(act, '') FROM (
    SELECT a.version || ' ' || a.agency || ' ' || a.milestones || ';' AS act FROM m0011_act a
    WHERE a.case_key = case_version.case_key AND a.version <= case_version.version ORDER BY a.version))
WHERE case_key IN (SELECT case_key FROM m0011_act);

UPDATE case_record SET unconfirmed = (
  SELECT v.unconfirmed FROM case_version v WHERE v.case_key = case_record.case_key AND v.version = case_record.version)
WHERE case_key IN (SELECT case_key FROM m0011_act);

DROP TABLE m0011_act;

CREATE INDEX case_record_unconfirmed ON case_record (imported_by, case_key) WHERE unconfirmed IS NOT NULL;
CREATE INDEX case_record_disputed ON case_record (case_key) WHERE disputed_for IS NOT NULL;
