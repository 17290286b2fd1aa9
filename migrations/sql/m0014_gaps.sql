-- Sequences that were given out after a backup was made and are lost with what followed it: a restoration declares them, so
-- that none is ever given out again. A restoration of an older file makes the table itself.
CREATE TABLE IF NOT EXISTS sequence_gap (
  first INTEGER PRIMARY KEY,
  last INTEGER NOT NULL,
  declared_at INTEGER NOT NULL
) STRICT;
