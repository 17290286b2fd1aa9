internal import Domain
internal import GRDB
internal import Service

/// Lists of clocks: the open ones by the indexes of due dates, all others by going over cases in bounded steps.
extension Transaction {
  func clocks(_ query: ClockQuery) throws -> ClockPage {
    try query.isInOrderOfDueDates ? clocksByDueDate(query) : clocksByCase(query)
  }

  /// Every clock that is asked for, from one state of the file.
  func allClocks(_ query: ClockQuery) throws -> [ClockPlace] {
    var query = query
    (query.limit, query.casesMax) = (1_000, .max / 2)
    var places: [ClockPlace] = []
    while true {
      let page = try clocks(query)
      for item in page.items where Visibility.projection(of: item.basis, for: query.caller) != nil {
        places.append(ClockPlace(of: CasePlace(id: item.caseID, version: item.version), kind: item.clock.kind))
      }
      guard let next = page.next else { return places }
      query.after = next
    }
  }

  func openClocks(on today: LegalDate) throws -> [OpenClockCount] {
    var counts: [ClockKind: [OpenClockCount.State: Int]] = [:]
    for (stage, state, count) in try fetch(
      ClockListing.countSQL, [today.day], { ($0[0] as String, $0[1] as String, $0[2] as Int) })
    {
      guard let kind = Stage(rawValue: stage).flatMap({ ClockListing.kind(openAt: $0) }) else { continue }
      if let state = OpenClockCount.State(rawValue: state) { counts[kind, default: [:]][state, default: 0] += count }
    }
    // Those that are within a pause are among the running ones, by their due dates.
    for (stage, count) in try fetch(
      ClockListing.pausedCountSQL, [today.day], { ($0[0] as String, $0[1] as Int) })
    {
      guard let kind = Stage(rawValue: stage).flatMap({ ClockListing.kind(openAt: $0) }) else { continue }
      counts[kind, default: [:]][.paused, default: 0] += count
      counts[kind, default: [:]][.running, default: 0] -= count
    }
    return ClockKind.allCases.flatMap { kind in
      OpenClockCount.State.allCases.compactMap { state in
        let count = counts[kind]?[state] ?? 0
        return count == 0 ? nil : OpenClockCount(kind: kind, state: state, count: count)
      }
    }
  }

  private func clocksByDueDate(_ query: ClockQuery) throws -> ClockPage {
    var rows: [ClockListing.Row] = []
    // Each stage by itself, so that an index gives the order.
    for stage in ClockListing.stages(of: query.kind) {
      for column in ClockListing.dueColumns(query) { rows += try dueRows(column, stage, query) }
    }
    rows.sort { ($0.clocks[0].dueOn, $0.key) < ($1.clocks[0].dueOn, $1.key) }
    let page = rows.prefix(query.limit)
    let places = page.map { CaseQuery.Position(value: $0.clocks[0].dueOn.description, key: $0.key) }
    return ClockPage(
      items: page.map { $0.item($0.clocks[0]) }, places: places, next: rows.count > query.limit ? places.last : nil)
  }

  /// Cases whose open clock is due as asked for, by one of the three columns.
  private func dueRows(_ column: String, _ stage: Stage?, _ query: ClockQuery) throws -> [ClockListing.Row] {
    var listing = ClockListing(query)
    listing.filterByDue(column)
    if let stage { listing.add("r.stage = ?", stage.rawValue) }
    let condition = listing.condition
    let rows = try fetch(
      """
      SELECT \(ClockListing.columns) FROM \(ClockListing.tables) WHERE \(condition.sql)
      ORDER BY r.\(column), r.case_key LIMIT ?
      """, condition.arguments + [query.limit + 1], ClockListing.row)
    return rows.compactMap { row in
      var row = row
      row.clocks = row.clocks.filter { $0.stoppedOn == nil && query.takes($0) }
      return row.clocks.isEmpty ? nil : row
    }
  }

