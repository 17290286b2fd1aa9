internal import Dispatch
internal import Domain
internal import Foundation
internal import HTTPServer
internal import JSON
internal import Logging
internal import Service
internal import Storage
internal import Synchronization
internal import TestSupport
internal import Web

let agencies: [AgencyCode] = [.bawaslu, .bkn, .kasn, .kemendagri, .panrb]

/// A thread of its own for a test that blocks, so that it takes none from the tasks it waits for.
final class OwnThread: TaskExecutor {
  private let queue = DispatchQueue(label: "blocking test")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

/// The whole service on a free port over a database in a folder of its own, with a clock that stands.
final class Service: Sendable {
  let clock: TestClock
  let folder: URL
  let tokens: [String: String]
  let log = LogBook()
  private let settings: Settings
  /// What keys are made of: not the numbers that the service itself draws.
  private let keyRandom: TestRandom
  private let running: Mutex<(store: SQLiteStore, api: API, server: Server)>

  var store: SQLiteStore { running.withLock { $0.store } }
  var api: API { running.withLock { $0.api } }
  var server: Server { running.withLock { $0.server } }

  /// The name under which `tokens` keeps the operator's key; agencies are kept under their codes.
  static let operatorName = "OPERATOR"

  /// What a service is told, kept so that it can be started again.
  private struct Settings {
    var api: APISettings
    var limits = Limits()
    var store = StoreSettings()
  }

  /// - Parameter packed: the gzipped file that it is to open a copy of; nil for a new one.
  init(
    clock: TestClock = TestClock(), copyOf packed: URL? = nil, _ change: (inout APISettings) -> Void = { _ in },
    server changeLimits: (inout Limits) -> Void = { _ in }, store changeStore: (inout StoreSettings) -> Void = { _ in }
  ) async throws {
    self.clock = clock
    // The file may have been made by one of these, and has its keys.
    keyRandom = TestRandom(seed: packed == nil ? 2 : 3)
    folder = FileManager.default.temporaryDirectory.appending(path: "netral-api-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    if let packed {
      let file = folder.appending(path: Self.fileName)
      _ = try Shell.output("gunzip -c '\(packed.path)' > '\(file.path)' && chmod 600 '\(file.path)'")
    }
    var settings = Settings(api: APISettings(now: { clock.now }))
    let random = TestRandom()
    settings.api.random = { random.next() }
    settings.store.now = { clock.now }
    change(&settings.api)
    // A busy machine must not make a test's own client late.
    settings.limits.headTimeout = .seconds(300)
    settings.limits.bodyGrace = .seconds(300)
    settings.limits.idleTimeout = .seconds(900)
    changeLimits(&settings.limits)
    changeStore(&settings.store)
    self.settings = settings
    let (store, api, server) = try await Self.start(folder, settings, log)
    running = Mutex((store, api, server))
    var owners: [(name: String, owner: KeyOwner)] = agencies.map { ($0.rawValue, .agency($0)) }
    owners.append((Self.operatorName, .operator))
    let made = owners.map { [keyRandom] name, owner in
      let scopes = Set(Scope.allCases.filter { ($0 == .admin) == (owner == .operator) })
      return (name: name, made: Self.make(owner, scopes, clock, keyRandom))
    }
    // Together, because the reference data are read anew after a write of keys.
    try await store.write(by: .operator, dryRun: false) { write in
      for (_, made) in made { try write.insert(made.key, by: "test") }
    }
    tokens = Dictionary(uniqueKeysWithValues: made.map { ($0.name, $0.made.text) })
  }

