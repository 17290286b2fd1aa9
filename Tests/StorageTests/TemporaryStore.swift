internal import Domain
internal import Service
internal import Storage
internal import Synchronization
internal import TestSupport
internal import Testing

/// Shorthand for a date.
func date(_ text: String) -> LegalDate { Sample.date(text) }

/// Shorthand for an instant.
func instant(_ text: String) -> Timestamp { Sample.instant(text) }

/// A clock that stands still until it is set.
final class FixedClock: Sendable {
  private let value = Mutex(Sample.instant("2025-01-31T02:00:00Z"))

  var now: Timestamp { value.withLock { $0 } }

  /// Moves the clock forward.
  func advance(seconds: Int64) { value.withLock { $0 = $0.adding(seconds: seconds) } }
}

/// A store in a real file, and the agencies' acts on it.
struct TemporaryStore: Sendable {
  static let actor = Actor(agency: .bawaslu, importedBy: nil, keyID: "testtesttest")

  let path: String
  let store: SQLiteStore
  let clock: FixedClock

  /// Opens a new store for the duration of `body` and closes it.
  static func open<Value>(
    _ settings: StoreSettings = StoreSettings(), _ body: (TemporaryStore) async throws -> Value
  ) async throws -> Value {
    try await withFolder { folder in
      let clock = FixedClock()
      var settings = settings
      settings.now = { clock.now }
      let path = folder + "/netral.sqlite"
      let store = try SQLiteStore(path: path, readerCount: 2, settings: settings)
      do {
        let value = try await body(TemporaryStore(path: path, store: store, clock: clock))
        try store.close()
        return value
      } catch {
        try store.close()
        throw error
      }
    }
  }

  /// A key of BKN.
  static func key(_ id: String) -> AccessKey {
    AccessKey(
      id: id, owner: .agency(.bkn), label: "Uji", scopes: [.casesRead], createdAt: instant("2025-01-01T00:00:00Z"),
      expiresAt: nil, revokedAt: nil, networks: [], secretDigest: Array(repeating: 9, count: 32))
  }

  func context(_ agency: AgencyCode) -> Lifecycle.Context {
    Lifecycle.Context(
      // KASN has ended: its successor brings in what it did.
      actor: Actor(agency: agency, importedBy: agency == .kasn ? .bkn : nil, keyID: "testtesttest"),
      reference: store.reference, today: date("2025-06-30"), isHistory: true)
  }

  /// Stores a new case as its agency reports it.
  func report(_ number: Int, dryRun: Bool = false, _ facts: Facts) async throws -> Case {
    let context = context(facts.source.agency)
    return try await store.write(by: .operator, dryRun: dryRun) { write in
      let progress = try Lifecycle.open(facts, onBehalfOf: nil, context)
      let event = EventDraft(what: .created, actor: context.actor)
      return try write.create(Sample.caseID(number), facts, progress, event)
    }
  }

  /// Applies one step to a stored case.
  func take(_ step: Road.Step, _ id: CaseID) async throws -> Case {
    let context = context(step.agency)
    return try await store.write(by: .operator, dryRun: false) { write in
      let record = try #require(try write.caseRecord(id))
      let changed = try Lifecycle.apply(step.action, to: record, context)
      let names = Facts.changes(from: record.facts, to: changed.facts)
      let event = EventDraft(step.action, by: context.actor, changed: names)
      return try write.update(record, to: changed, event)
    }
  }

  /// Stores a new case and leads it to `stage`.
  func report(_ number: Int, at stage: Stage, blocked: Bool = false, _ facts: Facts) async throws -> Case {
    var record = try await report(number, facts)
    let road = Road(received: facts.source.receivedOn, owner: facts.source.agency)
    for step in road.steps(to: stage, blocked: blocked) { record = try await take(step, record.id) }
    return record
  }

  /// Corrects facts as BKN.
  func correct(_ id: CaseID, _ change: @escaping @Sendable (inout Facts) -> Void) async throws -> Case {
    let context = context(.bkn)
    return try await store.write(by: .operator, dryRun: false) { write in
      let record = try #require(try write.caseRecord(id))
      var facts = record.facts
      change(&facts)
      let corrected = try Lifecycle.correct(record, to: facts, context, movesReceipt: true)
      let names = Facts.changes(from: record.facts, to: facts)
      let event = EventDraft(what: .correction, actor: context.actor, changed: names)
      return try write.update(record, to: corrected, event)
    }
  }

  /// Asks one question.
  func read<Value>(_ question: (any CaseReads) throws -> Value) throws -> Value { try store.read(on: 0, question) }

  /// The case as it is now.
  func record(_ id: CaseID) throws -> Case? { try read { try $0.caseRecord(id) } }

  /// The case as a version recorded it.
  func record(_ id: CaseID, version: Int) throws -> Case? { try read { try $0.caseRecord(id, version: version) } }

  /// The case as it was recorded by an instant.
  func record(_ id: CaseID, recordedBy instant: Timestamp) throws -> Case? {
    try read { try $0.caseRecord(id, recordedBy: instant) }
  }

  /// The case as its acts had moved it by a day.
  func record(_ id: CaseID, effectiveOn date: LegalDate) throws -> Case? {
    try read { try $0.caseRecord(id, effectiveOn: date) }
  }

  /// Every case `query` finds, page by page.
  func all(_ query: CaseQuery) throws -> [CaseStub] {
    var query = query
    var found: [CaseStub] = []
    while true {
      let page = try store.read(on: 0) { try $0.cases(query) }
      found += page.items
      guard let next = page.next else { return found }
      query.after = next
    }
  }

  /// A question of `caller` on a fixed day.
  func query(_ caller: AgencyCode = .bkn, _ change: (inout CaseQuery) -> Void = { _ in }) -> CaseQuery {
    var query = CaseQuery(caller: caller, today: date("2025-01-31"))
    change(&query)
    return query
  }
}

/// The code of the refusal that `body` meets; nil when it meets none or fails otherwise.
func refusal<Value>(_ body: () async throws -> Value) async -> FailureCode? {
  do {
    _ = try await body()
    return nil
  } catch {
    return (error as? Failure)?.code
  }
}
