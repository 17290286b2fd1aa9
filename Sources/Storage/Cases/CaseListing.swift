internal import Domain
internal import GRDB

/// The parts of a listing statement.
struct CaseListing {
  static let stubColumns =
    "r.case_key, r.id, r.version, " + basisColumns(of: "r") + ", (SELECT commitments FROM event WHERE seq = r.seq)"
  /// How many columns a stub and its basis have.
  static let stubWidth = 4 + basisWidth
  static let basisWidth = 5

  static func basisColumns(of table: String) -> String {
    """
    \(table).reported_by, \(table).institution_kind, \(table).verified_on IS NOT NULL, \
    \(table).recommended_on IS NOT NULL, \(table).disputed_for
    """
  }

  static func stub(_ row: StoredRow) throws -> CaseStub { try stub(row, from: 0) }

  static func stub(_ row: StoredRow, from column: Int) throws -> CaseStub {
    CaseStub(
      key: row[column], id: try row.identity(column + 1), version: row[column + 2],
      basis: try basis(row, from: column + 3), commitments: commitments(row, from: column + 3 + basisWidth))
  }

  /// What a version commits to, as a case is told of it.
  static func commitments(_ row: StoredRow, from column: Int) -> CaseCommitments? {
    row.isNull(column) ? nil : Commitments(row[column] as [UInt8])?.ofState
  }

  static func basis(_ row: StoredRow, from column: Int) throws -> VisibilityBasis {
    VisibilityBasis(
      owner: AgencyCode(rawValue: row[column]), institutionKind: try row.code(column + 1), verified: row[column + 2],
      recommended: row[column + 3], disputedFor: ProvenanceColumns.agencies(row[column + 4]))
  }

  /// What is asked for, of whatever exists for the caller.
  var condition: SQLCondition { .all(conditions + [Visibility.undisputed(for: query.caller, in: "r")]) }

  /// The same without looking at disputes.
  var matching: SQLCondition { .all(conditions) }

  private var conditions: [SQLCondition]
  private let query: CaseQuery

  private let finding: Finding

  /// How what does not stand in the file is found.
  struct Finding {
    var digest: (KeyedDigests.Kind, String) throws -> String
    /// Words as the index has them.
    var words: ([String]) throws -> String
  }

  init(_ query: CaseQuery, _ finding: Finding) throws {
    (self.query, self.finding) = (query, finding)
    conditions = [Visibility.rows(for: query.caller, in: "r")]
    try filterByCodes()
    filterByProvenance()
    try filterByPersonAndText()
    filterByDates()
  }

  /// What the rows come from. The newest versions are found by going over the events, which stand in their order, unless
  /// a filter leaves few cases to be put into it.
  var tables: String {
    isInOrderOfEvents
      ? "event e CROSS JOIN case_record r ON r.case_key = e.case_key AND r.seq = e.seq" : "case_record r"
  }

  private var seq: String { isInOrderOfEvents ? "e.seq" : "r.seq" }

  private var isInOrderOfEvents: Bool {
    let isNarrow =
      query.number != nil || query.agencyRef != nil || query.nip != nil || query.nik != nil
      || query.institution != nil || query.region != nil || !query.stages.isEmpty || !query.words.isEmpty
      || !query.nameWords.isEmpty || query.unconfirmed == true || query.recordedLate == true
      || query.overdue == true || query.occurred != DateSpan()
    return query.order == .updated && !isNarrow
  }

  /// SQL for the value a cursor keeps.
  var orderValue: String {
    switch query.order {
    case .created: "''"
    case .updated: "CAST(r.seq AS TEXT)"
    case .received: "CAST(r.received_on AS TEXT)"
    }
  }

  var orderBy: String {
    let direction = query.descending ? "DESC" : "ASC"
    return switch query.order {
    case .created: "r.case_key \(direction)"
    case .updated: "\(seq) \(direction)"
    case .received: "r.received_on \(direction), r.case_key \(direction)"
    }
  }

  /// Begins after the place of the cursor.
  mutating func restrictToPage() {
    guard let after = query.after else { return }
    let sign = query.descending ? "<" : ">"
    switch query.order {
    case .created: add("r.case_key \(sign) ?", after.key)
    case .updated: add("\(seq) \(sign) ?", Int64(after.value) ?? 0)
    case .received: add("(r.received_on, r.case_key) \(sign) (?, ?)", Int64(after.value) ?? 0, after.key)
    }
  }

