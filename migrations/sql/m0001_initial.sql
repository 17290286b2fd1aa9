-- Dates are TEXT 'YYYY-MM-DD', instants INTEGER milliseconds since 1970 UTC, identities of cases BLOB(16).

CREATE TABLE setting (
  name TEXT NOT NULL PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Dated reference data; the row is a compact JSON object. Rows end, they are never deleted.
CREATE TABLE reference (
  kind TEXT NOT NULL,
  code TEXT NOT NULL,
  valid_from TEXT NOT NULL,
  valid_until TEXT,
  json TEXT NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (kind, code, valid_from),
  CHECK (valid_until IS NULL OR valid_until >= valid_from)
) STRICT, WITHOUT ROWID;

CREATE TABLE access_key (
  id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 12),
  agency TEXT, -- NULL: operator
  label TEXT NOT NULL,
  scopes TEXT NOT NULL, -- separated by blanks
  networks TEXT NOT NULL, -- separated by blanks
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER,
  secret_digest BLOB NOT NULL CHECK (length(secret_digest) = 32)
) STRICT, WITHOUT ROWID;

-- Acts of administrators on keys and reference data.
CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  key_id TEXT NOT NULL,
  what TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;

-- A person under a number of our own, so that an erasure removes the identifier and leaves the counts.
CREATE TABLE person (
  person_key INTEGER PRIMARY KEY,
  identifier TEXT UNIQUE -- 'nip:…', 'nik:…' or 'name:…@institution'; NULL once erased
) STRICT;

