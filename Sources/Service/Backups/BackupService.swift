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
    let by = asker.keyID
    try await store.write(by: .operator, dryRun: dryRun, noting: asker.receipts) { try $0.log(backup, by: by) }
    return backup
  }

  /// Newest first.
  public func list() async throws -> [Backup] { try await store.backups() }
}