  /// A region with all that lies in it as a condition on the rows of a table.
  static func condition(_ region: RegionCode, in table: String) -> SQLCondition {
    // '/' follows '.', so that the range holds the province and every code that begins with it and a point.
    region.isProvince
      ? SQLCondition("\(table).region >= ? AND \(table).region < ?", [region.text, region.text + "/"])
      : SQLCondition("\(table).region = ?", [region.text])
  }

  private mutating func filterByCodes() throws {
    if !query.stages.isEmpty {
      let places = query.stages.map { _ in "?" }.joined(separator: ", ")
      conditions.append(SQLCondition("r.stage IN (\(places))", query.stages.map(\.rawValue)))
    }
    if let election = query.election { add("r.election = ?", election) }
    if let region = query.region { conditions.append(Self.condition(region, in: "r")) }
    if let institution = query.institution { add("r.institution = ?", institution) }
    if let violation = query.violation { add("r.violation = ?", violation) }
    if let category = query.category { add("r.category = ?", category) }
    if let level = query.positionLevel { add("r.position_level = ?", level.rawValue) }
    if let agency = query.reportedBy { add("r.reported_by = ?", agency.rawValue) }
    if let number = query.number { add("r.number = ?", number) }
    if let reference = query.agencyRef {
      add("r.agency_ref_digest = ?", try finding.digest(.report, PlainText.folded(reference)))
    }
  }

  private mutating func filterByProvenance() {
    if let agency = query.importedBy { add("r.imported_by = ? AND r.imported_by <> r.reported_by", agency.rawValue) }
    if let agency = query.importer { add("r.imported_by = ?", agency.rawValue) }
    if let instant = query.createdUntil { add("r.created_at <= ?", instant.milliseconds) }
    guard let unconfirmed = query.unconfirmed else { return }
    let awaits = ProvenanceColumns.awaits(query.answering, in: "r")
    conditions.append(unconfirmed ? awaits : !awaits)
  }

  /// A filter on a withheld group matches nothing that is withheld.
  private mutating func filterByPersonAndText() throws {
    let row = Visibility.row(query.caller)
    func require(_ grant: Grant) { conditions.append(grant.sql(for: query.caller, in: "r")) }
    if query.nip != nil || query.nik != nil || !query.nameWords.isEmpty { require(row.subject) }
    // A person with another case is still known by number, and words go a little later than the values: what was erased is
    // found by neither.
    if query.nip != nil || !query.nameWords.isEmpty || !query.words.isEmpty { add("r.erased_on IS NULL") }
    if let nip = query.nip {
      add(
        "r.person_key = (SELECT person_key FROM person WHERE digest = ?)", try finding.digest(.person, "nip:\(nip)"))
    }
    if let nik = query.nik {
      add("r.case_key IN (SELECT case_key FROM case_nik WHERE nik_digest = ?)", try finding.digest(.nik, "\(nik)"))
    }
    if !query.nameWords.isEmpty { add(Self.wordCondition, "names : (\(try finding.words(query.nameWords)))") }
    if !query.words.isEmpty {
      require(row.narrative)
      add(Self.wordCondition, "narrative : (\(try finding.words(query.words)))")
    }
  }

  private static let wordCondition = "r.case_key IN (SELECT rowid FROM words.case_words WHERE case_words MATCH ?)"

  private mutating func filterByDates() {
    restrict("act_on", query.occurred)
    for (milestone, span) in query.milestones.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      restrict("\(milestone.rawValue)_on", span)
    }
    if let from = query.updated.from { add("r.recorded_at >= ?", from.milliseconds) }
    if let end = query.updated.end { add("r.recorded_at < ?", end.milliseconds) }
    switch query.overdue {
    case true?: add("r.next_due_on < ?", query.today.day)
    case false?: add("(r.next_due_on IS NULL OR r.next_due_on >= ?)", query.today.day)
    case nil: break
    }
    // Written out, so that the index of those that are is found.
    if let recordedLate = query.recordedLate { add("r.recorded_late = \(recordedLate ? 1 : 0)") }
  }

  private mutating func restrict(_ column: String, _ span: DateSpan) {
    if let from = span.from { add("r.\(column) >= ?", from.day) }
    if let until = span.until { add("r.\(column) <= ?", until.day) }
  }

  private mutating func add(_ condition: String, _ values: any DatabaseValueConvertible...) {
    conditions.append(SQLCondition(condition, values))
  }
}