  private func clocksByCase(_ query: ClockQuery) throws -> ClockPage {
    let end: Int64 = try fetchOne("SELECT coalesce(max(case_key), 0) FROM case_record", []) { $0[0] } ?? 0
    let start = query.after?.key ?? 1
    let reach = min(end, start + query.casesMax - 1)
    // The case at which the page before has ended may have further clocks.
    let first = query.after.flatMap { Int($0.value) } ?? 0
    var page = ClockPage(items: [], places: [], next: nil)
    var key = start
    while key <= reach {
      let rows = try caseRows(from: key, to: reach, query)
      for row in rows {
        for (index, clock) in row.clocks.enumerated() where query.takes(clock) && !(row.key == start && index < first) {
          if page.items.count == query.limit {
            page.next = page.places.last
            return page
          }
          page.items.append(row.item(clock))
          page.places.append(CaseQuery.Position(value: String(index + 1), key: row.key))
        }
      }
      key = rows.count == ClockListing.pieceMax ? rows[rows.count - 1].key + 1 : reach + 1
    }
    if reach < end { page.next = CaseQuery.Position(value: "0", key: reach + 1) }
    return page
  }

  private func caseRows(from key: Int64, to end: Int64, _ query: ClockQuery) throws -> [ClockListing.Row] {
    var listing = ClockListing(query)
    listing.add("r.case_key >= ? AND r.case_key <= ?", key, end)
    let condition = listing.condition
    return try fetch(
      "SELECT \(ClockListing.columns) FROM \(ClockListing.tables) WHERE \(condition.sql) ORDER BY r.case_key LIMIT ?",
      condition.arguments + [ClockListing.pieceMax], ClockListing.row)
  }
}

/// The parts of a statement that lists clocks.
private struct ClockListing {
  /// Cases that are read at once on the way.
  static let pieceMax = 256

  static let columns = """
    r.case_key, r.id, r.number, r.stage, r.election, r.region, r.institution, r.version, e.progress, p.content, \
    \(CaseListing.basisColumns(of: "r"))
    """

  /// The case, the event that made its version, and the core of its facts, where the name of the institution stands.
  static let tables = """
    case_record r JOIN event e ON e.seq = r.seq
    JOIN case_part p ON p.part_key = 16 * e.facts_seq + \(CasePart.core.rawValue)
    """

  /// The columns that hold the due dates of what is asked for; a case has at most one of them. Pauses with an end are in
  /// the due date already, which they have moved.
  static func dueColumns(_ query: ClockQuery) -> [String] {
    var columns: [String] = []
    let (running, paused) = (query.standings.contains(.running), query.standings.contains(.paused))
    let isAppeal = query.kind == .appealFiling
    if !isAppeal { columns.append("next_due_on") }
    if (running || paused) && (isAppeal || query.kind == nil) { columns.append("appeal_due_on") }
    if paused { columns.append("paused_due_on") }
    return columns
  }

  /// The stages at which a clock of a kind is open; one nil for every kind at once.
  static func stages(of kind: ClockKind?) -> [Stage?] {
    switch kind {
    case .verification?: [.received]
    case .study?: [.verified]
    case .ppkFollowUp?: [.recommended, .blocked]
    case .appealFiling?: [.sanctioned]
    case nil: [nil]
    }
  }

  /// The kind of the clock that is open at a stage.
  static func kind(openAt stage: Stage) -> ClockKind? {
    ClockKind.allCases.first { stages(of: $0).contains(stage) }
  }

  /// Stage, state and number of open clocks on the day ?1; a case has at most one.
  ///
  /// Each part is answered by an index of due dates, which holds the open clocks alone: the plus keeps SQLite from going
  /// over all cases by their stages.
  static let countSQL = """
    SELECT stage, CASE WHEN next_due_on < ?1 THEN 'overdue' ELSE 'running' END AS state, count(*)
    FROM case_record WHERE next_due_on IS NOT NULL GROUP BY 1, 2
    UNION ALL
    SELECT stage, 'paused', count(*) FROM case_record WHERE paused_due_on IS NOT NULL GROUP BY +stage
    UNION ALL
    SELECT '\(Stage.sanctioned.rawValue)', 'running', count(*) FROM case_record WHERE appeal_due_on >= ?1
    """

