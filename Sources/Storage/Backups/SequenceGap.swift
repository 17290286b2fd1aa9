internal import Domain
internal import Foundation
internal import GRDB
internal import Migrations

/// Sequences and numbers of cases that were given out after a backup and are lost with what followed it. A restoration
/// passes over so many that none is given out twice, whatever had happened.
enum SequenceGap {
  /// Sequences that are passed over: twenty times those of the largest migration. Statistics count in 32 bits, so that there
  /// is room for some twenty restorations; up to as many again are drawn.
  static let sequences: Int64 = 100_000_000

  /// Numbers of each year up to this one that are passed over: more cases than the country has civil servants.
  static let numbers = 10_000_000

  /// Declares a gap after the newest sequence of a file that nobody else uses, and marks the file as restored: its record
  /// begins a new epoch when it is opened.
  static func declare(in path: String, at now: Timestamp, _ lastCheckpoint: String?) throws {
    let queue = try DatabaseQueue(path: path, configuration: Connection.configuration(readonly: false))
    try queue.write { database in
      // The file may be of a release that did not have the table.
      for migration in migrations where migration.name == "m0014_gaps" { try database.execute(sql: migration.sql) }
      let last = try Int64.fetchOne(database, sql: KeptStatement.lastSequence.sql)
      let first = (last ?? 0) + 1
      try database.execute(
        sql: "INSERT INTO sequence_gap (first, last, declared_at) VALUES (?, ?, ?)",
        arguments: [first, first + sequences + Int64.random(in: 0..<sequences) - 1, now.milliseconds])
      try database.execute(
        sql: "INSERT INTO setting (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2",
        arguments: [RecordSetting.restored, Data((lastCheckpoint ?? "").utf8)])
      // Whoever held a case after the backup is to see it on the list again.
      if try database.tableExists("retention_notice") { try database.execute(sql: "DELETE FROM retention_notice") }
      // Drawn, so that two restorations of one backup do not go on from the same place.
      let numbers = numbers + Int.random(in: 0..<numbers)
      // Files of earlier releases count cases in a table of their own.
      let (table, column) = try database.tableExists("counter") ? ("counter", "name") : ("case_counter", "year")
      for year in 2_000...LegalDate(inJayapura: now).year {
        try database.execute(
          sql: """
            INSERT INTO \(table) (\(column), last) VALUES (?1, ?2) ON CONFLICT (\(column)) DO UPDATE SET last = last + ?2
            """,
          arguments: [table == "counter" ? String(year).databaseValue : year.databaseValue, numbers.databaseValue])
      }
    }
    try queue.close()
  }
}

extension Transaction {
  /// True for a sequence that was lost in a restoration: what a client has seen up to it is not what is on record.
  func isLost(_ seq: Int64) throws -> Bool {
    try fetchOne("SELECT 1 FROM sequence_gap WHERE first <= ? AND last > ?", [seq, seq]) { _ in true } ?? false
  }

  /// Where a gap ends that begins after a sequence and up to another one.
  func gapEnd(after seq: Int64, upTo end: Int64) throws -> Int64? {
    try fetchOne("SELECT last FROM sequence_gap WHERE first > ? AND first <= ? ORDER BY first LIMIT 1", [seq, end]) {
      $0[0]
    }
  }
}
