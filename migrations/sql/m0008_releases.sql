-- A date has a release of each definition: those that definition 1 withheld are made anew and stay on record.
CREATE TABLE public_release_by_definition (
  election TEXT NOT NULL,
  as_of TEXT NOT NULL,
  definition INTEGER NOT NULL, -- 1: cells are withheld, 2: cells are perturbed
  seq INTEGER NOT NULL,
  released_at INTEGER NOT NULL,
  document TEXT NOT NULL, -- JSON object; {} when nothing was told
  PRIMARY KEY (election, as_of, definition)
) STRICT, WITHOUT ROWID;

INSERT INTO public_release_by_definition (election, as_of, definition, seq, released_at, document)
SELECT election, as_of, 1, seq, released_at, document FROM public_release;

DROP TABLE public_release;

ALTER TABLE public_release_by_definition RENAME TO public_release;
