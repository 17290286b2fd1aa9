internal import Domain
internal import JSON

/// Clocks as they are written.
struct ClockList: Sendable {
  let reference: Reference
  let today: LegalDate

  func json(_ item: ListedClock) -> [UInt8] {
    var writer = JSONWriter(reserving: 640)
    write(item, to: &writer)
    return writer.bytes
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
      writer.member("superior_id", escalation.superior.id)
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

  private static let columns = [
    "case_id", "number", "stage", "election", "institution", "institution_name", "institution_kind", "region", "kind",
    "started_on", "due_on", "unit", "legal_basis", "state", "stopped_on", "recorded_on",
    "recorded_late", "pauses", "days_overdue", "block_from",
    "blocked", "escalate_agency", "superior_id", "superior_en",
  ]

  var header: [UInt8] {
    var writer = CSVWriter()
    for column in Self.columns { writer.field(column) }
    writer.endRow()
    return writer.bytes
  }

  func row(_ item: ListedClock) -> [UInt8] {
    var writer = CSVWriter()
    writeRow(item, to: &writer)
    return writer.bytes
  }

  private func writeRow(_ item: ListedClock, to writer: inout CSVWriter) {
    let clock = item.clock
    let days = daysOverdue(clock)
    let isCandidate = days != nil && clock.kind == .ppkFollowUp
    let escalation = isCandidate ? reference.escalation(of: item, on: today) : nil
    writer.field(item.caseID.description)
    writer.field(item.number)
    writer.field(item.stage.rawValue)
    writer.field(item.election)
    writer.field(item.institution.code)
    writer.field(item.institution.name)
    writer.field(item.institution.kind.rawValue)
    writer.field(item.region.text)
    writer.field(clock.kind.rawValue)
    writer.field(clock.startedOn.description)
    writer.field(clock.dueOn.description)
    writer.field(clock.unit.rawValue)
    writer.field(legalBasis(clock))
    writer.field(clock.standing(on: today).rawValue)
    writer.field(clock.stoppedOn?.description)
    writer.field(clock.recordedOn?.description)
    writer.field(clock.isRecordedLate)
    let pauses = clock.pauses.map { pause in
      "\(pause.from)/\(pause.until?.description ?? "")" + (pause.ground.map { "/\($0.rawValue)" } ?? "")
    }
    writer.field(pauses.joined(separator: " "))
    writer.field(days)
    writer.field(isCandidate ? clock.dueOn.adding(days: 1).description : nil)
    writer.field(isCandidate ? item.blockIsOpen : nil)
    writer.field(escalation?.agency)
    writer.field(escalation?.superior.id)
    writer.field(escalation?.superior.en)
    writer.endRow()
  }
}
