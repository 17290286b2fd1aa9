-- The words of current narratives and of the names of those they are about; holds no text of its own. Case and marks of
-- letters do not count. What an index without text cannot be asked for, the length of each text, is not kept.
DROP TABLE case_words;
CREATE VIRTUAL TABLE case_words USING fts5 (
  narrative, names, content = '', columnsize = 0, tokenize = 'unicode61 remove_diacritics 2'
);

INSERT INTO case_words (rowid, narrative, names)
SELECT r.case_key, n.narrative, s.name
FROM case_record r
JOIN case_narrative n ON n.case_key = r.case_key AND n.facts_version = r.facts_version
JOIN case_subject s ON s.case_key = r.case_key AND s.facts_version = r.facts_version
ORDER BY r.case_key;

-- Few people are reported by their NIK: a case without one costs nothing here.
CREATE INDEX case_subject_nik ON case_subject (nik) WHERE nik IS NOT NULL;
