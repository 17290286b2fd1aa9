internal import ArgumentParser
internal import Storage

/// `netral keys`
struct KeysCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys", abstract: "The keys that seal what is said of cases.", subcommands: [Rewrap.self])

  /// `netral keys rewrap`
  struct Rewrap: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "rewrap", abstract: "Draws a new master key and wraps every key by it, while the server is stopped.",
      discussion: """
        Backups of keys that were made before are still wrapped by the old master key: make one at once, and keep the old \
        master key, apart, until those backups are gone. A run that was cut off is ended by the next one.
        """)
    @OptionGroup var options: DatabaseOptions
    @Option(
      help:
        "Where the new master key is to stand, when it cannot take the place of the old one. Set NETRAL_MASTER_KEY_FILE."
    )
    var into: String?

    func run() throws {
      let config = try Config(options)
      do {
        let file = try KeyRewrap.run(on: config.database, config.store, into: into)
        try printLines(["the keys are wrapped by the new master key in \(file)"])
      } catch let failure as OpenFailure {
        throw ExitFailure("\(failure)")
      }
    }
  }
}
