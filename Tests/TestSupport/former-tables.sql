-- What earlier releases stored in tables, out of the form of today: temporary views under the names of those tables, so that
-- one question can be put to files of both. `.read` it into a shell or run it on a connection; the file is not changed.
-- Values that are sealed are NULL, and the number of a report is one of our own.

CREATE TEMP VIEW clear_part AS
SELECT part_key, CASE typeof(content) WHEN 'text' THEN content END AS content FROM main.case_part;

CREATE TEMP VIEW case_version AS
SELECT e.case_key, e.version,
  (SELECT f.version FROM main.event f WHERE f.seq = e.facts_seq) AS facts_version, e.seq, e.recorded_at, e.person_key,
  e.progress ->> '$.stage' AS stage, c.content ->> '$.election' AS election, c.content ->> '$.contest' AS contest,
  c.content ->> '$.region' AS region, c.content ->> '$.institution.code' AS institution,
  c.content ->> '$.institution.name' AS institution_name, c.content ->> '$.institution.kind' AS institution_kind,
  c.content ->> '$.subject.employment' AS employment, c.content ->> '$.subject.position_level' AS position_level,
  c.content ->> '$.subject.reporting_class' AS reporting_class,
  c.content ->> '$.subject.appointment_year' AS appointment_year, c.content ->> '$.violation.code' AS violation,
  c.content ->> '$.violation.catalogue' AS catalogue, c.content ->> '$.violation.category' AS category,
  c.content ->> '$.violation.aspect' AS aspect, c.content ->> '$.act.occurred_on' AS act_on,
  c.content ->> '$.act.known_on' AS known_on, c.content ->> '$.act.channel' AS act_channel,
  c.content ->> '$.act.supports' AS supports, c.content ->> '$.act.on_unpaid_leave' AS on_unpaid_leave,
  c.content ->> '$.source.kind' AS source_kind, c.content ->> '$.source.agency' AS reported_by,
  coalesce(r.content ->> '$.source.agency_ref', 'report ' || e.report_key) AS agency_ref, c.content ->> '$.source.channel' AS source_channel,
  coalesce((SELECT group_concat(value, ' ') FROM json_each(c.content, '$.motives')), '') AS motives,
  e.progress ->> '$.milestones.received' AS received_on, e.progress ->> '$.milestones.verified' AS verified_on,
  e.progress ->> '$.milestones.rejected' AS rejected_on, e.progress ->> '$.milestones.studied' AS studied_on,
  e.progress ->> '$.milestones.recommended' AS recommended_on,
  e.progress ->> '$.milestones.not_proven' AS not_proven_on, e.progress ->> '$.milestones.decided' AS decided_on,
  e.progress ->> '$.milestones.blocked' AS blocked_on, e.progress ->> '$.milestones.released' AS released_on,
  e.progress ->> '$.milestones.appealed' AS appealed_on, e.progress ->> '$.milestones.ruled' AS ruled_on,
  e.progress ->> '$.milestones.exonerated' AS exonerated_on,
  e.progress ->> '$.milestones.escalated' AS escalated_on, e.progress ->> '$.milestones.closed' AS closed_on,
  e.progress ->> '$.milestones.cancelled' AS cancelled_on, e.progress ->> '$.milestones.lapsed' AS lapsed_on,
  e.progress ->> '$.recommendation.agency' AS recommended_by,
  r.content ->> '$.recommendation_letter' AS recommendation_letter,
  e.progress ->> '$.recommendation.institution' AS recommendation_institution,
  e.progress ->> '$.recommendation.proposed_sanction' AS proposed_sanction,
  e.progress ->> '$.decision.agency' AS decided_by, e.progress ->> '$.decision.outcome' AS decision_outcome,
  r.content ->> '$.decree' AS decree_number, e.progress ->> '$.decision.sanction' AS sanction,
  e.progress ->> '$.decision.sanction_level' AS sanction_level,
  e.progress ->> '$.decision.outside_band' AS outside_band,
  e.progress ->> '$.decision.deviation_explained' AS deviation_explained, e.progress ->> '$.block.agency' AS block_by,
  r.content ->> '$.block_letter' AS block_letter, e.progress ->> '$.block.blocked_on' AS block_from,
  e.progress ->> '$.block.released_on' AS block_until, r.content ->> '$.block_proof' AS block_proof,
  e.progress ->> '$.appeal.route' AS appeal_route, e.progress ->> '$.appeal.filed_on' AS appeal_from,
  e.progress ->> '$.appeal.outcome' AS appeal_outcome, e.progress ->> '$.appeal.ruled_on' AS appeal_until,
  r.content ->> '$.idis' AS idis_reference, e.progress ->> '$.lapse_reason' AS lapse_reason,
  coalesce(e.progress ->> '$.clocks', '') AS clocks, coalesce(e.progress ->> '$.clocks_recorded', '') AS clocks_recorded,
  e.unconfirmed, e.disputed_for
