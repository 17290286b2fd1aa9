internal import Domain
internal import Foundation
internal import GRDB
internal import TestSupport
internal import Testing

@testable internal import Storage

/// One value of one row is changed, over and over: what alters an answer is found.
@Suite struct RandomChangeTests {
  private static let runs = 300
  /// Columns of which no leaf tells and that no answer shows: what is counted, remembered for retries or kept of earlier
  /// releases, and what SQLite and the program find things by.
  private static let unseen: Set<String> = [
    "access_key.used_at", "counter.day", "counter.last", "counter.name", "counter.room_bytes", "figure.figure_key",
    "idempotency.created_at", "idempotency.key_digest", "idempotency.leaf_index", "idempotency.owner",
    "idempotency.request_digest", "idempotency.resource", "idempotency.status", "idempotency.version",
    "idempotency.case_id", "reference.position", "setting.name", "setting.value",
    "witness.cosigned_at",
    // By what a report that was erased is known again, and what had sealed it: nobody can tell any more.
    "erased_report.digest", "erased_report.case_key", "case_part.data_key",
    // What opens a file of evidence, and where it stands: `netral doctor` holds both against the file.
    "evidence_file.name", "case_evidence.data_key", "case_evidence.wrapped",
    // It is packed: bytes of the head of gzip say nothing of the answer, which its leaf tells of.
    "figure.answer",
  ]

  @Test func `one changed value that alters an answer is found, and the others are known`() async throws {
    try await withFolder { folder in
      let path = folder + "/netral.sqlite"
      try await RecordWorkload.make(at: path)
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      var random = SeededGenerator(seed: 14)
      let (ids, before) = try await queue.read { database in
        let ids = try Transaction(database, nil).caseIDs(after: 0, limit: 1_000).map(\.id)
        return (ids, RecordAnswers.all(of: database, try keys(of: path, database), ids))
      }
      #expect(!before.contains("an error"))
      var (found, unseen): ([String: Int], [String: Int]) = ([:], [:])
      for _ in 0..<Self.runs {
        let (change, isFound, isAltered) = try change(queue, path, &random, ids, before)
        if isFound { found[change, default: 0] += 1 } else { unseen[change, default: 0] += 1 }
        #expect(isFound || !isAltered, "\(change) alters an answer and is not found")
      }
      let strange = Set(unseen.keys).subtracting(Self.unseen)
      #expect(strange.isEmpty, "\(strange.sorted()) can be changed unseen")
      #expect(found.values.reduce(0, +) > Self.runs / 2)
      try queue.close()
    }
  }

  private var configuration: Configuration {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = false
    return configuration
  }

  /// Changes a value, looks, and takes the change back.
  private func change(
    _ queue: DatabaseQueue, _ path: String, _ random: inout SeededGenerator, _ ids: [CaseID], _ before: [String]
  ) throws -> (place: String, isFound: Bool, isAltered: Bool) {
    var generator = random
    defer { random = generator }
    return try queue.inDatabase { database in
      let vault = try keys(of: path, database)
      defer { try? vault?.close() }  // It was only read.
      while true {
        try database.execute(sql: "BEGIN")
        defer { try? database.execute(sql: "ROLLBACK") }  // The next run begins with the same file.
        guard let place = try alter(database, &generator) else { continue }
        var isFound = false
        do {
          try RecordCheck.prove(database, vault)
        } catch {
          isFound = true
        }
        let isAltered = !isFound && RecordAnswers.all(of: database, vault, ids) != before
        return (place, isFound, isAltered)
      }
    }
  }

  /// Changes one value.
  ///
  /// - Returns: its table and column; nil where SQLite refuses it, or nothing has changed.
  private func alter(_ database: Database, _ random: inout SeededGenerator) throws -> String? {
    let tables = try String.fetchAll(
      database,
      sql: """
        SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'case_words%' AND name NOT LIKE 'sqlite_%'
          AND name <> 'grdb_migrations' ORDER BY name
        """)
    let table = tables[Int.random(in: 0..<tables.count, using: &random)]
    let columns = try database.columns(in: table).map(\.name)
    let column = columns[Int.random(in: 0..<columns.count, using: &random)]
    let keys = try database.primaryKey(table).columns
    let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM \(table)") ?? 0
    guard count > 0 else { return nil }
    let order = keys.joined(separator: ", ")
    guard let row = try self.row(in: table, order, count, database, &random),
      let other = try self.row(in: table, order, count, database, &random)
    else { return nil }
    let old: DatabaseValue = row[column]
    let new = changed(old, other: other[column], &random)
    guard new != old else { return nil }
    let condition = keys.map { "\($0) IS ?" }.joined(separator: " AND ")
    do {
      try database.execute(
        sql: "UPDATE \(table) SET \(column) = ? WHERE \(condition)",
        arguments: StatementArguments([new] + keys.map { row[$0] as DatabaseValue }))
    } catch {
      return nil
    }
    return database.changesCount == 1 ? "\(table).\(column)" : nil
  }

  private func row(
    in table: String, _ order: String, _ count: Int, _ database: Database, _ random: inout SeededGenerator
  ) throws -> Row? {
    let offset = Int.random(in: 0..<count, using: &random)
    return try Row.fetchOne(database, sql: "SELECT * FROM \(table) ORDER BY \(order) LIMIT 1 OFFSET \(offset)")
  }

  /// Another value: that of another row, none, or one that looks like it.
  private func changed(_ value: DatabaseValue, other: DatabaseValue, _ random: inout SeededGenerator) -> DatabaseValue {
    if Int.random(in: 0..<3, using: &random) == 0 { return other }
    if Int.random(in: 0..<8, using: &random) == 0 { return .null }
    switch value.storage {
    case .null: return other
    case .int64(let number): return (number + Int64.random(in: 1...3, using: &random)).databaseValue
    case .double: return other
    case .string(let text):
      var letters = Array(text.utf8)
      guard !letters.isEmpty else { return "x".databaseValue }
      let index = Int.random(in: 0..<letters.count, using: &random)
      letters[index] = letters[index] == UInt8(ascii: "7") ? UInt8(ascii: "8") : UInt8(ascii: "7")
      return String(decoding: letters, as: UTF8.self).databaseValue
    case .blob(let data):
      var bytes = [UInt8](data)
      guard !bytes.isEmpty else { return other }
      bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1
      return Data(bytes).databaseValue
    }
  }
}
