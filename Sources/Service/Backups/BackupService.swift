internal import Domain
public import Logging

/// The operator's backups. Where they go the server's settings say, and never a request.
public struct BackupService: Sendable {
  private let store: any Store
  private let logger: Logger

  /// Backups of `store`.
  public init(store: any Store, logger: Logger) { (self.store, self.logger) = (store, logger) }

  /// Makes one now, and returns when it is proved sound.
  ///
  /// - Throws: `backups_not_configured`, `backup_running`, `storage_unavailable`.
  public func make(by asker: Asker, dryRun: Bool) async throws -> Backup {
    let backup: Backup
    do {
      backup = try await store.backUp(dryRun: dryRun)
    } catch let failure as Failure where failure.code == .storageUnavailable {
      logger.warning("a backup was not made", metadata: ["reason": "\(failure.detail.en)"])
      throw failure
    }
    let (now, by) = (asker.now, asker.keyID)
    try await store.write(by: .operator, dryRun: dryRun) {
      try $0.audit("backup.create", by: by, detail: backup.name, at: now)
    }
    return backup
  }

  /// Newest first.
  public func list() async throws -> [Backup] { try await store.backups() }
}
