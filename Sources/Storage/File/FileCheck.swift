internal import Foundation
internal import GRDB

/// What a file holds: by it a copy is compared with what it was made of.
public struct FileContent: Sendable, Equatable {
  /// The newest sequence; 0 when nothing has happened.
  public var head: Int64
  /// Rows of every table.
  public var rows: [String: Int64]
}

/// How the schema of a file stands to this program.
public enum FileSchema: Sendable, Equatable {
  case current
  /// The first start brings it up to date.
  case older(pending: Int)
  case newer
}

/// Whether a file is whole and sound.
enum FileCheck {
  /// - Throws: `BackupFailure.unsound` when a sequence is missing.
  static func content(_ database: Database) throws -> FileContent {
    let tables = try String.fetchAll(
      database,
      sql: """
        SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name
        """)
    var rows: [String: Int64] = [:]
    for table in tables {
      rows[table] = try Int64.fetchOne(database, sql: "SELECT count(*) FROM \(table.quotedDatabaseIdentifier)")
    }
    return FileContent(head: try head(database), rows: rows)
  }

  /// Finds what is broken: `integrity_check` looks at every page and index, `foreign_key_check` at every reference,
  /// `RecordCheck` at all that is recorded.
  ///
  /// - Throws: `BackupFailure.unsound`; it never quotes what stands in the file.
  ///
  /// - Parameter vault: opens what is sealed; nil: that is not looked at.
  static func prove(_ database: Database, _ vault: Vault?) throws {
    let faults = try String.fetchAll(database, sql: "PRAGMA integrity_check(10)")
    guard faults == ["ok"] else { throw BackupFailure.unsound("integrity_check finds \(faults.count) faults or more") }
    guard try Row.fetchOne(database, sql: "PRAGMA foreign_key_check") == nil else {
      throw BackupFailure.unsound("foreign_key_check finds a reference to nothing")
    }
    try proveParts(database)
    try proveRecord(database, vault)
  }

  /// All that is recorded is what was recorded. Files of earlier releases have no log.
  private static func proveRecord(_ database: Database, _ vault: Vault?) throws {
    // A file of the release before sealing has its parts in another form; today's check cannot read it.
    guard try database.tableExists("leaf"),
      try database.columns(in: "case_part").contains(where: { $0.name == "data_key" })
    else { return }
    if try !database.columns(in: "case_record").contains(where: { $0.name == "erased_on" }) {
      try database.execute(sql: formerTables)
    }
    do {
      try RecordCheck.prove(database, vault)
    } catch let fault as RecordFault {
      throw BackupFailure.unsound("\(fault)")
    }
  }

  /// A file of the release before erasure reads as one in which nothing was erased.
  private static let formerTables = """
    CREATE TEMP VIEW IF NOT EXISTS case_record AS SELECT *, NULL AS erased_on FROM main.case_record;
    CREATE TEMP VIEW IF NOT EXISTS erasure AS SELECT NULL AS case_key, NULL AS seq, NULL AS is_done WHERE FALSE;
    CREATE TEMP VIEW IF NOT EXISTS erased_report AS SELECT NULL AS digest, NULL AS case_key WHERE FALSE;
    """

  /// Every version has its facts and references. Files of earlier releases keep them in other tables.
  private static func proveParts(_ database: Database) throws {
    guard try database.tableExists("case_part") else { return }
    let keys =
      CasePart.facts.map { "16 * facts_seq + \($0.rawValue)" } + [
        "16 * references_seq + \(CasePart.references.rawValue)"
      ]
    let isMissing = keys.map { "NOT EXISTS (SELECT 1 FROM case_part WHERE part_key = \($0))" }
    let sql = "SELECT 1 FROM event WHERE progress IS NOT NULL AND (\(isMissing.joined(separator: " OR "))) LIMIT 1"
    guard try Row.fetchOne(database, sql: sql) == nil else {
      throw BackupFailure.unsound("a part of a case is missing")
    }
  }

  /// The newest sequence, after a look whether every one before it is there.
  static func head(_ database: Database) throws -> Int64 {
    let row = try Row.fetchOne(
      database, sql: "SELECT count(*), coalesce(min(seq), 1), coalesce(max(seq), 0) FROM event")
    guard let row else { return 0 }
    let (count, first, last): (Int64, Int64, Int64) = (row[0], row[1], row[2])
    let missing = last - first + 1 - count - (try declaredGaps(database, upTo: last))
    guard missing == 0 else {
      throw BackupFailure.unsound("of the sequences \(first) to \(last), \(missing) are missing")
    }
    return last
  }

  /// How many sequences restorations have passed over before `last`. Files of earlier releases know of none.
  private static func declaredGaps(_ database: Database, upTo last: Int64) throws -> Int64 {
    guard try database.tableExists("sequence_gap") else { return 0 }
    return try Int64.fetchOne(
      database, sql: "SELECT coalesce(sum(last - first + 1), 0) FROM sequence_gap WHERE last < ?", arguments: [last])
      ?? 0
  }
}
