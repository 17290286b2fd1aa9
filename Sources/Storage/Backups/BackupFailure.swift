internal import Domain
internal import Foundation
internal import GRDB
internal import Synchronization

/// Why there is no backup, or nothing was restored; one line each.
public enum BackupFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// Another one is being made, here or by another process.
  case running
  /// The folder cannot be used.
  case folder(reason: String)
  /// The disk has no room for it.
  case noRoom(bytes: Int64)
  /// Writes came faster than the backup got on.
  case logTooLong(bytes: Int64)
  /// The process is to end.
  case stopped
  /// The copy is not what it should be.
  case unsound(String)
  /// A file cannot be read or written.
  case disk(reason: String)
  /// A list of erasures is none, or not the newest.
  case erasures(String, reason: String)

  public var description: String {
    switch self {
    case .running: "another backup is being made"
    case .folder(let reason): "the folder of backups cannot be used: \(reason)"
    case .noRoom(let bytes): "there is no room for \(bytes) bytes in the folder of backups"
    case .logTooLong(let bytes): "the log of the database has grown to \(bytes) bytes meanwhile; let backups be faster"
    case .stopped: "it was told to stop"
    case .unsound(let what): "the copy is not sound: \(what)"
    case .disk(let reason): reason
    case .erasures(let path, let reason): "the list of erasures \(path): \(reason)"
    }
  }

  /// What any error comes to.
  init(_ error: any Error) {
    switch error {
    case let failure as BackupFailure: self = failure
    case let error as DatabaseError where error.resultCode == .SQLITE_INTERRUPT: self = .stopped
    case let error as DatabaseError where error.resultCode == .SQLITE_FULL: self = .disk(reason: "the disk is full")
    // Its description would repeat SQL, and its message may quote what stands in the file.
    case let error as DatabaseError: self = .disk(reason: "SQLite answered \(error.resultCode)")
    default: self = .disk(reason: "\(type(of: error))")
    }
  }
}

extension Failure {
  /// What the operator is told who asked for it.
  init(_ failure: BackupFailure) {
    switch failure {
    case .running:
      self.init(
        .backupRunning, en: "Another backup is being made; ask again when it is done.",
        inIndonesian: "Cadangan lain sedang dibuat; ulangi setelah selesai.")
    default:
      self.init(
        .storageUnavailable, en: "The backup was not made: \(failure).",
        inIndonesian: "Cadangan tidak dibuat; sebabnya ada di log.")
    }
  }
}

/// Ends a backup from another thread: between two of its steps, or in the middle of a statement.
final class BackupStop: Sendable {
  private let state = Mutex<(isStopped: Bool, queue: DatabaseQueue?)>((false, nil))

  func stop() {
    let queue = state.withLock { state in
      state.isStopped = true
      return state.queue
    }
    queue?.interrupt()
  }

  /// - Throws: `BackupFailure.stopped` once it is to end.
  func check() throws(BackupFailure) {
    if state.withLock({ $0.isStopped }) { throw .stopped }
  }

  /// Runs statements that may take long.
  func watching<Value>(_ queue: DatabaseQueue, _ body: (Database) throws -> Value) throws -> Value {
    state.withLock { $0.queue = queue }
    defer { state.withLock { $0.queue = nil } }
    try check()
    let value = try queue.unsafeRead(body)
    try check()
    return value
  }
}
