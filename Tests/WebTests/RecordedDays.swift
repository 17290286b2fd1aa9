internal import Domain
internal import JSON
internal import Service
internal import Storage
internal import TestSupport

@testable internal import Web

/// Import lines, recorded as they would have been: every report and every act on its own day.
struct RecordedDays {
  /// One case: its identity once it is stored, and what its line says.
  struct Item {
    let id: CaseID
    let draft: CaseDraft
    let actions: [(agency: AgencyCode, action: Action)]

    var path: String { "/v1/cases/\(id)" }
    /// Legal date of an act; nil when there was none of the kind.
    func date(of kind: ActionKind) -> LegalDate? { actions.first { $0.action.kind == kind }?.action.occurredOn }
  }

  private struct Step: Sendable {
    let date: LegalDate
    let item: Int
    /// Nil for the report.
    let act: Int?
  }

  let items: [Item]
  private let steps: [Step]
  private var next = 0

  init(_ lines: [[UInt8]]) throws {
    let items = try lines.enumerated().map { index, line in
      let decoded = try ImportLine(json: line)
      return Item(id: Sample.caseID(index + 1), draft: decoded.draft, actions: decoded.actions)
    }
    let steps = items.enumerated().flatMap { index, item in
      [Step(date: item.draft.facts.source.receivedOn, item: index, act: nil)]
        + item.actions.indices.map { Step(date: item.actions[$0].action.occurredOn, item: index, act: $0) }
    }
    self.items = items
    // A case does not run ahead of itself: its acts follow its report, and each other as in its line.
    self.steps = steps.sorted { ($0.date, $0.item, $0.act ?? -1) < ($1.date, $1.item, $1.act ?? -1) }
  }

  /// Records everything up to the end of a day, each day in one write at ten in the morning in Jakarta.
  mutating func record(until day: LegalDate, _ service: Service) async throws {
    while next < steps.count, steps[next].date <= day {
      let today = steps[next].date
      let end = steps[next...].firstIndex { $0.date > today } ?? steps.count
      service.clock.set("\(today)T03:00:00Z")
      let (items, steps, reference) = (items, steps[next..<end], service.store.reference)
      try await service.store.write(by: .operator, dryRun: false) { transaction in
        for step in steps { try Self.take(step, items[step.item], today, reference, transaction) }
      }
      next = end
    }
  }

  private static func take(
    _ step: Step, _ item: Item, _ today: LegalDate, _ reference: Reference, _ transaction: any CaseWrites
  ) throws {
    func context(_ agency: AgencyCode) -> Lifecycle.Context {
      let actor = Actor(agency: agency, importedBy: nil, keyID: "testtesttest")
      return Lifecycle.Context(actor: actor, reference: reference, today: today)
    }
    if let act = step.act {
      guard let record = try transaction.caseRecord(item.id) else { throw Failure.notFound }
      let (agency, action) = item.actions[act]
      let (changed, event) = try Lifecycle.judge(action, on: record, context(agency))
      if let changed { _ = try transaction.update(record, to: changed, event) }
    } else {
      let context = context(item.draft.facts.source.agency)
      let facts = try reference.facts(from: item.draft, until: today)
      let progress = try Lifecycle.open(facts, onBehalfOf: nil, context)
      let event = EventDraft(what: .created, actor: context.actor, occurredOn: facts.source.receivedOn)
      _ = try transaction.create(item.id, facts, progress, event)
    }
  }
}
