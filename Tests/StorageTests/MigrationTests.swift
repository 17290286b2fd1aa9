internal import Domain
internal import Foundation
internal import Migrations
internal import Service
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
    "m0007_recording": "afea2965f78a6d2c2365dd9801229c369bcfdd3a5fe28b2c8b86bcedad1a4f84",
    "m0008_releases": "90051a25ad7213482140840b6f717eac24e5b56016ce1de5e69ab966343c6fae",
    "m0009_keys": "a5c87188f4271eaa5e609f6fd563f51668a2098a07882f5936e2bc844424868a",
    "m0010_names": "0a132517de9bae4352ee24fbea6bfaf28bebb74ee88761ca374a294ed8a9dcb7",
    "m0011_confirmations": "17ce7f885208d0b888033cd64639b5cff40f8a1af7b3070da5a9d741000a5b1f",
    "m0012_byte_use": "77b79d2edb308604ae6235c57e14e11b7fb72a2ffb2a7a39963542b96ecd9388",
    "m0013_folding": "35562af2900236b1534c42925401b675e499d50cbbf2cbc109e17de3d15577a5",
    "m0014_gaps": "92ed16b6b47cd16715e015c0e01469172177800c2c85ae2bb84c87672de28961",
    "m0015_former_reports": "36a1a33f880f758a5ab1c4262637081b540a3d934b8f893289126eb7366bc2c3",
    "m0016_documents": "0f3051dbed65e406f1c6a06a612086a9e748da90178d54c2e78635d9ba723984",
    "m0018_record": "a3ea62bff1ceb7cc687c8ac3a58b8ba1bcb680f4ad7b9e0db214372196a86b54",
    "m0017_law_facts": "f1763c8f93fbd3238e72c15e5cc90020d4a3ff24ea7bf457394ff9c5567c9a35",
    "m0019_sealing": "be4eb2b7927ad84f73e11aad39735fde952cfa0bc5c53fd3dfc64861cd40a75d",
    "m0020_erasure": "4fb65843ab36d73687f01f61f5d61f1d1197042f914a051443913feba0c41822",
    "m0021_sealing_keys": "b7c3de9bd2c94d81ce16c0c58e5745fe1604e5ad24251c4b99a48479c06dc20a",
    "m0022_evidence": "6a05949c38730bce0e14dc83d364c18d100c5839cce8238742cfa0cd900e7ca4",
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

  @Test func `a file of the first release is sealed, and found by what it did not keep`() async throws {
    try await withFolder { folder in
      let path = try Self.released("m0001", in: folder)
      let store = try SQLiteStore(path: path, readerCount: 1)
      #expect(!FileManager.default.fileExists(atPath: path + ".before-migration"), "it holds names in clear")
      try await store.bringWordsUpToDate(for: .operator)
      #expect(try store.read(on: 0) { try $0.certificates(of: nil, before: .max, limit: 1) }.isEmpty)
      let records = try store.read(on: 0) { reads in
        try reads.caseIDs(after: 0, limit: 100).compactMap { try reads.caseRecord($0.id) }
      }
      #expect(records.count == 44)
      // A period of appeal that runs is found by its due date, which the first release did not keep.
      for record in records {
        guard let clock = record.progress.openClock, clock.kind == .appealFiling else { continue }
        let question = ClockQuery(caller: .bkn, today: clock.dueOn)
        let found = try store.read(on: 0) { try $0.clocks(question) }.items
        #expect(found.contains { $0.caseID == record.id && $0.clock == clock })
      }
      // The names of those who were reported before are found, and narratives as before.
      func cases(_ change: (inout CaseQuery) -> Void) throws -> Set<CaseID> {
        var query = CaseQuery(caller: .bkn, today: LegalDate(day: 20_000))
        query.limit = 200
        change(&query)
        return Set(try store.read(on: 0) { try $0.cases(query) }.items.map(\.id))
      }
      for record in records.prefix(5) {
        let name = record.facts.subject.name.split(separator: " ").map(String.init)
        #expect(try cases { $0.nameWords = name }.contains(record.id))
        let words = record.facts.act.narrative.split(separator: " ").prefix(3).map(String.init)
        #expect(try cases { $0.words = words }.contains(record.id))
      }
      #expect(try cases { $0.nameWords = ["nobody"] }.isEmpty)
      try store.close()
    }
  }

  /// A copy of a file that an earlier release has made.
  static func released(_ name: String, in folder: String) throws -> String {
    let packed = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("NetralTests/released/\(name).sqlite.gz").path
    let path = "\(folder)/\(name).sqlite"
    _ = try Shell.output("gunzip -c '\(packed)' > '\(path)' && chmod 600 '\(path)'")
    return path
  }

  @Test func `who made a key of an earlier release is taken from the trace of administrators' acts`() async throws {
    try await withFolder { folder in
      let path = folder + "/netral.sqlite"
      let new = try SQLiteStore(path: path, readerCount: 1)
      let (first, second) = (TemporaryStore.key("aaaaaaaaaaaa"), TemporaryStore.key("bbbbbbbbbbbb"))
      try await new.write(by: .operator, dryRun: false) { write in
        try write.insert(first, by: "test")
        try write.insert(second, by: "test")
      }
      try new.close()
      let columns = ["made_by", "rotated_from", "used_at"].map { "ALTER TABLE access_key DROP COLUMN \($0);" }.joined()
      let audit = """
        CREATE TABLE audit (id INTEGER PRIMARY KEY, at, key_id, what, detail);
        INSERT INTO audit VALUES (1, 0, 'operator0000', 'key.create', 'aaaaaaaaaaaa'),
          (2, 0, 'operator1111', 'key.revoke', 'bbbbbbbbbbbb');
        """
      _ = try Shell.output(
        "sqlite3 '\(path)' \"\(columns) \(audit) DELETE FROM grdb_migrations WHERE identifier = 'm0009_keys'\"")
      let store = try SQLiteStore(path: path, readerCount: 1)
      #expect(store.keys[first.id]?.madeBy == "operator0000" && store.keys[second.id]?.madeBy == nil)
      #expect(try store.keyUses(on: 0).isEmpty)
      try store.close()
    }
  }
}
