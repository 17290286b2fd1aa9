internal import Domain
internal import Foundation
internal import GRDB

/// One connection inside one transaction; the nouns extend it, each in a file of its own.
final class Transaction {
  let database: Database
  /// Set when reference data or keys have changed, so that the shared snapshots are made anew after the commit.
  var changedSnapshots = false
  /// Cases that have got another version; what a savepoint took back may stand here too, which does no harm.
  var changedCases: Set<CaseID> = []

  /// States in which changed cases were and are; what a savepoint took back may stand here too, which wakes for nothing.
  var touched: Set<VisibilityBasis> = []

  private let kept: KeptStatements

  /// The time of what this transaction writes: of the commit and not of the request, and never before what is stored, so
  /// that what was recorded by an instant never changes afterwards.
  var now = Timestamp(milliseconds: 0)

  init(_ database: Database, keeping kept: KeptStatements = KeptStatements()) {
    self.database = database
    self.kept = kept
  }

  /// The prepared statement of a hot question.
  func statement(_ question: HotQuestion) throws -> Statement { try kept.statement(question, database) }

  /// Runs a cached statement that gives no rows.
  func execute(_ sql: String, _ arguments: [(any DatabaseValueConvertible)?]) throws {
    try database.cachedStatement(sql: sql).execute(arguments: StatementArguments(arguments))
  }
}

extension Transaction: CaseReads, CaseWrites {
  func savepoint<Value>(_ body: () throws -> Value) throws -> Value {
    let snapshotsBefore = changedSnapshots
    try database.cachedStatement(sql: "SAVEPOINT line").execute()
    do {
      let value = try body()
      try database.cachedStatement(sql: "RELEASE line").execute()
      return value
    } catch {
      // After a fault of the disk SQLite may have rolled everything back already.
      if database.isInsideTransaction {
        try database.cachedStatement(sql: "ROLLBACK TO line").execute()
        try database.cachedStatement(sql: "RELEASE line").execute()
      }
      changedSnapshots = snapshotsBefore
      throw error
    }
  }
}

extension CaseID {
  /// The sixteen bytes, as stored.
  var data: Data {
    var bytes = Data(capacity: 16)
    withUnsafeBytes(of: high.bigEndian) { bytes.append(contentsOf: $0) }
    withUnsafeBytes(of: low.bigEndian) { bytes.append(contentsOf: $0) }
    return bytes
  }
}

/// The statements of one connection's hottest questions; a look-up by kilobytes of SQL would cost as much as running them.
final class KeptStatements {
  private var statements: [HotQuestion: Statement] = [:]

  func statement(_ question: HotQuestion, _ database: Database) throws -> Statement {
    if let statement = statements[question] { return statement }
    let statement = try database.makeStatement(sql: question.sql)
    statements[question] = statement
    return statement
  }

  /// Lets them go: a connection closes after its statements.
  func removeAll() { statements = [:] }
}

/// Questions about one case by its identity.
enum HotQuestion: Hashable {
  case stub, current

  var sql: String {
    switch self {
    case .stub: "SELECT \(CaseListing.stubColumns) FROM case_record r WHERE r.id = ?"
    case .current: CaseRow.select(from: "r") + "\n" + CaseRow.joins(of: "r") + " WHERE r.id = ?"
    }
  }
}
