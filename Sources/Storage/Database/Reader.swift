internal import CSQLite
internal import Domain
internal import GRDB

/// A read-only connection that one thread uses at a time.
///
/// `@unchecked Sendable`: the deadline and the transaction's statements are touched only inside `queue`, which runs one
/// access at a time; SQLite's progress handler reads the deadline during that access.
final class Reader: @unchecked Sendable {
  private let queue: DatabaseQueue
  private let deadline: UnsafeMutablePointer<Int64>
  private let timeoutNanoseconds: Int64
  /// Nil once closed: a connection closes after its statements.
  private var transaction: Transaction?

  /// - Parameter words: the index of words, and how words are found in it; nil for who searches none.
  init(
    path: String, vault: Vault?, words: (path: String, matching: WordMatching)? = nil, settings: StoreSettings
  ) throws {
    queue = try DatabaseQueue(path: path, configuration: Connection.configuration(readonly: true))
    if let words {
      // The index is no part of the record: nothing of it is ever written by this connection.
      try queue.inDatabase {
        try $0.execute(sql: "ATTACH DATABASE ? AS words", arguments: [words.path])
      }
    }
    deadline = .allocate(capacity: 1)
    deadline.initialize(to: .max)
    let (seconds, attoseconds) = settings.readTimeout.components
    timeoutNanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    let deadline = deadline
    transaction = queue.inDatabase { database in
      csqlite_watch_deadline(UnsafeMutableRawPointer(database.sqliteConnection), deadline)
      return Transaction(database, vault, words: words?.matching)
    }
  }

  /// Runs `body` in one short read transaction.
  func read<Value>(_ body: (Transaction) throws -> Value) throws -> Value {
    try queue.unsafeRead { database in
      deadline.pointee = csqlite_monotonic_nanoseconds() + timeoutNanoseconds
      defer { deadline.pointee = .max }
      do {
        guard let transaction else { throw DatabaseError(resultCode: .SQLITE_MISUSE, message: "the reader is closed") }
        try transaction.run("BEGIN DEFERRED")
        let value: Value
        do {
          value = try body(transaction)
        } catch {
          if database.isInsideTransaction { try transaction.run("ROLLBACK") }
          throw error
        }
        try transaction.run("COMMIT")
        return value
      } catch let error as DatabaseError {
        throw Failure(databaseError: error)
      }
    }
  }

  func close() throws {
    queue.inDatabase { _ in transaction = nil }
    try queue.close()
  }

  deinit {
    deadline.deinitialize(count: 1)
    deadline.deallocate()
  }
}

extension Failure {
  /// What a caller is told of a fault of the database: that it is a fault of ours, and whether to try again.
  init(databaseError error: DatabaseError) {
    switch error.resultCode.primaryResultCode {
    case .SQLITE_INTERRUPT:
      self.init(
        .busy, en: "The question took too long; narrow it.",
        inIndonesian: "Pertanyaan terlalu lama; persempit cakupannya.")
    default:
      self.init(
        .storageUnavailable, en: "The store cannot answer now; nothing was changed.",
        inIndonesian: "Penyimpanan tidak dapat menjawab saat ini; tidak ada yang berubah.")
    }
  }
}
