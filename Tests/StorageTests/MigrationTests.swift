internal import Domain
internal import Foundation
internal import Migrations
internal import Storage
internal import TestSupport
internal import Testing

@Suite struct MigrationTests {
  /// SHA-256 of each file in migrations/sql, as `sha256sum migrations/sql/*.sql` prints it.
  ///
  /// A released migration is never changed: what it made exists in files out there. A new step is a new file, a new
  /// line in migrations/Migrations.swift and a new line here.
  private static let released = [
    "m0001_initial": "2467765cd6b077098d89930ba3cc8df7edb097a099e89dbcfe622ffaead5f820",
    "m0002_synchronisation": "70a2e0b62d43b7e2f1fb4c175d45baab8c532d5cbaef9d71a5f4a4bc4a5d57f9",
    "m0003_clocks": "2af4bcb964d909a799c412cfb98aff86f8befc349314b807ae45cb0795f95392",
    "m0004_figures": "20608bef9cab6a257fa888ee6d6ccec51cd962343c8b391693e2b6f01ba83f09",
    "m0005_identities": "d360fdb649c098bb423316b9f95911bd4d39d4b7b9aab123e9e15bb427be1265",
    "m0010_names": "0a132517de9bae4352ee24fbea6bfaf28bebb74ee88761ca374a294ed8a9dcb7",
  ]

  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("migrations/sql")

  @Test func `the files are the ones that were released`() throws {
    let lines = try Shell.output("cd '\(Self.folder.path)' && sha256sum *.sql").split(separator: "\n")
    let sums = lines.map { line in
      let parts = line.split(separator: " ")
      return (String(parts[1].dropLast(4)), String(parts[0]))
    }
    #expect(Dictionary(uniqueKeysWithValues: sums) == Self.released)
  }

  @Test func `the program embeds every file, in order`() throws {
    #expect(migrations.map(\.name) == Self.released.keys.sorted())
    for migration in migrations {
      let file = Self.folder.appendingPathComponent(migration.name + ".sql")
      #expect(try String(contentsOf: file, encoding: .utf8) == migration.sql)
    }
  }

  @Test func `a file of the first release is copied aside, migrated, and keeps what it holds`() async throws {
    try await withFolder { folder in
      let path = folder + "/netral.sqlite"
      var settings = StoreSettings()
      settings.now = { instant("2025-01-31T02:00:00Z") }
      let new = try SQLiteStore(path: path, readerCount: 1, settings: settings)
      let bench = TemporaryStore(path: path, store: new, clock: FixedClock())
      let record = try await bench.report(1, at: .studied, Sample.facts(1))
      let sanctioned = try await bench.report(2, at: .sanctioned, Sample.facts(2))
      _ = try await bench.report(3, at: .appealed, Sample.facts(3))
      try new.close()
      let tables = ["certificate", "figure", "published_figure", "public_release"].map { "DROP TABLE \($0);" }.joined()
      let indexes = ["paused", "appeal", "stage_due"].map { "DROP INDEX case_record_\($0);" }.joined()
      let columns = ["paused", "appeal"].map { "ALTER TABLE case_record DROP COLUMN \($0)_due_on;" }.joined()
      let identities = "ALTER TABLE access_key DROP COLUMN identities;"
      let words = """
        DROP INDEX case_subject_nik; DROP TABLE case_words;
        CREATE VIRTUAL TABLE case_words USING fts5 (narrative, content = '', tokenize = 'unicode61');
        INSERT INTO case_words (rowid, narrative) SELECT case_key, narrative FROM case_narrative WHERE facts_version = 1;
        """
      let undone = tables + indexes + columns + identities + words
      _ = try Shell.output(
        "sqlite3 '\(path)' \"\(undone) DELETE FROM grdb_migrations WHERE identifier > 'm0001_z'\"")

      let store = try SQLiteStore(path: path, readerCount: 1, settings: settings)
      #expect(FileManager.default.fileExists(atPath: path + ".before-migration"))
      #expect(try store.read(on: 0) { try $0.caseRecord(record.id) } == record)
      #expect(try store.read(on: 0) { try $0.certificates(of: nil, before: .max, limit: 1) }.isEmpty)
      // The period of appeal that runs is found by its due date, which the first release did not keep.
      let due = try #require(sanctioned.progress.openClock?.dueOn)
      let question = ClockQuery(caller: .bkn, today: due)
      let found = try store.read(on: 0) { try $0.clocks(question) }.items
      #expect(found.map(\.caseID) == [sanctioned.id] && found.first?.clock == sanctioned.progress.openClock)
      // The names of those who were reported before are found, and narratives as before.
      func cases(_ change: (inout CaseQuery) -> Void) throws -> [CaseID] {
        try store.read(on: 0) { try $0.cases(bench.query(.bkn, change)) }.items.map(\.id)
      }
      let name = record.facts.subject.name.split(separator: " ").map(String.init)
      #expect(try cases { $0.nameWords = name } == [record.id])
      #expect(try cases { $0.nameWords = ["PEGAWAI"] }.count == 3)
      #expect(try cases { $0.words = [record.facts.act.narrative] }.count == 3)
      #expect(try cases { $0.nameWords = ["nobody"] }.isEmpty)
      try store.close()
    }
  }
}
