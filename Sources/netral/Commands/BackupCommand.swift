internal import ArgumentParser
internal import Domain
internal import Service
internal import Storage

/// `netral backup`
struct BackupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Makes a backup, also while a server runs on the file, and deletes the oldest that are too many.",
    discussion: """
      It reads the file and writes nothing to it. The backup gets its name once it is proved sound; whatever is broken off \
      before leaves nothing that looks like one. Prints name, bytes, sequence and SHA-256.
      """)

  @OptionGroup var options: DatabaseOptions
  @Option(help: "The folder backups go into (NETRAL_BACKUP_FOLDER); made, for its owner alone, when it is missing.")
  var into: String?
  @Option(help: "How many backups are kept (NETRAL_BACKUP_KEEP; default 14).")
  var keep: Int?

  func run() throws {
    var flags = options.flags
    flags["backup_folder"] = ConfigReading.Flag("--into", into)
    flags["backup_keep"] = ConfigReading.Flag("--keep", keep)
    let config = try Config(ConfigReading(flags: flags, file: options.config))
    guard config.store.backup.folder != nil else {
      throw ValidationError("give --into or NETRAL_BACKUP_FOLDER: the folder backups go into")
    }
    do {
      let backup = try Backups.make(of: config.database, config.store)
      try printLines(["\(backup.name)\t\(backup.bytes)\t\(backup.seq)\t\(backup.sha256 ?? "")"])
    } catch let failure as OpenFailure {
      throw ExitFailure("\(failure)")
    } catch let failure as BackupFailure {
      throw ExitFailure("\(config.database): no backup was made: \(failure)")
    }
  }
}
