internal import Domain
internal import Foundation
internal import GRDB
internal import Merkle
internal import Service

/// Turns words of a question into those of the index.
typealias WordMatching = @Sendable ([String], Database) throws -> String

/// One connection inside one transaction; the nouns extend it, each in a file of its own.
final class Transaction {
  let database: Database
  /// Cases that have got another version; what a savepoint took back may stand here too, which does no harm.
  var changedCases: Set<CaseID> = []
  /// Whether nothing of what is done stays.
  var isDryRun = false
  /// What is written only before the commit; whoever rolls back to a savepoint puts back what stood here.
  var pending = Pending()

  /// States in which changed cases were and are; what a savepoint took back may stand here too, which wakes for nothing.
  var touched: Set<VisibilityBasis> = []

  /// The reference data as last committed, when the writer has them: reading them takes some milliseconds.
  var committedReference: Reference?

  /// The right edge of the record as last committed, when the writer has it.
  var committedTree: TreeEdge?

  let kept: KeptStatements
  /// What seals and opens; nil where a file is read without its keys, or has none yet.
  let vault: Vault?
  /// Words as the index has them; nil where nobody searches words.
  let wordMatching: WordMatching?
  /// What requests for corrections ask for whose events are still to be stored.
  var wishes: [CorrectionName: [UInt8]] = [:]
  /// The idempotency key that was asked for last, as it is found by.
  var lastIdempotencyKey: (key: String, digest: String)?
  /// Keys that this transaction has drawn, in their order.
  var drawnKeys: [Int64] = []
  /// Those that new cases came with.
  var usedKeys: [DrawnKeys] = []
  var salts = Salts()

  /// The time of what this transaction writes: of the commit and not of the request, and never before what is stored, so
  /// that what was recorded by an instant never changes afterwards.
  var now = Timestamp(milliseconds: 0)

  /// Replies to earlier writes that are older count as forgotten.
  var forgottenBefore = Timestamp(milliseconds: .min)

  init(
    _ database: Database, _ vault: Vault?, words: WordMatching? = nil, keeping kept: KeptStatements = KeptStatements()
  ) {
    self.database = database
    wordMatching = words
    self.vault = vault
    self.kept = kept
  }

  /// Runs a cached statement that gives no rows.
  func execute(_ sql: String, _ arguments: [(any DatabaseValueConvertible)?]) throws {
    count(arguments)
    try database.cachedStatement(sql: sql).execute(arguments: StatementArguments(arguments))
  }
}

extension Transaction {
  /// Counts the values of a statement that writes among the bytes of the job. Kept statements count their own.
  func count(_ arguments: [(any DatabaseValueConvertible)?]) {
    for argument in arguments { pending.jobBytes += argument?.databaseValue.byteCount ?? 0 }
  }
}

extension Transaction: CaseReads, CaseWrites {}

/// What a transaction counts and collects in memory, since asking or telling the file for every event would cost more
/// than the event.
struct Pending {
  /// Set when reference data or keys have changed, so that the shared snapshots are made anew after the commit.
  var changedSnapshots = false
  /// The highest sequence given; nil until one is asked for.
  var lastSequence: Int64?
  /// The highest number given by each counter that was asked.
  var lastNumbers: [Counter: Int64] = [:]
  /// The right edge of the record with the leaves of this transaction; nil before the first one.
  var tree: TreeEdge?
  /// The last leaf of the job that runs.
  var receipt: LeafReceipt?
  /// Bytes of the values that the job has stored which runs.
  var jobBytes: Int64 = 0
  /// Those of the jobs before it in the batch, by what they are counted against.
  var spent: [ByteBudget: Int64] = [:]
}

/// What is counted up for good.
enum Counter: Hashable {
  case casesOf(year: Int)
  case persons, reports
  /// Keys that seal what is said of a case.
  case dataKeys

  /// What comes before the name of a budget, of which the table counts the bytes.
  static let bytePrefix = "bytes:"

  /// As it stands in the table `counter`.
  var name: String {
    switch self {
    case .casesOf(let year): String(year)
    case .persons: "person"
    case .reports: "report"
    case .dataKeys: "data_key"
    }
  }
}

extension Transaction {
  /// Writes what is pending; nothing but the commit may follow.
  func writePending() throws {
    for (counter, last) in pending.lastNumbers {
      try run(.setLastNumber) {
        $0.add(counter.name)
        $0.add(last)
      }
    }
    pending = Pending(changedSnapshots: pending.changedSnapshots, tree: pending.tree)
  }

  /// Writes what budgets have spent.
  func write(_ rows: [(String, day: Int, bytes: Int64, room: Int64)]) throws {
    for row in rows {
      try run(.setByteUse) {
        $0.add(Counter.bytePrefix + row.0)
        $0.add(row.bytes)
        $0.add(row.day)
        $0.add(row.room)
      }
    }
  }

  /// Under the one writer the next number is the highest one plus one: gap-free and in commit order.
  func nextSequence() throws -> Int64 {
    let last = try pending.lastSequence ?? run(.lastSequence, { _ in }, { $0[0] as Int64 }) ?? 0
    pending.lastSequence = last + 1
    return last + 1
  }

  /// The next number of a counter.
  func next(_ counter: Counter) throws -> Int64 {
    let last = try pending.lastNumbers[counter] ?? run(.lastNumber, { $0.add(counter.name) }, { $0[0] as Int64 }) ?? 0
    pending.lastNumbers[counter] = last + 1
    return last + 1
  }

  func nextNumber(_ year: Int) throws -> String {
    let digits = String(try next(.casesOf(year: year)))
    return "\(year)-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }
}

extension DatabaseValue {
  /// What the value takes in a row, without SQLite's own bytes.
  fileprivate var byteCount: Int64 {
    switch storage {
    case .null: 0
    case .int64, .double: 8
    case .string(let text): Int64(text.utf8.count)
    case .blob(let data): Int64(data.count)
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
