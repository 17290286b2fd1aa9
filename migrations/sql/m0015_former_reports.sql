-- By what a case was known before a correction: a line of an import that says it as it was brought in names the same case.
CREATE TABLE former_report (
  agency_ref_folded TEXT NOT NULL,
  person_key INTEGER NOT NULL REFERENCES person,
  reported_by TEXT NOT NULL,
  case_key INTEGER NOT NULL REFERENCES case_record,
  PRIMARY KEY (agency_ref_folded, person_key, reported_by, case_key)
) STRICT, WITHOUT ROWID;
