internal import ArgumentParser
internal import Foundation
internal import Sync

/// `netral witness`
struct WitnessCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "witness",
    abstract: "Watches over the record for an agency that keeps no replica, and carries checkpoints by mail or paper.",
    subcommands: [Run.self, MakeKey.self, Sign.self, Show.self, Compare.self])

  /// `netral witness run`
  struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Checks that the record extends all that was seen, cosigns it, and compares with others.",
      discussion: WatchOptions.statuses)

    @Option(help: "The address of the service.")
    var server: String
    @Option(help: "A file with the agency's access key (scope sync), which only its owner may read.")
    var keyFile: String
    @Option(help: "A folder for what the witness keeps: 32 MB a million leaves.")
    var state: String
    @Option(help: "The public keys that agencies have exchanged: lines 'log VKEY' and 'witness AGENCY VKEY'.")
    var pins: String
    @Option(help: "The private key that the agency cosigns with: netral witness key makes one.")
    var witnessKey: String
    @OptionGroup var options: WatchOptions
    @Option(help: "A file of options for curl: cacert, cert, proxy and so on.")
    var curlConfig: String?
    @Option(help: "How often to ask again after a fault that may pass.")
    var retries = 5
    @Flag(help: "Says nothing but what is wrong.")
    var quiet = false

    func run() throws {
      signal(SIGPIPE, SIG_IGN)
      let address = try ServerAddress(server)
      let key = try KeyFile(keyFile)
      let progress = ProgressLine(isQuiet: quiet, command: "netral witness")
      if address.isUnprotected { progress.warn("\(server) is not https: the key crosses the network in the clear") }
      try explaining {
        let witness = Watch(pins: try Pins(path: pins), key: try WitnessKey(path: witnessKey), options: options)
        let transport = CurlTransport(
          server: address.text, key: key.key, configPath: curlConfig.map { URL(filePath: $0).path })
        let state = try WitnessState(state, key: witness.key, makesFolder: true)
        let verdict = try witness.job(transport, state, retries, progress).run()
        if !quiet { try printLines(verdict.summary) }
        if !verdict.hasQuorum { throw ExitCode(WatchOptions.quorumStatus) }
      }
    }
  }

  /// `netral witness key`: prints the public key on standard output.
  struct MakeKey: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "key", abstract: "Prints the public key of a witness; makes a private one when there is none.")

    @Option(help: "The file of the private key, which only its owner may read.")
    var keyFile: String
    @Option(help: "The name of a new key, such as bkn.go.id, without blanks and plus; one is drawn when none is given.")
    var name: String?

    func run() throws {
      try explaining { try printLines([WitnessKey.make(path: keyFile, named: name).text]) }
    }
  }

  /// `netral witness sign`
  struct Sign: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Adds the witness's line to the checkpoint on standard input.",
      discussion: """
        It checks that the note is a checkpoint, and nothing else: sign only what netral witness compare has found to be \
        extended by what is kept. It is for keys on a machine without a network.
        """)

    @Option(help: "The file of the private key.")
    var keyFile: String

    func run() throws {
      let note = [UInt8](FileHandle.standardInput.readDataToEndOfFile())
      try explaining {
        let signed = try WitnessKey(path: keyFile).cosign(note, at: Int64(Date().timeIntervalSince1970))
        try printLines([String(decoding: signed.dropLast(), as: UTF8.self)])
      }
    }
  }

  /// `netral witness show`
  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Prints the checkpoint that was cosigned last, for mail or paper.")

    @Option(help: "The folder of the witness.")
    var state: String

    func run() throws {
      try explaining {
        guard let note = try WitnessState(state, key: nil, makesFolder: false).note() else {
          throw WitnessFailure.refused("\(state): nothing was cosigned yet")
        }
        try printLines([String(note.dropLast())])
      }
    }
  }

  /// `netral witness compare`
  struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Holds a checkpoint from elsewhere against what is kept.",
      discussion: "Exit status: 0 what is kept extends it; 1 it cannot be compared; 5 it is of another history.")

    @Option(help: "The folder of the witness.")
    var state: String
    @Option(help: "The public keys that agencies have exchanged.")
    var pins: String
    @Argument(help: "A file with the checkpoint as netral witness show prints it.")
    var file: String

    func run() throws {
      guard let note = FileManager.default.contents(atPath: file) else { throw ExitFailure("\(file): cannot be read") }
      try explaining {
        let progress = ProgressLine(isQuiet: false, command: "netral witness")
        let state = try WitnessState(state, key: nil, makesFolder: false)
        try printLines([try state.compare([UInt8](note), pins: try Pins(path: pins), name: file, progress: progress)])
      }
    }
  }
}

/// What a watch over the record has to know, beside its keys.
struct WatchOptions: ParsableArguments {
  /// Too few others have cosigned.
  static let quorumStatus: Int32 = 6
  static let statuses = """
    Exit status: 0 all is well; 1 it could not be done, and one line says why; 4 the record does not extend what was seen; \
    5 two agencies were shown two histories; 6 fewer other agencies than the quorum have cosigned within 24 hours what \
    was seen; 7 the record was restored, and nobody has accepted its new epoch. With 4 and 5 the evidence is in a file \
    beside the state. With 4 what is at fault was neither kept nor cosigned. With 5 what the service showed this agency was \
    kept and cosigned before it was compared, and stays so.
    """

  @Option(help: "How many other agencies must have cosigned within 24 hours.")
  var quorum = 2
  @Option(help: "Goes on with a record that was restored: the epoch that the operator has named.")
  var acceptEpoch: Int?

  func validate() throws {
    guard (0...100).contains(quorum) else { throw ValidationError("--quorum: give a number in 0...100") }
    if let acceptEpoch, acceptEpoch < 2 { throw ValidationError("--accept-epoch: give a number from 2 on") }
  }
}

/// A watch over the record as options describe it.
struct Watch {
  let pins: Pins
  let key: WitnessKey
  let options: WatchOptions

  func job(_ transport: CurlTransport, _ state: WitnessState, _ retries: Int, _ progress: ProgressLine) -> WitnessJob {
    WitnessJob(
      transport: transport, pins: pins, key: key, state: state, retries: retries, progress: progress,
      quorum: options.quorum, acceptedEpoch: options.acceptEpoch)
  }
}

/// A failure that ends the program with one line and a status of its own.
struct StatusFailure: Error, CustomStringConvertible {
  let status: Int32
  let description: String
}

/// Turns what went wrong with a witness into one line and the status that stands for it.
func explaining<Value>(_ body: () throws -> Value) throws -> Value {
  do {
    return try body()
  } catch let failure as WitnessFailure {
    throw StatusFailure(status: failure.status, description: "\(failure)")
  } catch let failure as AccountFailure {
    throw StatusFailure(status: AccountFailure.status, description: "\(failure)")
  } catch let failure as SealingFailure {
    throw StatusFailure(status: AccountFailure.status, description: "\(failure)")
  } catch let fault as SyncFault {
    throw ExitFailure("\(fault)")
  }
}
