-- One row for each event and the version it made, personal values apart. Dates are days since 1970-01-01, instants
-- milliseconds. In the same transaction the program fills these tables from those of earlier releases.
PRAGMA legacy_alter_table = ON; -- what refers to the tables goes on by their names
ALTER TABLE case_record RENAME TO old_case_record;
ALTER TABLE event RENAME TO old_event;
ALTER TABLE person RENAME TO old_person;
ALTER TABLE former_report RENAME TO old_former_report;
PRAGMA legacy_alter_table = OFF;

-- The newest state of each case, as far as something searches, orders or judges by it; the rest stands with its event.
CREATE TABLE case_record (
  -- What decides who sees the case comes first: SQLite reads a row up to the last column it is asked for.
  case_key INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  version INTEGER NOT NULL,
  reported_by TEXT NOT NULL,
  institution_kind TEXT NOT NULL CHECK (institution_kind IN ('regional', 'central')),
  verified_on INTEGER,
  recommended_on INTEGER,
  disputed_for TEXT, -- ' AGENCY AGENCY ': for whom a disputed case exists
  number TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  imported_by TEXT, -- NULL: the case was posted
  imported_versions INTEGER,
  seq INTEGER NOT NULL, -- of the event that made the version
  recorded_at INTEGER NOT NULL,
  person_key INTEGER NOT NULL,
  report_key INTEGER NOT NULL, -- one number for all cases of a report
  agency_ref_folded TEXT NOT NULL,
  twin INTEGER NOT NULL, -- 0; reports that an earlier release took for two are counted up
  stage TEXT NOT NULL,
  election TEXT NOT NULL,
  region TEXT NOT NULL,
  institution TEXT NOT NULL,
  position_level TEXT NOT NULL,
  violation TEXT,
  category TEXT,
  act_on INTEGER NOT NULL,
  received_on INTEGER NOT NULL,
  rejected_on INTEGER,
  studied_on INTEGER,
  not_proven_on INTEGER,
  decided_on INTEGER,
  blocked_on INTEGER,
  released_on INTEGER,
  appealed_on INTEGER,
  ruled_on INTEGER,
  exonerated_on INTEGER,
  escalated_on INTEGER,
  closed_on INTEGER,
  cancelled_on INTEGER,
  lapsed_on INTEGER,
  next_due_on INTEGER, -- of the running clock
  paused_due_on INTEGER, -- of one that stands still
  appeal_due_on INTEGER, -- end of the period of appeal, while it runs
  paused_until INTEGER, -- when the open clock runs again after a pause that names it
  recorded_late INTEGER NOT NULL CHECK (recorded_late IN (0, 1)),
  unconfirmed TEXT, -- 'version agency milestones;' for each act that waits for its agency's answer
  UNIQUE (agency_ref_folded, reported_by, person_key, twin)
) STRICT;

-- What happened, append-only, gap-free in the order of commits, and the version of the case that it has made. No personal
-- value stands here.
CREATE TABLE event (
  seq INTEGER PRIMARY KEY,
  case_key INTEGER NOT NULL REFERENCES case_record (case_key),
  version INTEGER NOT NULL,
  what TEXT NOT NULL,
  agency TEXT NOT NULL,
  on_behalf_of TEXT,
  imported_by TEXT,
  key_id TEXT NOT NULL,
  occurred_on INTEGER,
  recorded_at INTEGER NOT NULL,
  stage TEXT NOT NULL,
  changed TEXT NOT NULL, -- names of facts, separated by blanks
  details TEXT NOT NULL, -- JSON object of coded values
  digest BLOB, -- salted SHA-256 of the personal values set by this event
  -- What follows is NULL when the event has left the case as it was.
  progress TEXT, -- JSON object: how far the case has come
  facts_seq INTEGER, -- of the event that brought the facts
  references_seq INTEGER, -- of the event that brought the numbers of letters and decrees
  person_key INTEGER,
  report_key INTEGER,
  reported_by TEXT,
  institution_kind TEXT,
  verified_on INTEGER,
  recommended_on INTEGER,
  unconfirmed TEXT,
  disputed_for TEXT
) STRICT;

