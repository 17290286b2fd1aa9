-- Files that go with cases. Their bytes stand in FILE.files, sealed by a key of each file; here stands where, and that key,
-- wrapped by the key of each case that has the file.
CREATE TABLE evidence_file (
  file_key INTEGER PRIMARY KEY,
  digest TEXT NOT NULL UNIQUE, -- keyed, of the SHA-256 of its bytes
  name TEXT NOT NULL UNIQUE, -- of the file in FILE.files, behind its first two letters as a folder
  bytes INTEGER NOT NULL CHECK (bytes > 0) -- before they are sealed
) STRICT;

CREATE TABLE case_evidence (
  case_key INTEGER NOT NULL REFERENCES case_record (case_key),
  file_key INTEGER NOT NULL REFERENCES evidence_file (file_key),
  data_key INTEGER NOT NULL, -- which key has wrapped
  wrapped BLOB NOT NULL CHECK (length(wrapped) = 60), -- the key of the file
  stands INTEGER NOT NULL CHECK (stands IN (0, 1)), -- 0: it was withdrawn there, or is harmful
  awaits_scan INTEGER NOT NULL CHECK (awaits_scan IN (0, 1)), -- 1: a scanner is yet to see it
  PRIMARY KEY (case_key, file_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX case_evidence_file ON case_evidence (file_key);
CREATE INDEX case_evidence_scan ON case_evidence (case_key) WHERE awaits_scan;

-- Files that lines of imports have named, and that are to come, or have. What is said of each is sealed by the key of the case.
CREATE TABLE announced_file (
  announced_key INTEGER PRIMARY KEY AUTOINCREMENT,
  case_key INTEGER NOT NULL REFERENCES case_record (case_key),
  agency TEXT NOT NULL, -- which has named it, and is to bring it
  digest TEXT NOT NULL, -- keyed, of the SHA-256 of its bytes
  data_key INTEGER NOT NULL, -- which key has sealed
  sealed BLOB, -- 12 bytes of nonce, a list of one file as in a case, 16 bytes of tag; NULL once the file has come
  UNIQUE (case_key, agency, digest)
) STRICT;
CREATE INDEX announced_file_agency ON announced_file (agency, digest, announced_key);
CREATE INDEX announced_file_awaited ON announced_file (agency, announced_key) WHERE sealed IS NOT NULL;