  /// Stage and number of open clocks that are within a pause on the day ?1, by the index of such pauses.
  static let pausedCountSQL = """
    SELECT stage, count(*) FROM case_record
    WHERE paused_until > ?1 AND (next_due_on >= ?1 OR appeal_due_on >= ?1) GROUP BY +stage
    """

  /// A case with its clocks.
  struct Row {
    var key: Int64
    var clocks: [Clock]
    /// One of them with what is told of the case.
    let item: (Clock) -> ListedClock
  }

  static func row(_ row: StoredRow) throws -> Row {
    guard let stage = Stage(rawValue: row[3]), let document = row.utf8(8), let core = row.utf8(9) else {
      throw DatabaseError(message: "a stored case is incomplete")
    }
    let (id, number): (CaseID, String) = (try row.identity(1), row[2])
    let progress = try ProgressDocument.progress(document)
    var facts = Facts.blank
    try FactsDocument.core.read(core, into: &facts)
    let (election, region, institution) = (facts.election, facts.region, facts.institution)
    let basis = try CaseListing.basis(row, from: 10)
    let version: Int = row[7]
    return Row(key: row[0], clocks: progress.clocks) { clock in
      ListedClock(
        caseID: id, version: version, number: number, stage: stage, election: election, region: region,
        institution: institution, recommendedTo: progress.recommendation?.institution,
        blockIsOpen: progress.blockIsOpen, clock: clock, basis: basis)
    }
  }

  private var conditions: [SQLCondition]
  private let query: ClockQuery

  var condition: SQLCondition { .all(conditions) }

  init(_ query: ClockQuery) {
    self.query = query
    // A disputed case has no clocks that count.
    conditions = [Visibility.rows(for: query.caller, in: "r"), SQLCondition("r.disputed_for IS NULL")]
    if let election = query.election { add("r.election = ?", election) }
    if let region = query.region { conditions.append(CaseListing.condition(region, in: "r")) }
    if let institution = query.institution { add("r.institution = ?", institution) }
    if query.recordedLate == true { add("r.recorded_late = 1") }
  }

  mutating func filterByDue(_ column: String) {
    add("r.\(column) IS NOT NULL")
    if let from = query.dueFrom { add("r.\(column) >= ?", from.day) }
    if let before = query.dueBefore { add("r.\(column) < ?", before.day) }
    if let after = query.after {
      add("(r.\(column), r.case_key) > (?, ?)", LegalDate(after.value)?.day ?? 0, after.key)
    }
    // What stands still until somebody resumes it is paused, whatever the day.
    if column != "paused_due_on" { filterByStanding(column) }
  }

  /// What is asked for of the clocks whose due date is known: overdue, within a pause, or neither.
  private mutating func filterByStanding(_ column: String) {
    let today = query.today.day
    // Where nobody is late the period simply ends.
    let overdue = column == "next_due_on" && query.standings.contains(.overdue)
    let (running, paused) = (query.standings.contains(.running), query.standings.contains(.paused))
    switch (running, paused) {
    case (true, true): if !overdue { add("r.\(column) >= ?", today) }
    case (true, false):
      add("(r.paused_until IS NULL OR r.paused_until <= ? OR r.\(column) < ?)", today, today)
      if !overdue { add("r.\(column) >= ?", today) }
    case (false, true):
      // The plus leaves the index of due dates aside: few are within a pause.
      add(
        overdue ? "(r.paused_until > ? OR r.\(column) < ?)" : "r.paused_until > ? AND +r.\(column) >= ?", today, today)
    case (false, false): add("r.\(column) < ?", today)
    }
  }

  mutating func add(_ condition: String, _ values: any DatabaseValueConvertible...) {
    conditions.append(SQLCondition(condition, values))
  }
}
