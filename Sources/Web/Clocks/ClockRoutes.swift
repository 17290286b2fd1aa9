internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON

/// GET /v1/clocks: the clocks of visible cases, a page at a time, as JSON, NDJSON or CSV. Overdue clocks of PPKs are the
/// candidates for a block.
enum ClockRoutes {
  static let filters: [Parameter] = [
    .code("kind", ClockKind.self, "Kind of the clock."),
    .codes("state", ClockStanding.self, "States (default: those that are open)."),
    .flag("overdue", "Whether it is over today."),
    .flag("paused", "Whether it is within a pause today."),
    .flag("recorded_late", "true: those that were met, and recorded after their due date."), .institution, .region,
    .election,
    .date("due_from", "First due date."), .date("due_before", "Due before this date."),
  ]
  private static let filterNames = Set(filters.map(\.name))

  private static let path = "/v1/clocks"

  static func list(_ exchange: Exchange) async throws -> Answer {
    let query = try exchange.query()
    let format = try exchange.format(query)
    let cursors = exchange.cursors(of: path)
    let (question, filter) = try question(query, try exchange.agency(), cursors, exchange)
    let list = ClockList(reference: exchange.api.store.reference, today: exchange.today)
    if format != .json && query["limit"] == nil { return try await stream(question, list, format, exchange) }
    let rest = (query["limit"].map { "&limit=\($0)" } ?? "") + query.formatPart
    return try await exchange.readLong { reads in
      let found = try reads.clocks(question)
      var page = ListPage(format, header: format == .csv ? list.header : [], reserving: found.items.count * 640 + 256)
      var next = found.next
      for (index, item) in found.items.enumerated()
      where Visibility.projection(of: item.basis, for: question.caller) != nil {
        if !page.add(format == .csv ? list.row(item) : list.json(item)) {
          next = found.places[index - 1]
          break
        }
      }
      return page.answer(next: try next.map { try cursors.seal($0, filter: filter) }, at: path, rest)
    }
  }

  /// Every clock that is asked for.
  private static func stream(
    _ question: ClockQuery, _ list: ClockList, _ format: ListFormat, _ exchange: Exchange
  ) async throws -> Answer {
    try await ListStream.answer(exchange, format, header: format == .csv ? list.header : []) { reads in
      try reads.allClocks(question)
    } write: { places in
      try await exchange.readPart { reads in
        var bytes: [UInt8] = []
        let cases = try reads.pastCases(places.map(\.of))
        for (place, past) in zip(places, cases) {
          guard let past, past.projection(for: question.caller) != nil, let item = ListedClock(past.record, place.kind)
          else { continue }
          bytes += format == .csv ? list.row(item) : list.json(item) + [UInt8(ascii: "\n")]
        }
        return bytes
      }
    }
  }

  /// The question of a request: that of its cursor, or that of its filters.
  private static func question(
    _ query: Query, _ agency: AgencyCode, _ cursors: Cursors, _ exchange: Exchange
  ) throws(Failure) -> (ClockQuery, filter: String) {
    var filter = query.without(["limit", "cursor", "format"]).canonical
    var position: CaseQuery.Position?
    if let cursor = query["cursor"] {
      let opened = try cursors.open(cursor)
      guard filter.isEmpty || filter == opened.filter else { throw .invalidCursor }
      (position, filter) = (opened.place, opened.filter)
    }
    var question = ClockQuery(caller: agency, today: exchange.today)
    try fill(&question, try Query(filter[...], knowing: filterNames), exchange.api.store.reference)
    question.after = position
    question.limit = try query.int("limit", in: 1...200) ?? 50
    return (question, filter)
  }

  private static func fill(_ question: inout ClockQuery, _ query: Query, _ reference: Reference) throws(Failure) {
    question.kind = try query.code("kind", ClockKind.self)
    question.recordedLate = try query.flag("recorded_late")
    question.standings = try standings(query)
    if question.kind == .appealFiling && question.standings == [.overdue] {
      throw .parameter(
        "kind",
        LocalizedText(
          en: "Nobody is late who does not appeal: this clock is never overdue.",
          id: "Tidak mengajukan banding bukan keterlambatan: tenggat ini tidak pernah terlewati."))
    }
    question.institution = query["institution"]
    question.region = try query.region("region")
    question.election = query["election"]
    question.dueFrom = try query.date("due_from")
    question.dueBefore = try query.date("due_before")
    if let from = question.dueFrom, let before = question.dueBefore, from >= before {
      throw .parameter(
        "due_from",
        LocalizedText(en: "Give a date before due_before.", id: "Isi tanggal sebelum due_before."))
    }
    try CaseFilters.requireKnown("election", question.election.map { reference.elections[$0] != nil })
    try CaseFilters.requireKnown("institution", question.institution.map { reference.knowsInstitution($0) })
    try CaseFilters.requireKnown("region", question.region.map { reference.knowsRegion($0.text) })
  }

  /// The open ones unless `state`, `overdue`, `paused` or `recorded_late` says otherwise.
  private static func standings(_ query: Query) throws(Failure) -> Set<ClockStanding> {
    let given = try query.codes("state", ClockStanding.self)
    var standings = given.map { Set($0) } ?? [.running, .paused, .overdue]
    for (name, standing) in [("overdue", ClockStanding.overdue), ("paused", .paused)] {
      guard let isWanted = try query.flag(name) else { continue }
      if isWanted { standings.formIntersection([standing]) } else { standings.remove(standing) }
      if standings.isEmpty { throw contradiction(name) }
    }
    guard try query.flag("recorded_late") == true else { return standings }
    // Only a clock that was met is recorded late.
    let isOpen = given == nil && query["overdue"] == nil && query["paused"] == nil
    standings = isOpen ? [.met] : standings.intersection([.met])
    if standings.isEmpty { throw contradiction("recorded_late") }
    return standings
  }

  private static func contradiction(_ name: String) -> Failure {
    .parameter(
      name,
      LocalizedText(
        en: "This contradicts the other states that are asked for.",
        id: "Ini bertentangan dengan keadaan lain yang diminta."))
  }
}

/// Clocks as they are written.
private struct ClockList {
  let reference: Reference
  let today: LegalDate

  func json(_ item: ListedClock) -> [UInt8] {
    var writer = JSONWriter(reserving: 640)
    write(item, to: &writer)
    return writer.bytes
  }

  private func write(_ item: ListedClock, to writer: inout JSONWriter) {
    let clock = item.clock
    writer.beginObject()
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
    writer.endObject()
  }

  private func writeCandidate(_ item: ListedClock, to writer: inout JSONWriter) {
    let escalation = reference.escalation(of: item, on: today)
    writer.name("block_candidate")
    writer.beginObject()
    writer.member("from", item.clock.dueOn.adding(days: 1).description)
    writer.member("blocked", item.blockIsOpen)
    writer.endObject()
    writer.name("escalate_to")
    writer.beginObject()
    writer.member("agency", escalation.agency)
    writer.member("superior_id", escalation.superior.id)
    writer.member("superior_en", escalation.superior.en)
    writer.endObject()
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