  /// One over a copy of a file of an earlier day, that refuses nothing for its number, and has derived all clocks.
  convenience init(copyOf packed: URL, at time: String) async throws {
    try await self.init(clock: TestClock(time), copyOf: packed) { settings in
      settings.publicRequestsPerMinute = 1_000_000_000
      settings.figuresPerAgencyPerDay = 1_000_000_000
      settings.costPerAgencyPerHour = 1_000_000_000
    }
    while try await store.readLong(for: .operator, { try $0.clocksAreMarked() }) {
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  private static let fileName = "t.sqlite"
  /// The database.
  var file: URL { folder.appending(path: Self.fileName) }

  private static func start(_ folder: URL, _ settings: Settings, _ log: LogBook) async throws -> (
    SQLiteStore, API, Server
  ) {
    let path = folder.appending(path: fileName).path
    let store = try SQLiteStore(path: path, readerCount: 2, settings: settings.store)
    let api = API(store: store, settings: settings.api, logger: log.logger)
    let server = Server(
      configuration: .init(loopCount: 2, limits: settings.limits), faultResponse: { api.respond(to: $0) },
      handler: { await api.respond(to: $0) })
    api.watch(server)
    try await api.prepare()
    try server.start()
    api.resumeWork()
    return (store, api, server)
  }

  /// Ends it and starts it again over the same file, at another port.
  func reopen() async throws {
    await api.stopWork()
    store.stopWaiting()
    await server.shutdown()
    try store.close()
    let (store, api, server) = try await Self.start(folder, settings, log)
    running.withLock { $0 = (store, api, server) }
  }

  /// Puts a key into the store and returns its text.
  func token(
    _ owner: KeyOwner, _ scopes: Set<Scope>, networks: [String] = [], identities: [String] = [],
    expiresAt: Timestamp? = nil, revokedAt: Timestamp? = nil
  ) async throws -> String {
    let made = Self.make(owner, scopes, clock, keyRandom, networks, identities, expiresAt, revokedAt)
    try await store.write(by: .operator, dryRun: false) { try $0.insert(made.key, by: "test") }
    return made.text
  }

  private static func make(
    _ owner: KeyOwner, _ scopes: Set<Scope>, _ clock: TestClock, _ random: TestRandom, _ networks: [String] = [],
    _ identities: [String] = [], _ expiresAt: Timestamp? = nil, _ revokedAt: Timestamp? = nil
  ) -> (text: String, key: AccessKey) {
    let token = Token(random: { random.next() })
    let key = AccessKey(
      id: token.keyID, owner: owner, label: "test", scopes: scopes, createdAt: clock.now, expiresAt: expiresAt,
      revokedAt: revokedAt, networks: networks, identities: identities, secretDigest: token.digest)
    return (token.text, key)
  }

  func close() async throws {
    await api.stopWork()
    store.stopWaiting()
    await server.shutdown()
    try store.close()
    try FileManager.default.removeItem(at: folder)
  }
}

/// Runs `body` on a thread of its own against a service of its own, and closes that whatever happens.
func withService(
  _ change: (inout APISettings) -> Void = { _ in }, _ body: @escaping (Visitor) async throws -> Void,
  server: (inout Limits) -> Void = { _ in }, store: (inout StoreSettings) -> Void = { _ in }
) async throws {
  try await openServices.pass {
    let service = try await Service(change, server: server, store: store)
    do {
      try await withTaskExecutorPreference(OwnThread()) { try await body(Visitor(service)) }
    } catch {
      try await service.close()
      throw error
    }
    try await service.close()
  }
}

/// Services that are open at the same time: some forty files each.
private let openServices = Turnstile(100)

/// Asks a service on one connection that is kept as long as the server keeps it.
final class Visitor {
  let service: Service
  private var client: HTTPClient?
  private var keyCount = 0
  /// Whether it has ever asked for some members of items alone.
  private var hasChosen = false

  init(_ service: Service) { self.service = service }

  var clock: TestClock { service.clock }

  func newClient() throws -> HTTPClient { try HTTPClient(port: service.server.port) }

  /// Starts the service again over the same file.
  func reopen() async throws {
    client = nil
    try await service.reopen()
  }

  /// Asks with exactly these fields.
  func ask(_ method: String, _ target: String, _ fields: [(String, String)], _ body: String? = nil) throws
    -> HTTPAnswer
  {
    try ask(method, target, fields, bytes: body.map { Array($0.utf8) })
  }

  func ask(_ method: String, _ target: String, _ fields: [(String, String)], bytes: [UInt8]?) throws -> HTTPAnswer {
    let client = try client ?? newClient()
    self.client = client
    try client.send(method, target, fields, bytes)
    let answer = try client.answer(toHead: method == "HEAD")
    if client.isOver { self.client = nil }
    if !Contract.shared.isKnown, target != "/openapi.json" {
      Contract.shared.learn(try ask("GET", "/openapi.json", []).json)
    }
    let words = target + String(decoding: bytes ?? [], as: UTF8.self)
    // A cursor may carry what was chosen.
    hasChosen = hasChosen || words.contains("fields")
    Contract.shared.check(method, target, answer, isOfParts: hasChosen)
    return answer
  }

  /// Asks with a key given by its owner's name.
  func ask(
    as who: String, _ method: String, _ target: String, _ body: String? = nil, _ fields: [(String, String)] = []
  ) throws -> HTTPAnswer {
    var all = [("Authorization", "Bearer \(service.tokens[who] ?? who)")] + fields
    if body != nil, !fields.contains(where: { $0.0 == "Content-Type" }) {
      all.append(("Content-Type", "application/json"))
    }
    return try ask(method, target, all, body)
  }

  func ask(
    as who: AgencyCode, _ method: String, _ target: String, _ body: String? = nil, _ fields: [(String, String)] = []
  ) throws -> HTTPAnswer {
    try ask(as: who.rawValue, method, target, body, fields)
  }

  func get(_ target: String, as who: AgencyCode, _ fields: [(String, String)] = []) throws -> HTTPAnswer {
    try ask(as: who, "GET", target, nil, fields)
  }

  /// An idempotency key that was not used before.
  func freshKey() -> (String, String) {
    keyCount += 1
    return ("Idempotency-Key", "fresh-\(keyCount)")
  }

  /// Posts what creates, with a new idempotency key.
  func post(_ target: String, as who: AgencyCode, _ body: String, _ fields: [(String, String)] = []) throws
    -> HTTPAnswer
  {
    try ask(as: who, "POST", target, body, fields + [freshKey()])
  }

  /// Creates a case and returns its address.
  func makeCase(as who: AgencyCode = .bawaslu, _ changes: String = "{}", ref: String = "001/LP/CONTOH/2024") throws
    -> String
  {
    let answer = try post("/v1/cases", as: who, Sample.caseBody(changes, agencyRef: ref))
    guard answer.status == 201, let location = answer["location"] else { throw Unexpected(answer) }
    return location
  }

  func etag(_ path: String, as who: AgencyCode) throws -> String {
    let answer = try get(path, as: who)
    guard let etag = answer["etag"] else { throw Unexpected(answer) }
    return etag
  }

  /// Takes an action with the current entity tag.
  func act(_ action: String, on path: String, as who: AgencyCode, _ body: String, dryRun: Bool = false) throws
    -> HTTPAnswer
  {
    try ask(
      as: who, "POST", "\(path)/\(action)\(dryRun ? "?dry_run=true" : "")", body,
      [("If-Match", try etag(path, as: who))])
  }

  /// Takes an action that must succeed.
  func must(_ action: String, on path: String, as who: AgencyCode, _ body: String) throws {
    let answer = try act(action, on: path, as: who, body)
    guard answer.status == 201 else { throw Unexpected(answer) }
  }

  func patch(_ path: String, as who: AgencyCode, _ body: String) throws -> HTTPAnswer {
    try ask(as: who, "PATCH", path, body, [("If-Match", try etag(path, as: who))])
  }

  func importLines(_ lines: [String], as who: AgencyCode = .bawaslu, _ query: String = "") throws -> HTTPAnswer {
    try ask(
      as: who, "POST", "/v1/imports\(query)", lines.joined(separator: "\n"), [("Content-Type", "application/x-ndjson")])
  }
}

/// An answer that makes the rest of a test pointless.
struct Unexpected: Error, CustomStringConvertible {
  let answer: HTTPAnswer
  init(_ answer: HTTPAnswer) { self.answer = answer }
  var description: String { "\(answer.status) \(answer.text)" }
}
