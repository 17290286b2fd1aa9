internal import Domain
internal import Foundation
internal import Service
internal import TestSupport
internal import Testing

/// A kind of store that must keep the contract.
struct StoreFactory: Sendable, CustomTestStringConvertible {
  /// A store that was opened, and how it is closed.
  struct Opened {
    let store: any Store
    let close: () throws -> Void
  }

  let testDescription: String
  /// Opens a new store in an empty folder, by a clock and with two readers.
  let open: @Sendable (_ folder: String, _ now: @escaping @Sendable () -> Timestamp) throws -> Opened

  /// Runs `body` with a new store that vanishes with the test.
  func run(_ body: (Bench) async throws -> Void) async throws {
    let folder = NSTemporaryDirectory() + "netral-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let clock = TestClock("2025-01-31T02:00:00Z")
    let opened = try open(folder, { clock.now })
    do {
      try await body(Bench(store: opened.store, clock: clock))
      try opened.close()
    } catch {
      try opened.close()
      throw error
    }
  }
}

/// A store under test, and the agencies' acts on it.
struct Bench: Sendable {
  let store: any Store
  let clock: TestClock

  func read<Value>(_ question: (any CaseReads) throws -> Value) throws -> Value { try store.read(on: 0, question) }

  func write<Value: Sendable>(
    dryRun: Bool = false, _ change: @escaping @Sendable (any CaseWrites) throws -> Value
  ) async throws -> Value {
    try await store.write(by: .operator, dryRun: dryRun, change)
  }

  func context(_ agency: AgencyCode = .bawaslu) -> Lifecycle.Context {
    Lifecycle.Context(
      actor: Actor(agency: agency, importedBy: nil, keyID: "testtesttest"), reference: store.reference,
      today: Sample.date("2025-01-31"), isHistory: true)
  }

  /// Stores a new case.
  func report(_ number: Int, dryRun: Bool = false, _ change: (inout Facts) -> Void = { _ in }) async throws -> Case {
    let (facts, context) = (Sample.facts(number, change), context())
    return try await write(dryRun: dryRun) { write in
      let progress = try Lifecycle.open(facts, onBehalfOf: nil, context)
      return try write.create(Sample.caseID(number), facts, progress, EventDraft(what: .created, actor: context.actor))
    }
  }

  /// Leads a case one step on: BKN verifies it.
  func verify(_ record: Case) async throws -> Case {
    let context = context(.bkn)
    let step = Road(received: record.facts.source.receivedOn).steps(to: .verified)[0]
    return try await write { write in
      let changed = try Lifecycle.apply(step.action, to: record, context)
      return try write.update(record, to: changed, EventDraft(step.action, by: context.actor, changed: []))
    }
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
