internal import API
internal import ArgumentParser
internal import Configuration
internal import HTTPServer
internal import Logging
internal import Storage

/// Settings, read and checked once before anything opens.
struct Config {
  /// `NETRAL_DATABASE` (path, default `./netral.sqlite`): the file; its folder must exist.
  var database: String
  /// `NETRAL_HOST` (address, default `127.0.0.1`): where to listen.
  var host: String
  /// `NETRAL_PORT` (int, default 8080, 0...65535): where to listen; 0 takes any free port.
  var port: UInt16
  /// `NETRAL_LOOPS` (int, default one per core, 1...64): event loops, each with a reader of its own.
  var loops: Int
  /// `NETRAL_LOG_LEVEL` (trace, debug, info, notice, warning, error, critical; default info).
  var logLevel: Logger.Level
  /// `NETRAL_TRUSTED_PROXIES` (CIDR list separated by commas, default none): whose `Forwarded` field is believed.
  var trustedProxies: [Network]
  /// `NETRAL_STREAMS_MAX` (int, default 16, 1...1000): exports, imports and reconciliations at the same time.
  var streamsMax: Int
  /// `NETRAL_STREAMS_PER_AGENCY_MAX` (int, default 4, 1...1000): of them, those of one agency.
  var streamsPerAgencyMax: Int
  /// `NETRAL_RENDERED_BYTES_MAX` (int, default 16777216, 0...1073741824): memory for rendered cases.
  var renderedBytesMax: Int
  /// `NETRAL_PUBLIC_REQUESTS_PER_MINUTE` (int, default 60, 1...1000000): questions without a key, by address.
  var publicRequestsPerMinute: Int
  /// `NETRAL_STATISTICS_READ_AHEAD` (true or false, default true): read the states of all cases at the start, and not
  /// only when a statistic is asked for.
  var readsStatisticsAhead: Bool
  /// `NETRAL_FIGURES_PER_AGENCY_PER_DAY` (int, default 5000, 1...10000000): new figures, which are stored for ever.
  var figuresPerAgencyPerDay: Int
  var limits: Limits
  var store: StoreSettings

  /// Reads flags and environment.
  ///
  /// - Throws: `ValidationError` naming the setting.
  init(_ options: DatabaseOptions, host: String? = nil, port: Int? = nil) throws {
    let environment = ConfigReader(provider: EnvironmentVariablesProvider()).scoped(to: "netral")
    database = options.database ?? environment.string(forKey: "database") ?? "./netral.sqlite"
    self.host = host ?? environment.string(forKey: "host") ?? "127.0.0.1"
    let wanted = try port ?? Self.int(environment, "port", 8080, 0...65_535)
    guard let checked = UInt16(exactly: wanted) else { throw ValidationError("port: give a number in 0...65535") }
    self.port = checked
    loops = try Self.int(environment, "loops", Server.Configuration.coreCount, 1...64)
    let level = environment.string(forKey: "log.level") ?? "info"
    guard let logLevel = Logger.Level(rawValue: level) else {
      throw ValidationError("NETRAL_LOG_LEVEL: '\(level)' is no level")
    }
    self.logLevel = logLevel
    trustedProxies = try (environment.string(forKey: "trusted.proxies") ?? "").split(separator: ",").map { text in
      guard let network = Network(String(text)) else {
        throw ValidationError("NETRAL_TRUSTED_PROXIES: '\(text)' is no CIDR block")
      }
      return network
    }
    publicRequestsPerMinute = try Self.int(environment, "public.requests.per.minute", 60, 1...1_000_000)
    readsStatisticsAhead = try Self.flag(environment, "statistics.read.ahead", true)
    figuresPerAgencyPerDay = try Self.int(environment, "figures.per.agency.per.day", 5_000, 1...10_000_000)
    renderedBytesMax = try Self.int(environment, "rendered.bytes.max", 16 << 20, 0...1_073_741_824)
    streamsMax = try Self.int(environment, "streams.max", 16, 1...1_000)
    streamsPerAgencyMax = try Self.int(environment, "streams.per.agency.max", 4, 1...1_000)
    limits = try Self.limits(environment)
    store = try Self.store(environment)
  }

  private static func store(_ environment: ConfigReader) throws -> StoreSettings {
    var store = StoreSettings()
    store.queueMax = try int(environment, "write.queue.max", store.queueMax, 1...100_000)
    store.queuePerOwnerMax = try int(environment, "write.queue.per.agency.max", store.queuePerOwnerMax, 1...100_000)
    store.batchMax = try int(environment, "write.batch.max", store.batchMax, 1...10_000)
    store.readTimeout = .milliseconds(try int(environment, "read.timeout.ms", 5_000, 10...600_000))
    store.longReadTimeout = .milliseconds(try int(environment, "long.read.timeout.ms", 60_000, 10...3_600_000))
    store.laneThreads = try int(environment, "lane.threads", store.laneThreads, 1...64)
    store.waitersMax = try int(environment, "waiters.max", store.waitersMax, 1...1_000_000)
    store.pageCacheBytes = try int(environment, "page.cache.bytes", store.pageCacheBytes, 65_536...1_073_741_824)
    return store
  }

  private static func limits(_ environment: ConfigReader) throws -> Limits {
    var limits = Limits()
    limits.bodyBytesMax = try int(environment, "body.bytes.max", limits.bodyBytesMax, 1_024...67_108_864)
    limits.streamBytesMax = try int(environment, "stream.bytes.max", limits.streamBytesMax, 1_024...1_099_511_627_776)
    limits.connectionsMax = try int(environment, "connections.max", limits.connectionsMax, 1...1_000_000)
    limits.connectionsPerAddressMax = try int(
      environment, "connections.per.address.max", limits.connectionsPerAddressMax, 1...1_000_000)
    limits.requestsInFlightMax = try int(
      environment, "requests.in.flight.max", limits.requestsInFlightMax, 1...1_000_000)
    limits.headTimeout = .seconds(try int(environment, "head.timeout.seconds", 10, 1...600))
    limits.idleTimeout = .seconds(try int(environment, "idle.timeout.seconds", 60, 1...3_600))
    limits.writeTimeout = .seconds(try int(environment, "write.timeout.seconds", 30, 1...3_600))
    limits.shutdownDeadline = .seconds(try int(environment, "shutdown.deadline.seconds", 30, 1...600))
    return limits
  }

  /// A number of the environment; a malformed one is refused, never replaced by the default.
  private static func int(_ environment: ConfigReader, _ key: ConfigKey, _ standard: Int, _ range: ClosedRange<Int>)
    throws -> Int
  {
    guard let text = environment.string(forKey: key) else { return standard }
    guard let number = Int(text), range.contains(number) else {
      throw ValidationError("\(name(of: key)): give a number in \(range.lowerBound)...\(range.upperBound)")
    }
    return number
  }

  private static func flag(_ environment: ConfigReader, _ key: ConfigKey, _ standard: Bool) throws -> Bool {
    switch environment.string(forKey: key) {
    case nil: return standard
    case "true": return true
    case "false": return false
    default: throw ValidationError("\(name(of: key)): give true or false")
    }
  }

  private static func name(of key: ConfigKey) -> String {
    "NETRAL_" + key.components.joined(separator: "_").uppercased()
  }
}

/// The option every subcommand has.
struct DatabaseOptions: ParsableArguments {
  @Option(help: "The database file (NETRAL_DATABASE; default ./netral.sqlite).")
  var database: String?
}
