internal import Foundation
internal import GRDB
internal import Merkle
internal import TestSupport
internal import Testing

@testable internal import Storage

/// What is changed in a file behind the program's back is found, and the right place is named.
@Suite(.enabled(if: Shell.hasSQLite, "the sqlite3 shell is not installed")) struct RecordCheckTests {
  /// The first fault that is found in a file; nil for none.
  ///
  /// - Parameter original: the file that it is a copy of, and whose keys it needs.
  private func fault(in path: String, copyOf original: String? = nil) throws -> RecordFault? {
    let queue = try DatabaseQueue(path: path, configuration: Connection.configuration(readonly: true))
    defer { try? queue.close() }  // It was only read.
    return try queue.inDatabase { database in
      do {
        let vault = try keys(of: original ?? path, database)
        defer { try? vault?.close() }  // It was only read.
        try RecordCheck.prove(database, vault)
        return nil
      } catch let fault as RecordFault {
        return fault
      }
    }
  }

  @Test func `a sound file has no fault, however much has happened`() async throws {
    try await withFolder { folder in
      let path = folder + "/netral.sqlite"
      try await RecordWorkload.make(at: path, plain: 30)
      #expect(try fault(in: path) == nil)
      let kinds = try Shell.sqlite(path, "SELECT count(DISTINCT kind) FROM leaf")
      #expect(kinds == "12")
      #expect(try Shell.sqlite(path, "SELECT count(*) FROM tree_node") == "1")
      #expect(try Shell.sqlite(path, "SELECT min(n) FROM (\(Tampering.counts))") != "0", "a table is empty")
    }
  }

  @Test func `a new file has no fault`() async throws {
    try await TemporaryStore.open { bench in
      let found = try fault(in: bench.path)
      #expect(found == nil)
    }
  }

  @Test func `each change of a row, a column or the log is found in its table`() async throws {
    try await withFolder { folder in
      let (path, copy) = (folder + "/netral.sqlite", folder + "/copy.sqlite")
      try await RecordWorkload.make(at: path, plain: 30)
      #expect(Tampering.all.count >= 60)
      for tampering in Tampering.all { try expectFound(tampering, in: path, copy) }
    }
  }

  @Test func `a change of the gap that a restoration has declared is found`() async throws {
    try await withFolder { folder in
      let (path, restored) = (folder + "/netral.sqlite", folder + "/restored.sqlite")
      try await RecordWorkload.make(at: path)
      try FileManager.default.moveItem(atPath: path + ".files", toPath: folder + "/files")
      try ErasureList().write(into: ErasureList.path(in: folder))
      _ = try Restoration(
        from: path, into: restored, opening: StoreSettings(), withoutSum: true, keys: KeySource(path + ".keys"))
      #expect(try fault(in: restored) == nil, "no leaf names the gap before the epoch begins")
      try SQLiteStore(path: restored, readerCount: 1, settings: StoreSettings()).close()
      try Connection.settle(restored)
      #expect(try fault(in: restored) == nil)
      let named = try Shell.sqlite(
        restored,
        """
        SELECT content ->> '$.gaps[0].last' = (SELECT last FROM sequence_gap) FROM leaf WHERE kind = 'restore'
        """)
      #expect(named == "1")
      for tampering in Tampering.restored { try expectFound(tampering, in: restored, folder + "/copy.sqlite") }
      // Restored once more, it has two.
      let again = folder + "/again.sqlite"
      _ = try Restoration(
        from: restored, into: again, opening: StoreSettings(), withoutSum: true, keys: KeySource(restored + ".keys"))
      try SQLiteStore(path: again, readerCount: 1, settings: StoreSettings()).close()
      #expect(try fault(in: again) == nil)
      #expect(try Shell.sqlite(again, "SELECT count(*) FROM sequence_gap") == "2")
    }
  }

  private func expectFound(_ tampering: Tampering, in path: String, _ copy: String) throws {
    try FileManager.default.copyItem(atPath: path, toPath: copy)
    let changes = try Shell.sqlite(copy, tampering.sql + "; SELECT total_changes()")
    #expect(changes.split(separator: "\n").last != "0", "nothing was changed: \(tampering.sql)")
    let found = try fault(in: copy, copyOf: path)
    let table = found?.table ?? "nothing"
    #expect(tampering.tables.contains(table), "\(tampering.sql): \(found?.description ?? "not found")")
    try FileManager.default.removeItem(atPath: copy)
  }

  @Test func `the leaf and the event are named, and no value is`() async throws {
    try await withFolder { folder in
      let path = folder + "/netral.sqlite"
      try await RecordWorkload.make(at: path)
      let leaf = try Shell.sqlite(path, "SELECT leaf_index FROM event WHERE seq = 1")
      _ = try Shell.sqlite(
        path, "UPDATE case_part SET content = zeroblob(99) WHERE part_key = 19")
      #expect(try fault(in: path)?.description == "leaf \(leaf): case_part 19: it is not what was sealed")
      let findings = Diagnosis.findings(of: path, StoreSettings(), isFull: true)
      let finding = try #require(findings.first { $0.check == "integrity" })
      #expect(finding.level == .fault && finding.text.contains("case_part 19: it is not what was sealed"))
    }
  }

  @Test func `a log that was cut, with what its leaves tell of, is not what an agency has cosigned`() async throws {
    try await withFolder { folder in
      let path = folder + "/netral.sqlite"
      try await RecordWorkload.make(at: path)
      try cosign(path)
      #expect(try fault(in: path) == nil)
      for (change, what) in [
        ("size = size + 1", "size is not that of the note"), ("note = 'x'", "it cannot be read"),
        ("agency = agency", ""),
      ] {
        let copy = folder + "/copy.sqlite"
        try FileManager.default.copyItem(atPath: path, toPath: copy)
        _ = try Shell.sqlite(copy, "UPDATE witness SET \(change)")
        #expect(try fault(in: copy, copyOf: path)?.what ?? "" == what)
        try FileManager.default.removeItem(atPath: copy)
      }
      _ = try Shell.sqlite(
        path,
        """
        DELETE FROM public_release WHERE as_of = '2025-01-02';
        DELETE FROM leaf WHERE leaf_index = (SELECT max(leaf_index) FROM leaf)
        """)
      let found = try #require(try fault(in: path))
      #expect(found.table == "witness" && found.row == "BKN" && found.what.contains("there are fewer"))
    }
  }

  /// Stores a checkpoint of the whole tree, as an agency that cosigns it.
  private func cosign(_ path: String) throws {
    let queue = try DatabaseQueue(path: path)
    defer { try? queue.close() }  // It was written in one transaction.
    try queue.write { database in
      let edge = try RecordCheck.prove(database, nil)
      var note = try SignedNote(text: try Checkpoint(origin: "contoh", size: edge.size, root: edge.root).text)
      try note.sign(with: try NoteSigner.generate(name: "contoh", type: .ed25519))
      try database.execute(
        sql: "UPDATE witness SET size = ?, note = ?, cosigned_at = 1 WHERE agency = 'BKN'",
        arguments: [edge.size, String(decoding: note.bytes, as: UTF8.self)])
    }
  }
}
