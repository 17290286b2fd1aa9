-- Retention has an end: personal values are erased by dated rules, unless somebody holds them, or before time.
ALTER TABLE case_record ADD COLUMN erased_on INTEGER; -- in Jakarta; NULL: it was not

-- Cases whose values were erased. What is left of an erasure that is not done is done again by every start: keys to be
-- destroyed, words to be indexed anew, the list beside the file.
CREATE TABLE erasure (
  case_key INTEGER PRIMARY KEY REFERENCES case_record (case_key),
  seq INTEGER NOT NULL, -- of its event
  is_done INTEGER NOT NULL CHECK (is_done IN (0, 1))
) STRICT;
CREATE INDEX erasure_open ON erasure (case_key) WHERE is_done = 0;

-- How a report that was erased is known again, so that no import brings it back: a keyed digest of agency, number and person.
CREATE TABLE erased_report (
  digest TEXT NOT NULL PRIMARY KEY,
  case_key INTEGER REFERENCES case_record (case_key) -- NULL: of a case that this file never had, as its list of erasures says
) STRICT, WITHOUT ROWID;

-- Since when a case stands on the list of what falls due: it is erased some days later, and not in the night in which a rule
-- changes or a history is brought in.
CREATE TABLE retention_notice (
  case_key INTEGER PRIMARY KEY REFERENCES case_record (case_key),
  since INTEGER NOT NULL -- in Jakarta
) STRICT;
