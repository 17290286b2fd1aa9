internal import Domain
internal import Foundation
internal import Service
internal import Synchronization

/// Backups of a running server: one at a time, each on a thread of its own that everything else goes before.
final class BackupLane: Sendable {
  /// How old may be what is told of the folder, which somebody else's backups go into, too.
  private static let statusAge: Duration = .seconds(10)

  private struct State {
    var status = BackupStatus()
    var readAt = ContinuousClock.now
    var isReading = false
    var stop: BackupStop?
    var isClosed = false
  }

  private let database: String
  private let settings: StoreSettings
  private let folder: BackupFolder?
  private let state = Mutex(State())
  private let running = DispatchGroup()

  init(database: String, settings: StoreSettings) {
    self.database = database
    self.settings = settings
    folder = settings.backup.folder.map { BackupFolder($0) }
    state.withLock { $0.status.isConfigured = folder != nil }
    readFolder()
  }

  /// As last known; what is older than a few seconds is looked up beside.
  var status: BackupStatus {
    let (status, isDue) = state.withLock { state in
      let isDue = folder != nil && !state.isReading && !state.isClosed && .now - state.readAt > Self.statusAge
      if isDue { state.isReading = true }
      return (state.status, isDue)
    }
    if isDue { DispatchQueue.global(qos: .utility).async { [self] in readFolder() } }
    return status
  }

  func backups() async throws -> [Backup] {
    guard let folder else { throw Failure.backupsNotConfigured }
    return try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global(qos: .utility).async { [self] in
        continuation.resume(with: Result { try list(folder) }.mapError { Failure(BackupFailure($0)) })
      }
    }
  }

  func backUp(dryRun: Bool) async throws -> Backup {
    guard let folder else { throw Failure.backupsNotConfigured }
    let stop = try begin()
    return try await withCheckedThrowingContinuation { continuation in
      let thread = Thread { [self] in
        let outcome = Result {
          try BackupRun(database: database, folder: folder, settings: settings, stop: stop, dryRun: dryRun).run()
        }.mapError { BackupFailure($0) }
        end(outcome, dryRun: dryRun)
        continuation.resume(with: outcome.mapError { Failure($0) })
        running.leave()
      }
      thread.name = "backup"
      thread.start()
    }
  }

  /// Breaks off what runs, and lets nothing begin.
  func stop() {
    let stop = state.withLock { state in
      state.isClosed = true
      return state.stop
    }
    stop?.stop()
  }

  /// Waits until nothing runs any longer.
  func close() {
    stop()
    running.wait()
  }

  private func begin() throws(Failure) -> BackupStop {
    let stop: BackupStop? = state.withLock { state in
      guard state.stop == nil, !state.isClosed else { return nil }
      let stop = BackupStop()
      state.stop = stop
      state.status.isRunning = true
      running.enter()
      return stop
    }
    guard let stop else { throw Failure(.running) }
    return stop
  }

  private func end(_ outcome: Result<Backup, BackupFailure>, dryRun: Bool) {
    let now = settings.now()
    state.withLock { state in
      state.stop = nil
      state.status.isRunning = false
      if dryRun { return }
      switch outcome {
      case .success: state.status.successes += 1
      // Another process makes one, or this one is to end: nothing has gone wrong.
      case .failure(.running), .failure(.stopped): break
      case .failure(let failure):
        state.status.failures += 1
        state.status.lastFailureAt = now
        state.status.lastFailure = "\(failure)"
      }
    }
    readFolder()
  }

  private func readFolder() {
    guard let folder else { return }
    // A folder that cannot be read holds no backup for whoever watches.
    let backups = (try? list(folder)) ?? []
    let now = settings.now()
    state.withLock { state in
      state.status.newest = backups.first
      state.status.count = backups.count
      state.status.aheadCount = backups.count { $0.isAhead(of: now) }
      state.readAt = .now
      state.isReading = false
    }
  }

  /// Newest first.
  private func list(_ folder: BackupFolder) throws -> [Backup] {
    try folder.make()
    return try folder.backups(at: settings.now()).reversed()
  }
}

extension Failure {
  static let backupsNotConfigured = Failure(
    .backupsNotConfigured, en: "The server has no folder for backups; set NETRAL_BACKUP_FOLDER.",
    inIndonesian: "Server belum memiliki folder cadangan; atur NETRAL_BACKUP_FOLDER.")
}