CREATE TABLE case_counter (
  year INTEGER NOT NULL PRIMARY KEY,
  last INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The state of each case now. Columns from `version` on are those of case_version, in the same order.
CREATE TABLE case_record (
  case_key INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  number TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  next_due_on TEXT, -- earliest due date of a running clock
  version INTEGER NOT NULL,
  facts_version INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  person_key INTEGER NOT NULL REFERENCES person (person_key),
  stage TEXT NOT NULL,
  election TEXT NOT NULL,
  contest TEXT NOT NULL,
  region TEXT NOT NULL,
  institution TEXT NOT NULL,
  institution_name TEXT NOT NULL,
  institution_kind TEXT NOT NULL CHECK (institution_kind IN ('regional', 'central')),
  employment TEXT NOT NULL,
  position_level TEXT NOT NULL,
  reporting_class TEXT,
  appointment_year INTEGER,
  violation TEXT,
  catalogue TEXT,
  category TEXT,
  aspect TEXT,
  act_on TEXT NOT NULL,
  known_on TEXT,
  act_channel TEXT,
  supports TEXT,
  on_unpaid_leave INTEGER,
  source_kind TEXT NOT NULL,
  reported_by TEXT NOT NULL,
  agency_ref TEXT NOT NULL,
  source_channel TEXT,
  motives TEXT NOT NULL, -- separated by blanks
  received_on TEXT NOT NULL,
  verified_on TEXT,
  rejected_on TEXT,
  studied_on TEXT,
  recommended_on TEXT,
  not_proven_on TEXT,
  decided_on TEXT,
  blocked_on TEXT,
  released_on TEXT,
  appealed_on TEXT,
  ruled_on TEXT,
  exonerated_on TEXT,
  escalated_on TEXT,
  closed_on TEXT,
  cancelled_on TEXT,
  lapsed_on TEXT,
  recommended_by TEXT,
  recommendation_letter TEXT,
  recommendation_institution TEXT,
  proposed_sanction TEXT,
  decided_by TEXT,
  decision_outcome TEXT,
  decree_number TEXT,
  sanction TEXT,
  sanction_level TEXT,
  outside_band INTEGER,
  deviation_explained INTEGER,
  block_by TEXT,
  block_letter TEXT,
  block_from TEXT,
  block_until TEXT,
  block_proof TEXT,
  appeal_route TEXT,
  appeal_from TEXT,
  appeal_outcome TEXT,
  appeal_until TEXT,
  idis_reference TEXT,
  lapse_reason TEXT,
  clocks TEXT NOT NULL, -- 'kind start due unit stop;' for each
  UNIQUE (reported_by, agency_ref, person_key)
) STRICT;

CREATE UNIQUE INDEX case_record_seq ON case_record (seq);
CREATE INDEX case_record_received ON case_record (received_on, case_key);
CREATE INDEX case_record_stage ON case_record (stage, case_key);
CREATE INDEX case_record_region ON case_record (region, case_key);
CREATE INDEX case_record_institution ON case_record (institution, case_key);
CREATE INDEX case_record_person ON case_record (person_key);
CREATE INDEX case_record_agency_ref ON case_record (agency_ref);
CREATE INDEX case_record_act ON case_record (act_on, region, violation);
CREATE INDEX case_record_due ON case_record (next_due_on) WHERE next_due_on IS NOT NULL;

-- Every state of every case, append-only.
CREATE TABLE case_version (
  case_key INTEGER NOT NULL REFERENCES case_record (case_key),
  version INTEGER NOT NULL,
  facts_version INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  person_key INTEGER NOT NULL REFERENCES person (person_key),
  stage TEXT NOT NULL,
  election TEXT NOT NULL,
  contest TEXT NOT NULL,
  region TEXT NOT NULL,
  institution TEXT NOT NULL,
  institution_name TEXT NOT NULL,
  institution_kind TEXT NOT NULL CHECK (institution_kind IN ('regional', 'central')),
  employment TEXT NOT NULL,
  position_level TEXT NOT NULL,
  reporting_class TEXT,
  appointment_year INTEGER,
  violation TEXT,
  catalogue TEXT,
  category TEXT,
  aspect TEXT,
  act_on TEXT NOT NULL,
  known_on TEXT,
  act_channel TEXT,
  supports TEXT,
  on_unpaid_leave INTEGER,
  source_kind TEXT NOT NULL,
  reported_by TEXT NOT NULL,
  agency_ref TEXT NOT NULL,
  source_channel TEXT,
  motives TEXT NOT NULL, -- separated by blanks
  received_on TEXT NOT NULL,
  verified_on TEXT,
  rejected_on TEXT,
  studied_on TEXT,
  recommended_on TEXT,
  not_proven_on TEXT,
  decided_on TEXT,
  blocked_on TEXT,
  released_on TEXT,
  appealed_on TEXT,
  ruled_on TEXT,
  exonerated_on TEXT,
  escalated_on TEXT,
  closed_on TEXT,
  cancelled_on TEXT,
  lapsed_on TEXT,
  recommended_by TEXT,
  recommendation_letter TEXT,
  recommendation_institution TEXT,
  proposed_sanction TEXT,
  decided_by TEXT,
  decision_outcome TEXT,
  decree_number TEXT,
  sanction TEXT,
  sanction_level TEXT,
  outside_band INTEGER,
  deviation_explained INTEGER,
  block_by TEXT,
  block_letter TEXT,
  block_from TEXT,
  block_until TEXT,
  block_proof TEXT,
  appeal_route TEXT,
  appeal_from TEXT,
  appeal_outcome TEXT,
  appeal_until TEXT,
  idis_reference TEXT,
  lapse_reason TEXT,
  clocks TEXT NOT NULL, -- 'kind start due unit stop;' for each
  PRIMARY KEY (case_key, version)
) STRICT, WITHOUT ROWID;

-- What happened, append-only, gap-free in the order of commits. No personal value stands here.
CREATE TABLE event (
  seq INTEGER PRIMARY KEY,
  case_key INTEGER NOT NULL REFERENCES case_record (case_key),
  version INTEGER NOT NULL,
  what TEXT NOT NULL,
  agency TEXT NOT NULL,
  on_behalf_of TEXT,
  imported_by TEXT,
  key_id TEXT NOT NULL,
  occurred_on TEXT,
  recorded_at INTEGER NOT NULL,
  stage TEXT NOT NULL,
  changed TEXT NOT NULL, -- names of facts, separated by blanks
  details TEXT NOT NULL, -- JSON object of coded values
  digest BLOB -- salted SHA-256 of the personal values set by this event
) STRICT;

CREATE INDEX event_case ON event (case_key, seq);

-- Personal values, per version of the facts; each row can be sealed or erased without touching event or case_version.
CREATE TABLE case_subject (
  case_key INTEGER NOT NULL REFERENCES case_record (case_key),
  facts_version INTEGER NOT NULL,
  name TEXT,
  nip TEXT,
  nik TEXT,
  position_title TEXT,
  PRIMARY KEY (case_key, facts_version)
) STRICT, WITHOUT ROWID;

CREATE TABLE case_narrative (
  case_key INTEGER NOT NULL REFERENCES case_record (case_key),
  facts_version INTEGER NOT NULL,
  place TEXT,
  narrative TEXT,
  urls TEXT NOT NULL, -- JSON array
  witnesses TEXT NOT NULL, -- JSON array
  PRIMARY KEY (case_key, facts_version)
) STRICT, WITHOUT ROWID;

CREATE TABLE case_reporter (
  case_key INTEGER NOT NULL REFERENCES case_record (case_key),
  facts_version INTEGER NOT NULL,
  mode TEXT NOT NULL,
  name TEXT,
  contact TEXT,
  PRIMARY KEY (case_key, facts_version)
) STRICT, WITHOUT ROWID;

-- What the digest of an event was salted with; without it the digest tells nothing.
CREATE TABLE event_salt (
  seq INTEGER NOT NULL PRIMARY KEY REFERENCES event (seq),
  salt BLOB NOT NULL
) STRICT;

CREATE TABLE event_text (
  seq INTEGER NOT NULL REFERENCES event (seq),
  name TEXT NOT NULL,
  field_group TEXT NOT NULL,
  content TEXT,
  PRIMARY KEY (seq, name)
) STRICT, WITHOUT ROWID;

-- The words of current narratives; holds no text of its own.
CREATE VIRTUAL TABLE case_words USING fts5 (narrative, content = '', tokenize = 'unicode61');

CREATE TABLE correction_request (
  case_key INTEGER NOT NULL REFERENCES case_record (case_key),
  number INTEGER NOT NULL,
  requested_by TEXT NOT NULL,
  requested_at INTEGER NOT NULL,
  patch TEXT NOT NULL,
  reason TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'refused')),
  decided_by TEXT,
  decided_at INTEGER,
  decision_reason TEXT,
  PRIMARY KEY (case_key, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE case_link (
  case_key INTEGER NOT NULL REFERENCES case_record (case_key),
  other_key INTEGER NOT NULL REFERENCES case_record (case_key),
  relation TEXT NOT NULL CHECK (relation IN ('same_act', 'same_person')),
  linked_by TEXT NOT NULL,
  linked_at INTEGER NOT NULL,
  PRIMARY KEY (case_key, other_key, relation),
  CHECK (case_key <> other_key)
) STRICT, WITHOUT ROWID;

-- What an idempotency key led to: a name of the result, never the result itself.
CREATE TABLE idempotency (
  owner TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  request_digest BLOB NOT NULL,
  status INTEGER NOT NULL,
  case_id BLOB,
  version INTEGER,
  resource TEXT,
  PRIMARY KEY (owner, idempotency_key)
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_age ON idempotency (created_at);
