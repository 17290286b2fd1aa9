-- Statistical answers that were given out. Append-only.
CREATE TABLE figure (
  figure_key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  scope TEXT, -- the agency whose restricted view it is; NULL: all cases
  kind TEXT NOT NULL,
  definition TEXT NOT NULL,
  question TEXT NOT NULL,
  seq INTEGER NOT NULL,
  issued_at INTEGER NOT NULL,
  answer BLOB NOT NULL -- JSON object as it was answered, gzip
) STRICT;

-- Numbers that agencies have published elsewhere. Append-only.
CREATE TABLE published_figure (
  number INTEGER PRIMARY KEY,
  agency TEXT NOT NULL,
  as_of TEXT NOT NULL,
  published_on TEXT,
  election TEXT NOT NULL,
  region TEXT, -- NULL: the whole country
  unit TEXT NOT NULL,
  metric_values TEXT NOT NULL, -- 'metric count;' for each
  source TEXT NOT NULL,
  key_id TEXT NOT NULL,
  registered_at INTEGER NOT NULL
) STRICT;

-- What was released to the public for an election and a date: frozen, and what later releases are checked against.
CREATE TABLE public_release (
  election TEXT NOT NULL,
  as_of TEXT NOT NULL,
  seq INTEGER NOT NULL,
  released_at INTEGER NOT NULL,
  document TEXT NOT NULL, -- JSON object; {} when nothing could be told
  PRIMARY KEY (election, as_of)
) STRICT, WITHOUT ROWID;
