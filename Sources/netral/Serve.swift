internal import API
internal import ArgumentParser
internal import Domain
internal import Foundation
internal import HTTPServer
internal import Logging
internal import ServiceLifecycle
internal import Storage
internal import UnixSignals

/// `netral serve`
struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Serves the database over HTTP until it is told to stop.")

  @OptionGroup var options: ServingOptions

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
      throw ExitCode.failure
    }
  }

  private func serve(_ config: Config, _ logger: Logger) async throws {
    let store = try openStore(config)
    let api = Wiring.api(config, store, logger)
    let server = Wiring.server(config, api)
    api.watch(server)
    let service = ServingService(
      server: server, api: api, store: store, config: config, logger: logger)
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
  let logger: Logger

  func run() async throws {
    do {
      try server.start()
      let host = config.host.contains(":") ? "[\(config.host)]" : config.host
      try printLines(["netral serves \(config.database) at http://\(host):\(server.port)"])
    } catch {
      await server.shutdown()
      try store.close()
      throw ExitFailure("\(error)")
    }
    logger.notice("started", metadata: ["version": "\(netralVersion)", "port": .stringConvertible(server.port)])
    api.resumeWork()
    if config.readsStatisticsAhead { readStatisticsAhead() }
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
  /// Reads the states of all cases, for which the first question would have to wait.
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
    settings.bodyBytesMax = config.limits.bodyBytesMax
    settings.decodedBytesMax = config.limits.streamBytesMax
    settings.requestsPerAgencyMax = config.limits.requestsInFlightMax / 2
    settings.streamsMax = config.streamsMax
    settings.streamsPerAgencyMax = config.streamsPerAgencyMax
    settings.renderedBytesMax = config.renderedBytesMax
    settings.figuresPerAgencyPerDay = config.figuresPerAgencyPerDay
    settings.publicRequestsPerMinute = config.publicRequestsPerMinute
    settings.failedKeysPerMinute = config.failedKeysPerMinute
    settings.requestsPerKeyPerSecond = config.requestsPerKeyPerSecond
    settings.costPerAgencyPerHour = config.costPerAgencyPerHour
    settings.trustedProxies = config.trustedProxies
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
    return try SQLiteStore(path: config.database, readerCount: config.loops, settings: config.store)
  } catch let failure as OpenFailure {
    if case .locked = failure, let instead {
      throw ExitFailure("\(failure); while the server runs, use \(instead)")
    }
    throw ExitFailure("\(failure)")
  } catch {
    throw ExitFailure("\(config.database): cannot be opened: \(error)")
  }
}
