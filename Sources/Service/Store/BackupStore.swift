internal import Domain

/// Backups of the whole.
public protocol BackupStore: Sendable {
  /// How backups stand. Asking never waits for a disk: what lies in the folder is looked up beside.
  var backupStatus: BackupStatus { get }
  /// Backs up the newest state on a thread of its own, while reads and writes go on.
  ///
  /// - Parameter dryRun: true to throw the copy away when it has been proved.
  /// - Throws: `backups_not_configured` when there is no folder for it; `backup_running` while another one is made;
  ///   `storage_unavailable` when it cannot be made, or would not be sound.
  func backUp(dryRun: Bool) async throws -> Backup
  /// The backups in the folder, newest first.
  ///
  /// - Throws: `backups_not_configured`; `storage_unavailable` when the folder cannot be read.
  func backups() async throws -> [Backup]
}
