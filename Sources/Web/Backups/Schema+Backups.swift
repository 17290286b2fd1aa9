internal import Domain
internal import Service

/// The shapes of backups, as answers show them.
extension Schema {
  private static let backupMembers: [Member] = [
    .always("name", string), .always("created_at", instant), .always("seq", count), .always("bytes", count),
    .always("sha256", pattern("^[0-9a-f]{64}$").orNull),
  ]

  static let backup = object(backupMembers).named("Backup")

  static let newBackup = object(backupMembers + [.always("duration_ms", count)]).named("MadeBackup")
}
