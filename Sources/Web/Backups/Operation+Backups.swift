internal import Domain
internal import HTTPTypes
internal import Service

/// Operations on backups.
extension Operation {
  static let createBackup = Operation(
    "createBackup", .administration, .init(en: "Make a backup", inIndonesian: "Buat cadangan"),
    details: """
      Into the folder of the settings; answered when the copy has been proved sound. Takes no body. A dry run makes and \
      proves the copy, and then throws it away.
      """,
    query: [.dryRun],
    replies: [.json(.newBackup, "The backup.", .created, fields: [(.dryRun, "true when it was thrown away.")])],
    refusals: [.backupRunning, .backupsNotConfigured, .malformedJSON, .invalid], example: Example("OPERATOR"))

  static let listBackups = Operation(
    "listBackups", .administration, .init(en: "List backups", inIndonesian: "Daftar cadangan"),
    query: [.rest],
    replies: [.list(of: .backup, named: "BackupPage", "All backups, newest first, or 4 MiB of them.")],
    refusals: [.backupsNotConfigured, .invalidCursor],
    example: Example("OPERATOR"))
}
