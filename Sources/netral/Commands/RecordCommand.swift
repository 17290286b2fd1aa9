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
        """)
    @OptionGroup var options: DatabaseOptions
    @Option(help: "The name of the record, where a new key is made: a host's name, for example.")
    var name: String?

    func run() throws {
      let config = try Config(options)
      let database = config.database
      do {
        let signer = try RecordKey.load(of: database) ?? RecordKey.create(of: database, named: name)
        try printLines([signer.verifier.text])
      } catch let failure as OpenFailure {
        throw ExitFailure("\(failure)")
      }
    }
  }
}
