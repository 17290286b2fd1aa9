-- Nothing personal stands in clear. What can be erased is sealed by keys in FILE.keys; persons, reports and requests are
-- found by keyed digests; the index of words is a file of its own. In the same transaction the program seals what is there.
DROP TABLE case_words;
ALTER TABLE case_part RENAME TO old_case_part;

-- What events have brought that can be withheld, sealed or erased by itself: a row for each group, its key 16 * seq and the
-- number of the group. 0: the salt of the digest that earlier releases have taken of the event. 1 to 5: facts that are core,
-- subject, narrative, reporter, and references. 7: what a request for correction asks for. 8 to 13: texts of the event that
-- are core, subject, narrative, evidence, reporter, notes. 14: the numbers of letters and decrees that the event has named.
CREATE TABLE case_part (
  part_key INTEGER PRIMARY KEY,
  data_key INTEGER, -- which key has sealed it; NULL: it is core, and not sealed
  version INTEGER, -- of the case after the event, where it is sealed
  salt BLOB, -- of what is not sealed
  content ANY, -- JSON object; sealed: 12 bytes of nonce, salt and object in ChaChaPoly, 16 bytes of tag; NULL: erased
  CHECK (data_key IS NULL AND length(salt) >= 16 OR data_key IS NOT NULL AND version IS NOT NULL AND salt IS NULL)
) STRICT;

ALTER TABLE case_record RENAME COLUMN agency_ref_folded TO agency_ref_digest;
ALTER TABLE case_record ADD COLUMN data_key INTEGER; -- what seals values of the case and the person it is about now
ALTER TABLE case_record ADD COLUMN reporter_key INTEGER; -- what seals its reporter
ALTER TABLE person RENAME COLUMN identifier TO digest;
ALTER TABLE case_nik RENAME COLUMN nik TO nik_digest;
ALTER TABLE former_report RENAME COLUMN agency_ref_folded TO agency_ref_digest;
ALTER TABLE idempotency RENAME COLUMN idempotency_key TO key_digest;
ALTER TABLE correction_request ADD COLUMN seq INTEGER; -- of the event that asked: its parts say what for
ALTER TABLE correction_request ADD COLUMN decided_seq INTEGER; -- of the event that decided, whose texts say why

-- The program seals what is there here.

DROP TABLE old_case_part;
ALTER TABLE correction_request DROP COLUMN patch;
ALTER TABLE correction_request DROP COLUMN reason;
ALTER TABLE correction_request DROP COLUMN decision_reason;
DELETE FROM setting WHERE name = 'words_seq';
