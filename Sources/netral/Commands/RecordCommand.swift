internal import ArgumentParser
internal import Foundation
internal import Merkle
internal import Storage

/// `netral record`
struct RecordCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record", abstract: "The key that signs the record.", subcommands: [ShowKey.self])

  /// `netral record key`
  struct ShowKey: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "key", abstract: "Prints the public key of a record, to be pinned by witnesses.",
      discussion: """
        The private key stands beside the database, in FILE.record-key, and in no backup: keep a copy of that file where the \
        backups are not. Without one a new key is made, which a database that names another key does not take.

        With --replace the key makes way for a new one of the same name, while the server is stopped: the old key signs a \
        handover, which witnesses follow. A run that was cut off is ended by the next one. Keep a copy of the new key.
        """)
    @OptionGroup var options: DatabaseOptions
    @Option(help: "The name of the record, where a new key is made: a host's name, for example.")
    var name: String?
    @Flag(help: "Makes a new key, to which the old one hands over, and prints the new one.")
    var replace = false

    func validate() throws {
      if replace, name != nil { throw ValidationError("--replace: the name of the record stays") }
    }

    func run() throws {
      let config = try Config(options)
      let database = config.database
      do {
        if replace { return try printLines([KeyReplacement.run(on: database, config.store).text]) }
        let signer = try RecordKey.load(of: database) ?? RecordKey.create(of: database, named: name)
        try printLines([signer.verifier.text])
      } catch let failure as OpenFailure {
        throw ExitFailure("\(failure)")
      }
    }
  }
}