-- What events have brought that can be withheld, sealed or erased by itself: a row for each group, its key 16 * seq and the
-- number of the group. 0: the salt of the event's digest. 1 to 5: facts that are core, subject, narrative, reporter, and
-- references, which are the numbers of report, letters, decrees and I'DIS. 8 to 13: texts of the event that are core,
-- subject, narrative, evidence, reporter, notes. One number as key keeps rows together that are read together.
CREATE TABLE case_part (
  part_key INTEGER PRIMARY KEY,
  salt BLOB NOT NULL CHECK (length(salt) >= 16),
  content TEXT -- JSON object
) STRICT;

-- A person under a number of our own, so that an erasure removes the identifier and leaves the counts: 'nip:…', 'nik:…' or
-- 'name:…@institution'.
CREATE TABLE person (
  identifier TEXT NOT NULL PRIMARY KEY,
  person_key INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Cases by the NIK of the person they are about, as it is known now.
CREATE TABLE case_nik (
  nik TEXT NOT NULL,
  case_key INTEGER NOT NULL REFERENCES case_record (case_key),
  PRIMARY KEY (nik, case_key)
) STRICT, WITHOUT ROWID;

-- What is counted, in one place since a create counts several things. The highest number given: of cases in a year ('2024'),
-- of persons ('person'), of reports ('report'). And the bytes that an agency has stored on the newest day on which it stored
-- something ('bytes:BKN'), or a key for migrations in its life ('bytes:key:…').
CREATE TABLE counter (
  name TEXT NOT NULL PRIMARY KEY,
  last INTEGER NOT NULL CHECK (last >= 0),
  day INTEGER, -- of bytes: in Jakarta
  room_bytes INTEGER CHECK (room_bytes >= 0) -- of bytes: what the disk had left when the first write of that day came
) STRICT, WITHOUT ROWID;

CREATE TABLE former_report (
  agency_ref_folded TEXT NOT NULL,
  person_key INTEGER NOT NULL,
  reported_by TEXT NOT NULL,
  case_key INTEGER NOT NULL REFERENCES case_record (case_key),
  PRIMARY KEY (agency_ref_folded, person_key, reported_by, case_key)
) STRICT, WITHOUT ROWID;

CREATE INDEX event_case_seq ON event (case_key, seq);

-- The program fills the tables here.

DROP TABLE old_case_record;
DROP TABLE case_version;
DROP TABLE case_subject;
DROP TABLE case_narrative;
DROP TABLE case_reporter;
DROP TABLE event_salt;
DROP TABLE event_text;
DROP TABLE old_event;
DROP TABLE old_person;
DROP TABLE old_former_report;
DROP TABLE case_counter;
DROP TABLE byte_use;
-- Forgotten replies are found by going round the table, a few with each write.
DROP INDEX idempotency_age;

-- Lists by day of receipt; ties in the order of the cases.
CREATE INDEX case_record_received ON case_record (received_on, case_key);
-- Lists filtered by stage, region, institution, person.
CREATE INDEX case_record_stage ON case_record (stage, case_key);
CREATE INDEX case_record_region ON case_record (region, case_key);
CREATE INDEX case_record_institution ON case_record (institution, case_key);
CREATE INDEX case_record_person ON case_record (person_key);
-- Cases about one act.
CREATE INDEX case_record_act ON case_record (act_on, region, violation);
-- Clocks in the order of their due dates. Which clock runs follows from the stage.
CREATE INDEX case_record_due ON case_record (next_due_on, stage) WHERE next_due_on IS NOT NULL;
CREATE INDEX case_record_paused ON case_record (paused_due_on) WHERE paused_due_on IS NOT NULL;
CREATE INDEX case_record_appeal ON case_record (appeal_due_on) WHERE appeal_due_on IS NOT NULL;
CREATE INDEX case_record_paused_until ON case_record (paused_until) WHERE paused_until IS NOT NULL;
CREATE INDEX case_record_recorded_late ON case_record (recorded_late) WHERE recorded_late = 1;
-- What waits for an agency's answer, and what is disputed: few.
CREATE INDEX case_record_unconfirmed ON case_record (imported_by, case_key) WHERE unconfirmed IS NOT NULL;
CREATE INDEX case_record_disputed ON case_record (case_key) WHERE disputed_for IS NOT NULL;
