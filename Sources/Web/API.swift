public import HTTPServer
internal import HTTPTypes
public import Logging
public import Service

/// The HTTP interface: takes a request through the pipeline and answers it.
public final class API: Sendable {
  let services: Services
  private let pipeline: Pipeline

  /// The interface over a store.
  public init(store: any Store, settings: APISettings, logger: Logger) {
    let router = Router(Routes.all + AppRoutes.all)
    let lines = router.routes.map { RequestTally.Line(method: $0.method.rawValue, template: $0.template) }
    services = Services(
      store, settings, Self.documentation(of: store, at: settings.pathPrefix),
      Metrics(lines, loops: store.readerCount), interface: Router(Routes.all), logger)
    let site = Site(
      settings, keys: KeyCheck(store: store, settings), signingSecret: store.signingSecret)
    pipeline = Pipeline(settings, site, services, router, readerCount: store.readerCount, logger)
  }

  private static func documentation(of store: any Store, at prefix: String) -> Documentation {
    func openAPI(_ document: OpenAPIDocument) -> @Sendable (Caller?) -> [UInt8] {
      let whole = document.whole(at: prefix)
      return { caller in caller.map { document.json(for: $0, at: prefix, store.reference) } ?? whole }
    }
    return Documentation(
      page: DocumentationPages.page(at:), openAPI: openAPI(.current), openAPI30: openAPI(.earlier))
  }

  /// Names the server that takes the requests, for metrics: it is made after this interface, which answers them.
  public func watch(_ server: Server) { services.metrics.watch(server) }

  /// Does what must be done before anybody is served: erases what an older copy of the file has brought back.
  public func prepare() async throws { try await services.retentionRun.prepare() }

  /// Takes up what an earlier process has left, clocks that a change of rules or holidays moves, and makes public releases
  /// as they come due.
  public func resumeWork() {
    services.derivation.resume()
    services.releaseMaker.resume()
    services.retentionRun.resume()
    services.scanRun.resume()
    services.deliveries.resume()
  }

  /// Lets no further piece of such work begin; the next start goes on.
  public func stopWork() async {
    await services.derivation.stop()
    await services.releaseMaker.stop()
    await services.retentionRun.stop()
    await services.scanRun.stop()
    await services.deliveries.stop()
  }

  /// Answers one request; never throws.
  public func respond(to request: Request) async -> Response { await pipeline.respond(to: request) }

  /// The answer to what the server itself refuses.
  public func respond(to fault: ServerFault) -> Response { pipeline.respond(to: fault) }
}
