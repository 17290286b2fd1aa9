public import Domain
internal import HTTPTypes
internal import JSON

/// Brings in whole histories: each line is a case and the ordered acts on it, judged as if each agency had posted its
/// own. Used by `POST /v1/imports` and by `netral demo`.
public struct Importer: Sendable {
  /// The agency that imports, and its key.
  public struct Origin: Sendable {
    public var agency: AgencyCode
    public var keyID: String

    /// Makes an origin.
    public init(agency: AgencyCode, keyID: String) {
      self.agency = agency
      self.keyID = keyID
    }
  }

  /// What became of a line.
  public enum Outcome: Sendable {
    case created(CaseID)
    /// Nil when the importing agency may not know whom the case is about.
    case duplicate(CaseID?)
    case invalid(Failure)
  }

  let origin: Origin
  let now: Timestamp
  let reference: Reference
  let random: @Sendable () -> UInt64

  /// Makes an importer.
  public init(
    origin: Origin, now: Timestamp, reference: Reference,
    random: @escaping @Sendable () -> UInt64 = { .random(in: .min ... .max) }
  ) {
    self.origin = origin
    self.now = now
    self.reference = reference
    self.random = random
  }

  /// Imports some lines in one write; a broken line never stops the others.
  public func run(_ lines: [[UInt8]], dryRun: Bool, into store: any Store) async throws -> [Outcome] {
    let parsed = lines.map { line in Result { () throws(Failure) in try ImportLine(line) } }
    return try await store.write(by: .agency(origin.agency), dryRun: dryRun) { transaction in
      try parsed.map { line in
        do {
          return try transaction.savepoint { try bring(line.get(), into: transaction) }
        } catch let failure as Failure {
          return .invalid(failure)
        }
      }
    }
  }

  private func bring(_ line: ImportLine, into transaction: any CaseWrites) throws -> Outcome {
    let today = LegalDate(inJakarta: now)
    func context(_ agency: AgencyCode) -> Lifecycle.Context {
      let importedBy = agency == origin.agency ? nil : origin.agency
      return Lifecycle.Context(
        actor: Actor(agency: agency, importedBy: importedBy, keyID: origin.keyID), reference: reference, today: today)
    }
    let facts = try line.at("/case") { () throws(Failure) in try reference.facts(from: line.draft, today: today) }
    if let existing = try transaction.existingReport(facts) {
      // The line names a person: which case is about that person is told only where the subject is open.
      let isOpen = Visibility.projection(of: existing, for: origin.agency)?.contains(.subject) ?? false
      return .duplicate(isOpen ? existing.id : nil)
    }
    let reporting = context(facts.source.agency)
    let progress = try line.at("/case") { () throws(Failure) in try Lifecycle.open(facts, onBehalfOf: nil, reporting) }
    let event = EventDraft(
      what: "created", actor: reporting.actor, occurredOn: facts.source.receivedOn)
    var record = try transaction.create(CaseID(at: now, random: (random(), random())), facts, progress, event)
    for (index, step) in line.actions.enumerated() {
      do {
        guard reference.agencies[step.agency.rawValue] != nil else { throw Failure.invalid("/agency", .unknownCode) }
        // As if the agency had posted it: what it cannot see it cannot act on.
        _ = try SeenCase(record, for: step.agency)
        record = try ActionRoutes.take(step.action, on: record, context(step.agency), transaction)
      } catch let failure as Failure {
        throw failure.pointing(into: "/actions/\(index)")
      }
    }
    return .created(record.id)
  }
}

/// A line of an import, decoded.
struct ImportLine: Sendable {
  let draft: CaseDraft
  let actions: [(agency: AgencyCode, action: Action)]

  /// - Throws: `malformed_json`, or `invalid` with every wrong field.
  init(_ bytes: [UInt8]) throws(Failure) {
    let body = try ObjectReader(try Exchange.parse(bytes))
    let reader = body.object("case", required: true)
    let steps = body.objects("actions", countMax: 100)
    body.finish()
    var actions: [(AgencyCode, Action)] = []
    for step in steps {
      let agency = step.text("agency", max: 20, required: true)
      guard let kind = step.code("action", ActionKind.self, required: true) else { continue }
      if let action = ActionBody.action(kind, step), let agency {
        actions.append((AgencyCode(rawValue: agency), action))
      }
    }
    // The reporting agency must be named: an import speaks for all of them.
    guard let reader else { throw .invalid(body.errors.all) }
    let draft = CaseBody.draft(reader, reportedBy: AgencyCode(rawValue: ""))
    reader.finish()
    try body.errors.check()
    if draft.source.agency.rawValue.isEmpty { throw .invalid("/case/source/agency", .required) }
    self.draft = draft
    self.actions = actions
  }

  func at<Value>(_ pointer: String, _ body: () throws(Failure) -> Value) throws(Failure) -> Value {
    do throws(Failure) {
      return try body()
    } catch {
      throw error.pointing(into: pointer)
    }
  }
}

extension Failure {
  /// The same failure with pointers that begin at `prefix`.
  func pointing(into prefix: String) -> Failure {
    var failure = self
    failure.errors = errors.map { error in
      error.pointer.map { FieldError(pointer: prefix + $0, error.code, error.detail) } ?? error
    }
    return failure
  }
}
