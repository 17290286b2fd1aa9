-- The log: one append-only Merkle tree (RFC 9162) over all that is recorded, in the order of commits. In the same transaction
-- the program logs what is there. docs/design/record.md has every byte of a leaf.
CREATE TABLE leaf (
  leaf_index INTEGER PRIMARY KEY, -- from 0
  kind TEXT NOT NULL,
  agency TEXT, -- NULL: the operator, or the service itself
  seq INTEGER, -- of the event; NULL: it is of something else
  salts BLOB NOT NULL CHECK (length(salts) = 32), -- of the core, and of what is never disclosed
  content TEXT, -- the core of what is no event, a JSON object
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

-- The roots of perfect subtrees of 256, 65,536, … leaves, written when they are full: level 1, 2, …
CREATE TABLE tree_node (
  level INTEGER NOT NULL,
  position INTEGER NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (level, position)
) STRICT, WITHOUT ROWID;

-- The leaf of the event, and what it commits to: for each group its number in a byte, and the 32 bytes of its digest.
ALTER TABLE event ADD COLUMN leaf_index INTEGER;
ALTER TABLE event ADD COLUMN commitments BLOB;
-- The leaf that the first answer named.
ALTER TABLE idempotency ADD COLUMN leaf_index INTEGER;

-- What is no event: what administrators do, and what is published.
CREATE INDEX leaf_other ON leaf (leaf_index) WHERE kind <> 'event';

-- Which leaf has changed reference data last, and which keys have signed the record.
CREATE INDEX leaf_rare ON leaf (kind, leaf_index) WHERE kind = 'reference' OR kind = 'log_key';

-- The leaf that had changed reference data last when the figure was counted; NULL: it was issued before there was a log.
ALTER TABLE figure ADD COLUMN reference_revision INTEGER;

-- The keys that agencies cosign with, and what each has cosigned last: a note, which proves itself.
CREATE TABLE witness (
  agency TEXT NOT NULL PRIMARY KEY,
  key TEXT NOT NULL,
  size INTEGER, -- NULL, as what follows: it has cosigned nothing in this epoch
  note TEXT,
  cosigned_at INTEGER
) STRICT, WITHOUT ROWID;

-- The program logs what is there here.

-- What administrators do stands in the log.
DROP TABLE audit;
