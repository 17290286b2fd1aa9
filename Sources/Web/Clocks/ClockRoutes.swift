internal import Domain
internal import Service

/// GET /v1/clocks: the clocks of visible cases, a page at a time, as JSON, NDJSON or a table. Overdue clocks of PPKs are the
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

  static func list(_ call: Call, _ clocks: ClockService) async throws -> Answer {
    let (query, format, asker) = (call.query, call.format, call.asker)
    let cursors = call.cursors(of: path)
    var names = query["fields"]
    let (question, filter) = try question(query, asker, cursors, &names, clocks.reference)
    let fields: ChosenFields? = if let names { try ChosenFields(names, of: .clocks, in: format) } else { nil }
    let list = ClockList(call, clocks.reference, fields)
    if format != .json && query["limit"] == nil {
      let slot = try clocks.begin(by: asker)
      let found = try await clocks.places(question, by: asker)
      return try ListStream.answer(call, slot, found, list.table) { places in
        try await clocks.part(places, by: asker) { list.rows($0) }
      }
    }
    let rest = (query["limit"].map { "&limit=\($0)" } ?? "") + query.presentationPart
    return try await clocks.page(question, by: asker) { found in
      var page = ListPage(format, list.table, reserving: found.items.count * 640 + 256)
      var next = found.next
      for (index, item) in found.items.enumerated()
      where Visibility.projection(of: item.basis, for: question.caller) != nil {
        if !page.add(list.item(item)) {
          next = found.places[index - 1]
          break
        }
      }
      return page.answer(next: try next.map { try cursors.seal($0, filter: filter, fields) }, at: path, rest)
    }
  }

  /// The question of a request: that of its cursor, or that of its filters.
  private static func question(
    _ query: Query, _ asker: Asker, _ cursors: Cursors, _ fields: inout String?, _ reference: Reference
  ) throws(Failure) -> (ClockQuery, filter: String) {
    var filter = query.without(Set(["limit", "cursor"] + Query.presentation)).canonical
    var position: CaseQuery.Position?
    if let cursor = query["cursor"] { position = try cursors.open(cursor, &filter, &fields, knowing: filterNames) }
    var question = ClockQuery(caller: try asker.agency(), today: asker.today)
    try fill(&question, try Query(filter[...], knowing: filterNames), reference)
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
          inIndonesian: "Tidak mengajukan banding bukan keterlambatan: tenggat ini tidak pernah terlewati."))
    }
    question.institution = query["institution"]
    question.region = try query.region("region")
    question.election = query["election"]
    question.dueFrom = try query.date("due_from")
    question.dueBefore = try query.date("due_before")
    if let from = question.dueFrom, let before = question.dueBefore, from >= before {
      throw .parameter(
        "due_from",
        LocalizedText(en: "Give a date before due_before.", inIndonesian: "Isi tanggal sebelum due_before."))
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
        inIndonesian: "Ini bertentangan dengan keadaan lain yang diminta."))
  }
}