FROM main.event e JOIN temp.clear_part c ON c.part_key = 16 * e.facts_seq + 1
JOIN temp.clear_part r ON r.part_key = 16 * e.references_seq + 5
WHERE e.progress IS NOT NULL;

CREATE TEMP VIEW case_record AS
SELECT r.id, r.number, r.created_at, date(r.next_due_on * 86400, 'unixepoch') AS next_due_on,
  date(r.paused_due_on * 86400, 'unixepoch') AS paused_due_on,
  date(r.appeal_due_on * 86400, 'unixepoch') AS appeal_due_on,
  date(r.paused_until * 86400, 'unixepoch') AS paused_until, r.recorded_late, r.imported_by, r.imported_versions,
  r.agency_ref_digest, v.*
FROM main.case_record r JOIN temp.case_version v ON v.seq = r.seq;

CREATE TEMP VIEW event AS
SELECT seq, case_key, version, what, agency, on_behalf_of, imported_by, key_id,
  date(occurred_on * 86400, 'unixepoch') AS occurred_on, recorded_at, stage, changed, details, digest
FROM main.event;

CREATE TEMP VIEW case_subject AS
SELECT e.case_key, e.version AS facts_version, p.content ->> '$.subject.name' AS name,
  p.content ->> '$.subject.nip' AS nip, p.content ->> '$.subject.nik' AS nik,
  p.content ->> '$.subject.position_title' AS position_title
FROM main.event e JOIN temp.clear_part p ON p.part_key = 16 * e.seq + 2 WHERE e.facts_seq = e.seq;

CREATE TEMP VIEW case_narrative AS
SELECT e.case_key, e.version AS facts_version, p.content ->> '$.act.place' AS place,
  p.content ->> '$.act.narrative' AS narrative, coalesce(p.content ->> '$.act.urls', '[]') AS urls,
  coalesce(p.content ->> '$.act.witnesses', '[]') AS witnesses
FROM main.event e JOIN temp.clear_part p ON p.part_key = 16 * e.seq + 3 WHERE e.facts_seq = e.seq;

CREATE TEMP VIEW case_reporter AS
SELECT e.case_key, e.version AS facts_version, p.content ->> '$.reporter.mode' AS mode,
  p.content ->> '$.reporter.name' AS name, p.content ->> '$.reporter.contact' AS contact
FROM main.event e JOIN temp.clear_part p ON p.part_key = 16 * e.seq + 4 WHERE e.facts_seq = e.seq;

CREATE TEMP VIEW event_salt AS
SELECT part_key / 16 AS seq, salt FROM main.case_part WHERE part_key % 16 = 0;

CREATE TEMP VIEW event_text AS
SELECT p.part_key / 16 AS seq, t.key AS name, CASE p.part_key % 16
    WHEN 8 THEN 'core' WHEN 9 THEN 'subject' WHEN 10 THEN 'narrative' WHEN 11 THEN 'evidence' WHEN 12 THEN 'reporter'
    ELSE 'notes' END AS field_group, t.value AS content
FROM temp.clear_part p, json_each(p.content) t WHERE p.part_key % 16 >= 8;

CREATE TEMP VIEW case_counter AS
SELECT CAST(name AS INTEGER) AS year, last FROM main.counter WHERE name GLOB '[0-9]*';

CREATE TEMP VIEW byte_use AS
SELECT substr(name, 7) AS budget, day, last AS bytes, room_bytes FROM main.counter WHERE day IS NOT NULL;
