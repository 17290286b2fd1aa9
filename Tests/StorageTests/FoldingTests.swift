internal import Domain
internal import Foundation
internal import Storage
internal import TestSupport
internal import Testing

struct FoldingTests {
  @Test func `rows of earlier releases that fold together stay apart, and are named to the administrator`() async throws
  {
    try await withFolder { folder in
      let path = try MigrationTests.released("m0012", in: folder)
      _ = try Shell.sqlite(
        path,
        """
        UPDATE person SET identifier = CASE person_key WHEN 1 THEN 'name:siti  a@16.71' ELSE 'name:siti a@16.71' END
          WHERE person_key < 3;
        UPDATE case_record SET agency_ref = CASE case_key WHEN 1 THEN '001/LP ' ELSE '001/lp' END, person_key = case_key,
          reported_by = 'BKN', institution = '16.71' WHERE case_key < 3;
        UPDATE case_version SET agency_ref = CASE case_key WHEN 1 THEN '001/LP ' ELSE '001/lp' END,
          person_key = case_key, reported_by = 'BKN', institution = '16.71' WHERE case_key < 3;
        UPDATE case_subject SET (nip, nik) = (NULL, NULL),
          name = CASE case_key WHEN 1 THEN 'Siti  A' ELSE 'Siti A' END WHERE case_key < 3;
        """)
      let store = try SQLiteStore(path: path, readerCount: 1, settings: StoreSettings())
      try store.close()
      let reports =
        "SELECT count(DISTINCT agency_ref_digest), count(DISTINCT person_key) FROM case_record WHERE case_key < 3"
      #expect(try Shell.sqlite(path, reports) == "1|2")
      let finding = Diagnosis.findings(of: path, StoreSettings(), isFull: false).first { $0.check == "reports" }
      #expect(
        finding?.level == .warning && finding?.text.contains("-000001 and ") == true, "\(String(describing: finding))")
    }
  }
}
