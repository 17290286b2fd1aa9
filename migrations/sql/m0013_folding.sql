-- A report is one however its number is spelled: this is what numbers are compared by (`PlainText.folded`). The program
-- fills it in, and compares names of persons in the same way. Rows that fold together stay apart.
ALTER TABLE case_record ADD COLUMN agency_ref_folded TEXT;

-- Finds reports by their number, and one about a person without going through all that others have under it.
DROP INDEX case_record_agency_ref;
CREATE INDEX case_record_agency_ref ON case_record (agency_ref_folded, person_key);
