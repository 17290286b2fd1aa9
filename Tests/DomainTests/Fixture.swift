internal import Domain
internal import Foundation
internal import JSON
internal import Storage
internal import TestSupport

/// Shorthand for a date.
func date(_ text: String) -> LegalDate { Sample.date(text) }

/// The refusal that `body` meets; nil when it meets none or fails otherwise.
func refusal<Value>(_ body: () throws -> Value) -> Failure? {
  do {
    _ = try body()
    return nil
  } catch {
    return error as? Failure
  }
}

extension Failure {
  /// Pointer and code of each error, as text.
  var places: [String] { errors.map { "\($0.pointer ?? $0.parameter ?? "-") \($0.code.rawValue)" } }
}

enum Fixture {
  static let today = date("2025-06-30")
  /// Received while KASN existed; the whole road lies before its end.
  static let receivedUnderKASN = date("2024-07-06")
  /// Received after BKN has taken over.
  static let receivedUnderBKN = date("2024-10-06")

  /// The reference data of a new database.
  static let reference: Reference = {
    let folder = NSTemporaryDirectory() + "netral-\(UUID().uuidString)"
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let store = try SQLiteStore(path: folder + "/netral.sqlite", readerCount: 1)
      let reference = store.reference
      try store.close()
      try FileManager.default.removeItem(atPath: folder)
      return reference
    } catch {
      preconditionFailure("a new database opens: \(error)")
    }
  }()

  /// Acts of the tests lie back, as those of an import do; KASN has ended, and its successor brings them in.
  static func context(
    _ agency: AgencyCode, today: LegalDate = today, _ reference: Reference = reference, isHistory: Bool = true
  ) -> Lifecycle.Context {
    Lifecycle.Context(
      actor: Actor(agency: agency, importedBy: agency == .kasn ? .bkn : nil, keyID: "testtesttest"),
      reference: reference, today: today,
      isHistory: isHistory)
  }

  /// A case that has just come in.
  static func newCase(_ facts: Facts = Sample.facts()) throws -> Case {
    let progress = try Lifecycle.open(facts, onBehalfOf: nil, context(facts.source.agency))
    let instant = Sample.instant("2025-06-30T03:00:00Z")
    return Case(
      id: Sample.caseID(1), number: "2024-000001", version: 1, seq: 1, facts: facts, progress: progress,
      createdAt: instant, updatedAt: instant)
  }

  /// A case that has gone the road to `stage`.
  static func record(
    at stage: Stage, blocked: Bool = false, received: LegalDate = receivedUnderBKN,
    _ change: (inout Facts) -> Void = { _ in }
  ) throws -> Case {
    let facts = Sample.facts {
      $0.source.receivedOn = received
      $0.act.occurredOn = received.adding(days: -4)
      change(&$0)
    }
    var record = try newCase(facts)
    for step in Road(received: received, owner: facts.source.agency).steps(to: stage, blocked: blocked) {
      record = try apply(step, to: record)
    }
    return record
  }

  static func apply(_ step: Road.Step, to record: Case) throws -> Case {
    try Lifecycle.apply(step.action, to: record, context(step.agency))
  }

  static func act(
    _ content: Action.Content, by agency: AgencyCode, on day: String, behalf: AgencyCode? = nil, _ record: Case,
    today: LegalDate = today, _ reference: Reference = reference
  ) throws -> Case {
    let action = Action(occurredOn: date(day), onBehalfOf: behalf, note: nil, content: content, said: [])
    return try Lifecycle.apply(action, to: record, context(agency, today: today, reference))
  }

  /// A row of reference data from its JSON.
  static func row(_ kind: ReferenceKind, _ json: String) throws -> ReferenceEntry {
    let row = ReferenceEntry(kind: kind, row: try JSONValue.parse(Array(json.utf8)))
    guard let row else { throw Failure.invalid([]) }
    return row
  }
}
