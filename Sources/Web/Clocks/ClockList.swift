internal import Domain
internal import JSON
internal import Service
internal import Sheets

/// Clocks as they are written.
struct ClockList: Sendable {
  let table: Table?
  private let fields: ChosenFields?
  private let reference: Reference
  private let today: LegalDate
  private let language: Language

  init(_ call: Call, _ reference: Reference, _ fields: ChosenFields?) {
    table = Table(call, Self.title, Self.columns, fields)
    self.fields = fields
    (self.reference, today, language) = (reference, call.asker.today, call.language)
  }

  private func json(_ item: ListedClock) -> [UInt8] {
    var writer = JSONWriter(reserving: 640)
    write(item, to: &writer)
    return fields?.picked(from: writer.bytes) ?? writer.bytes
  }

  private func write(_ item: ListedClock, to writer: inout JSONWriter) {
    let clock = item.clock
    writer.object { writer in
      writer.member("case_id", item.caseID.description)
      writer.member("number", item.number)
      writer.member("stage", item.stage.rawValue)
      writer.member("election", item.election)
      writer.name("institution")
      CaseJSON.write(item.institution, to: &writer)
      writer.member("region", item.region.text)
      writer.member("kind", clock.kind.rawValue)
      writer.member("started_on", clock.startedOn.description)
      writer.member("due_on", clock.dueOn.description)
      writer.member("unit", clock.unit.rawValue)
      writer.member("legal_basis", legalBasis(clock))
      writer.member("state", clock.standing(on: today).rawValue)
      CaseJSON.writeStop(of: clock, to: &writer)
      CaseJSON.writePauses(of: clock, to: &writer)
      if let days = daysOverdue(clock) {
        writer.member("days_overdue", days)
        if clock.kind == .ppkFollowUp { writeCandidate(item, to: &writer) }
      }
    }
  }

  private func writeCandidate(_ item: ListedClock, to writer: inout JSONWriter) {
    let escalation = reference.escalation(of: item, on: today)
    writer.object("block_candidate") { writer in
      writer.member("from", item.clock.dueOn.adding(days: 1).description)
      writer.member("blocked", item.blockIsOpen)
    }
    writer.object("escalate_to") { writer in
      writer.member("agency", escalation.agency)
      writer.member("superior_id", escalation.superior.inIndonesian)
      writer.member("superior_en", escalation.superior.en)
    }
  }

  /// Of the rule in force when the clock started, as it reads now.
  private func legalBasis(_ clock: Clock) -> String? {
    reference.clockRule(clock.kind, on: clock.startedOn)?.legalBasis
  }

  private func daysOverdue(_ clock: Clock) -> Int? {
    clock.standing(on: today) == .overdue ? today.day - clock.dueOn.day : nil
  }

  static let title = LocalizedText(en: "Clocks", inIndonesian: "Tenggat")

  static let columns = [
    "case_id", "number", "stage", "election", "institution", "institution_name", "institution_kind", "region", "kind",
    "started_on", "due_on", "unit", "legal_basis", "state", "stopped_on", "recorded_on",
    "recorded_late", "pauses", "days_overdue", "block_from",
    "blocked", "escalate_agency", "superior_id", "superior_en", "stage_label", "region_name",
  ].map { TableColumn($0, at: paths[$0]) }

  /// Where the values of columns stand that are called otherwise than their member.
  private static let paths = [
    "institution": "institution.code", "institution_name": "institution.name", "institution_kind": "institution.kind",
    "block_from": "block_candidate.from", "blocked": "block_candidate.blocked",
    "escalate_agency": "escalate_to.agency", "superior_id": "escalate_to.superior_id",
    "superior_en": "escalate_to.superior_en",
  ]

  func rows(_ items: [ListedClock]) -> [UInt8] {
    guard var writer = table?.writer else {
      return items.reduce(into: []) { $0 += json($1) + [UInt8(ascii: "\n")] }
    }
    for item in items { writeRow(item, to: &writer) }
    return writer.bytes
  }

  /// An item of a page.
  func item(_ item: ListedClock) -> [UInt8] { table == nil ? json(item) : rows([item]) }

  private func writeRow(_ item: ListedClock, to writer: inout TableWriter) {
    let clock = item.clock
    let days = daysOverdue(clock)
    let isCandidate = days != nil && clock.kind == .ppkFollowUp
    let escalation = isCandidate ? reference.escalation(of: item, on: today) : nil
    for text in [
      item.caseID.description, item.number, item.stage.rawValue, item.election, item.institution.code,
      item.institution.name, item.institution.kind.rawValue, item.region.text, clock.kind.rawValue,
    ] { writer.field(text) }
    writer.field(clock.startedOn)
    writer.field(clock.dueOn)
    for text in [clock.unit.rawValue, legalBasis(clock), clock.standing(on: today).rawValue] { writer.field(text) }
    writer.field(clock.stoppedOn)
    writer.field(clock.recordedOn)
    writer.field(clock.isRecordedLate)
    let pauses = clock.pauses.map { pause in
      "\(pause.from)/\(pause.until?.description ?? "")" + (pause.ground.map { "/\($0.rawValue)" } ?? "")
    }
    writer.field(pauses.joined(separator: " "))
    writer.field(days)
    writer.field(isCandidate ? clock.dueOn.adding(days: 1) : nil)
    writer.field(isCandidate ? item.blockIsOpen : nil)
    for text in [escalation?.agency, escalation?.superior.inIndonesian, escalation?.superior.en] { writer.field(text) }
    writer.field(item.stage.label.text(in: language))
    writer.field(reference.label(of: item.region.text, in: .region, on: today)?.text(in: language))
    writer.endRow()
  }
}

extension FieldCatalogue {
  static let clocks = FieldCatalogue(.listedClock, columns: ClockList.columns.map(\.path))
}
