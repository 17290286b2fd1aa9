-- What an agency held at a sequence, compared with what it should hold. Append-only.
CREATE TABLE certificate (
  number INTEGER PRIMARY KEY,
  agency TEXT NOT NULL,
  key_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  cases INTEGER NOT NULL,
  missing INTEGER NOT NULL,
  outdated INTEGER NOT NULL,
  unknown INTEGER NOT NULL,
  digest BLOB NOT NULL CHECK (length(digest) = 32),
  issued_at INTEGER NOT NULL
) STRICT;

CREATE INDEX certificate_agency ON certificate (agency, number);
