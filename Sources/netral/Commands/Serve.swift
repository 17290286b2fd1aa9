internal import ArgumentParser
internal import Domain
internal import Foundation
internal import HTTPServer
internal import Logging
internal import Service
internal import ServiceLifecycle
internal import Storage
internal import UnixSignals
internal import Web

/// `netral serve`
struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Serves the database over HTTP until it is told to stop.")

  @OptionGroup var options: ServingOptions
  @Flag(help: "Starts although the clock is more than ten minutes behind the newest event.")
  var acceptClock = false

  func run() async throws {
    // The reader of the log may go away; that is no reason to end.
    signal(SIGPIPE, SIG_IGN)
    let config = try Config(options)
    let (logLevel, logFormat) = (config.logLevel, config.logFormat)
    LoggingSystem.bootstrap { LineLog(label: $0, logLevel: logLevel, format: logFormat) }
    let logger = Logger(label: "netral")
    do {
      try await serve(config, logger)
    } catch  where logFormat == .json {
      // Who reads the log as JSON is to find the last line so, too.
      logger.critical("the service cannot run", metadata: ["reason": "\(error)"])
      LineLog.flush()
      throw Self.exitCode(for: error)
    }
  }

  private func serve(_ config: Config, _ logger: Logger) async throws {
    let store = try openStore(config)
    let api = Wiring.api(config, store, logger)
    let server = Wiring.server(config, api)
    api.watch(server)
    let service = ServingService(
      server: server, api: api, store: store, config: config, acceptsClock: acceptClock, logger: logger)
    let group = ServiceGroup(
      services: [service], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    try await group.run()
  }
}

/// Serves until the process is told to stop; then finishes what runs and folds the log into the file.
///
/// It listens only once it runs, when the group has seen to the signals: before that they would end the process at once.
private struct ServingService: Service {
  let server: Server
  let api: API
  let store: SQLiteStore
  let config: Config
  let acceptsClock: Bool
  let logger: Logger

  func run() async throws {
    do {
      if !acceptsClock { try await waitForClock() }
      try await api.prepare()
      try server.start()
      try printLines(["netral serves \(config.database) at \(address)"])
    } catch {
      await server.shutdown()
      try store.close()
      // Told to stop while it waited.
      if error is CancellationError { return }
      if error is StartFailure { throw ExitFailure("\(error)") }
      throw error
    }
    logger.notice("started", metadata: ["version": "\(netralVersion)", "address": "\(address)"])
    api.resumeWork()
    readStatisticsAhead()
    try await gracefulShutdown()
    await api.stopWork()
    store.stopWaiting()
    await server.shutdown()
    try store.close()
    logger.notice("stopped")
    LineLog.flush()
  }
}

extension ServingService {
  /// Waits while the clock is a little behind the newest event, as after a start before the network has told the time.
  ///
  /// - Throws: `ValidationError`, which ends the program with 64, when it is further behind: acts would be judged by a
  ///   wrong day. `CancellationError` when it is told to stop.
  private func waitForClock() async throws {
    let newest = try store.read(on: 0) { try $0.lastRecordedAt() }
    var hasTold = false
    while true {
      let now = config.store.now()
      let behind = newest.milliseconds - now.milliseconds
      if behind <= 0 { return }
      guard behind <= Self.clockWaitMilliseconds else {
        throw ValidationError(
          "the clock says \(now), and the newest event is of \(newest): set the clock, or start with --accept-clock")
      }
      if !hasTold {
        logger.notice(
          "waits for the clock, which is behind the newest event",
          metadata: ["now": "\(now)", "newest_event": "\(newest)"])
      }
      hasTold = true
      // In steps: the clock may be set meanwhile.
      try await cancelWhenGracefulShutdown { try await Task.sleep(for: .milliseconds(min(behind, 500))) }
    }
  }

  /// Ten minutes: a machine that starts has its time by then, and nobody has to be called at night.
  private static let clockWaitMilliseconds: Int64 = 600_000

  private var address: String {
    if SocketPath(host: config.host) != nil { return config.host }
    let host = config.host.contains(":") ? "[\(config.host)]" : config.host
    return "http://\(host):\(server.port)"
  }

  /// Reads the states of all cases, for which the first question would have to wait: 60 bytes a version and case, which
  /// they would take sooner or later.
  private func readStatisticsAhead() {
    Task {
      do {
        try await store.readStates(for: .operator) { _, _ in }
      } catch {
        // Whoever asks tries again, and is told.
        logger.debug("statistics are not read ahead", metadata: ["error_type": "\(type(of: error))"])
      }
    }
  }
}

/// How the parts are put together.
enum Wiring {
  static func api(_ config: Config, _ store: SQLiteStore, _ logger: Logger) -> API {
    var settings = APISettings(now: config.store.now)
    settings.requestsPerAgencyMax = config.limits.requestsInFlightMax / 2
    settings.streamsMax = config.streamsMax
    settings.figuresPerAgencyPerDay = config.figuresPerAgencyPerDay
    settings.retentionNoticeDays = config.retentionNoticeDays
    settings.evidence = config.evidence
    settings.scanner = config.clamd.map { ClamdScanner(socket: $0) }
    settings.publicRequestsPerMinute = config.publicRequestsPerMinute
    settings.failedKeysPerMinute = config.failedKeysPerMinute
    settings.requestsPerKeyPerSecond = config.requestsPerKeyPerSecond
    settings.costPerAgencyPerHour = config.costPerAgencyPerHour
    settings.trustedProxies = config.trustedProxies
    settings.pathPrefix = config.pathPrefix ?? ""
    settings.opensMetricsLocally = config.opensMetricsLocally
    settings.diskFreeBytesMin = config.diskFreeBytesMin
    return API(store: store, settings: settings, logger: logger)
  }

  static func server(_ config: Config, _ api: API) -> Server {
    let configuration = Server.Configuration(
      host: config.host, port: config.port, loopCount: config.loops, limits: config.limits)
    return Server(
      configuration: configuration, faultResponse: { api.respond(to: $0) }, handler: { await api.respond(to: $0) })
  }
}

/// A failure that ends the program with one line and exit status 1.
struct ExitFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// Prints lines at once. What is not written must not pass for written: it may be a key that is shown only once.
///
/// - Throws: `ExitFailure`.
func printLines(_ lines: [String]) throws {
  do {
    try FileHandle.standardOutput.write(contentsOf: Data(lines.map { $0 + "\n" }.joined().utf8))
  } catch {
    throw ExitFailure("standard output cannot be written")
  }
}

/// Opens the store for writing.
///
/// - Throws: `ExitFailure` with one line that says what is wrong, and what to use while a server runs.
func openStore(_ config: Config, instead: String? = nil) throws -> SQLiteStore {
  do {
    let store = try SQLiteStore(path: config.database, readerCount: config.loops, settings: config.store)
    if store.wasSealed {
      FileHandle.standardError.write(
        Data(
          """
          \(config.database): names and numbers of people are sealed now, by the keys in \(config.database).keys. The copy \
          that was set aside before, \(config.database).before-migration, is deleted. Earlier backups and replicas of \
          agencies still hold them in clear: delete those backups when there is a new one.\n
          """.utf8))
    }
    return store
  } catch let failure as OpenFailure {
    if case .locked = failure, let instead {
      throw ExitFailure("\(failure); while the server runs, use \(instead)")
    }
    throw ExitFailure("\(failure)")
  } catch {
    throw ExitFailure("\(config.database): cannot be opened: \(error)")
  }
}
