internal import ArgumentParser
internal import Domain
internal import HTTPServer
internal import Logging
internal import Storage
internal import Web

/// Settings, read and checked once before anything opens. Flags win over the environment, the environment over the file,
/// the file over the defaults, which stand here. What each may be says `Setting.all`.
struct Config: Sendable {
  /// Path of the file; its folder must exist.
  var database = "./netral.sqlite"
  /// Where to listen: an address, or `unix:` and a path.
  var host = "127.0.0.1"
  /// Where to listen; 0 takes any free port.
  var port: UInt16 = 8_080
  /// Event loops, each with a reader of its own. Default one per core.
  var loops = Server.Configuration.coreCount
  var logLevel = Logger.Level.info
  var logFormat = LineLog.Format.text
  /// Least free space with which the service is ready. Default 256 MiB: four times what the write-ahead log may keep.
  var diskFreeBytesMin = 256 << 20
  /// What a proxy puts before every path; nil: nothing.
  var pathPrefix: String?
  /// Whose `Forwarded` field is believed.
  var trustedProxies: [Network] = []
  /// Whether metrics need no key from this machine itself.
  var opensMetricsLocally = true
  /// Exports, imports and reconciliations at the same time.
  var streamsMax = 16
  /// Questions without a key, by address.
  var publicRequestsPerMinute = 60
  /// New figures, which are stored for ever.
  var figuresPerAgencyPerDay = 5_000
  var retentionNoticeDays = 30
  /// Files of evidence.
  var evidence = EvidenceLimits()
  /// The socket of the scanner; nil: files are not scanned.
  var clamd: String?
  /// Requests with a key that is not valid, by address and by the key they name.
  var failedKeysPerMinute = 30
  /// Requests with one key; 0 is any number.
  var requestsPerKeyPerSecond = 0
  /// Units of long work: a stream takes 10, a statistic that must be counted 1.
  var costPerAgencyPerHour = 36_000
  var limits = Limits()
  var store = StoreSettings()

  /// The defaults.
  init() {}

  /// Reads flags, environment and file.
  ///
  /// - Throws: `ValidationError` naming the first setting that is wrong, and how many more are.
  init(_ options: ServingOptions) throws { try self.init(options.reading) }

  /// Reads flags, environment and file, for a command that does not listen.
  ///
  /// - Throws: as above.
  init(_ options: DatabaseOptions) throws {
    try self.init(ConfigReading(flags: options.flags, file: options.config))
  }

  /// Takes over what was read.
  ///
  /// - Throws: as above.
  init(_ reading: ConfigReading) throws {
    guard let first = reading.problems.first else {
      self = reading.config
      return
    }
    let more = reading.problems.count - 1
    throw ValidationError(first + (more == 0 ? "" : " (and \(more) more: netral config check names them)"))
  }
}

/// The options every subcommand has.
struct DatabaseOptions: ParsableArguments {
  @Option(help: "The database file (NETRAL_DATABASE; default ./netral.sqlite).")
  var database: String?
  @Option(help: "A JSON file of settings (NETRAL_CONFIG; default none).")
  var config: String?

  /// The flags that set something, by the name of the setting.
  var flags: [String: ConfigReading.Flag] {
    ConfigReading.Flag("--database", database).map { ["database": $0] } ?? [:]
  }
}

/// The options of `netral serve`, and of whoever asks what they would come to.
struct ServingOptions: ParsableArguments {
  @OptionGroup var database: DatabaseOptions
  @Option(help: "The address to listen on, or unix:/PATH for a socket (NETRAL_HOST; default 127.0.0.1).")
  var host: String?
  @Option(help: "The port to listen on (NETRAL_PORT; default 8080; 0 takes any free one).")
  var port: Int?

  var reading: ConfigReading {
    var flags = database.flags
    flags["host"] = ConfigReading.Flag("--host", host)
    flags["port"] = ConfigReading.Flag("--port", port)
    return ConfigReading(flags: flags, file: database.config)
  }
}
