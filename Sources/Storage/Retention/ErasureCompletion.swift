internal import Domain
internal import Foundation
internal import GRDB
internal import Service
internal import Synchronization

/// What follows an erasure outside the transaction that has committed it: the lists, the log of the file, the keys, the words.
/// Each step may be repeated, and every start repeats what is not done.
final class ErasureCompletion: Sendable {
  /// Words are indexed anew this often at most: else whoever erases case after case would keep everybody's searches waiting.
  /// Until then no search finds an erased case, whatever the index holds.
  private static let wordsInterval = Duration.seconds(60)

  let path: String
  let settings: StoreSettings
  let vault: Vault
  let words: WordIndex
  let files: EvidenceFiles
  let writer: Writer
  /// Held while erasures are finished.
  private let state = Mutex(State())

  private struct State {
    /// When words were indexed anew last.
    var lastWords: ContinuousClock.Instant?
    var isClosed = false
  }

  init(
    path: String, settings: StoreSettings, vault: Vault, words: WordIndex, files: EvidenceFiles, writer: Writer
  ) {
    (self.path, self.settings, self.vault, self.words) = (path, settings, vault, words)
    (self.files, self.writer) = (files, writer)
  }

  /// Finishes every erasure that is committed. Nothing for an event loop.
  ///
  /// - Throws: what keeps a step from being done; those before it are done.
  func finish() throws -> ErasureProgress {
    try state.withLock { state in
      // Whoever looks again some seconds later may come when the file is closed.
      if state.isClosed { return .nothing }
      return try finish(after: &state.lastWords)
    }
  }

  /// Waits until what is being finished is finished, and finishes nothing from then on; the next start does.
  func close() { state.withLock { $0.isClosed = true } }

  private func finish(after last: inout ContinuousClock.Instant?) throws -> ErasureProgress {
    let (open, list) = try writer.alone { transaction in
      let open = try transaction.erasures("is_done = 0")
      return (open, open.isEmpty ? ErasureList() : try transaction.erasureList())
    }
    if open.isEmpty { return .nothing }
    // Whoever brings an older copy back must find it.
    try list.write(into: ErasureList.path(of: path))
    if let folder = settings.backup.folder {
      let folder = BackupFolder(folder)
      try folder.make()
      try requireOwn(folder)
      try list.write(into: ErasureList.path(in: folder.path))
    }
    // No page of the log holds what the file holds no longer, and nobody reads a state in which it did. Whoever reads long
    // does not keep the keys: copies of them that are made until they go still open what was erased.
    let log = Result { try writer.emptyLog() }
    try vault.destroy(open.reduce(into: Set()) { $0.formUnion($1.dataKeys) })
    try log.get()
    try files.deleteOrphans(isStart: false) { try writer.alone { (try $0.evidenceNames(), try $0.restorationCount()) } }
    if let last, .now - last < Self.wordsInterval { return .wordsLeft }
    try words.beginAnew()
    last = .now
    try writer.alone { transaction in
      for erasure in open {
        try transaction.execute("UPDATE erasure SET is_done = 1 WHERE case_key = ?", [erasure.key])
      }
    }
    return .done
  }

  /// An older copy of the file of keys may hold keys again that were destroyed.
  private func reopenRevived() throws {
    try writer.alone { transaction in
      for erasure in try transaction.erasures("TRUE") {
        guard try erasure.dataKeys.contains(where: { try vault.file.key($0) != nil }) else { continue }
        try transaction.execute("UPDATE erasure SET is_done = 0 WHERE case_key = ?", [erasure.key])
      }
    }
  }

  /// The first day on which no backup of the keys is left that were destroyed on a day: the copy made on that day is too old
  /// some days later, and goes with the next night's. Without a folder the service makes none.
  func keysGone(afterErasureOn day: LegalDate) -> LegalDate {
    settings.backup.keysFolder == nil ? day : day.adding(days: settings.backup.keysDays + 2)
  }

  /// Cases that were erased before the file was brought back from an older copy.
  func missing() throws -> [CaseID] {
    try reopenRevived()
    var list = try ErasureList.read(ErasureList.path(of: path)) ?? ErasureList()
    if let folder = settings.backup.folder, let copy = try ErasureList.read(ErasureList.path(in: folder)) {
      try requireOwn(BackupFolder(folder))
      list.formUnion(copy)
    }
    return try writer.alone { transaction in
      try transaction.noteReports(of: list)
      return try Array(Set(transaction.unerased(of: list)).union(transaction.casesErasedElsewhere(by: vault.file)))
    }
  }

  /// - Throws: `BackupFailure.folder` when the folder is another database's: its list is none of ours.
  private func requireOwn(_ folder: BackupFolder) throws {
    try BackupOwner.require(writer.alone { try BackupOwner.identity($0.database) }, in: folder, settings)
  }
}

extension Writer {
  /// Runs some statements between two commits.
  func alone<Value>(_ body: (Transaction) throws -> Value) throws -> Value {
    try access { database, transaction in
      var value: Value?
      try database.inTransaction(.immediate) {
        value = try body(transaction)
        return .commit
      }
      guard let value else { throw DatabaseError(message: "nothing was run") }
      return value
    }
  }

  /// Folds the log into the file and empties it, as soon as nobody reads an older state.
  ///
  /// - Throws: `DatabaseError` when somebody does for some seconds.
  func emptyLog() throws {
    for attempt in 0... {
      do {
        // Writes wait meanwhile: never for long.
        return try access { database, _ in
          try database.execute(sql: "PRAGMA busy_timeout = 100")
          defer { try? database.execute(sql: "PRAGMA busy_timeout = 5000") }
          try Connection.emptyLog(database)
        }
      } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY && attempt < 10 {
        Thread.sleep(forTimeInterval: 0.1)
      }
    }
  }
}
