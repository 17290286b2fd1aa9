internal import Domain
internal import Foundation
internal import GRDB
internal import JSON

/// How a row of the tables of earlier releases becomes a case: a version, and the personal values of its facts.
enum FormerCaseRow {
  /// The columns that a version had in every table that kept one, in the order of the schema.
  private static let shared = [
    "version", "facts_version", "seq", "recorded_at", "person_key", "stage", "election", "contest", "region",
    "institution", "institution_name", "institution_kind", "employment", "position_level", "reporting_class",
    "appointment_year", "violation", "catalogue", "category", "aspect", "act_on", "known_on", "act_channel",
    "supports", "on_unpaid_leave", "source_kind", "reported_by", "agency_ref", "source_channel", "motives",
    "received_on", "verified_on", "rejected_on", "studied_on", "recommended_on", "not_proven_on", "decided_on",
    "blocked_on", "released_on", "appealed_on", "ruled_on", "exonerated_on", "escalated_on", "closed_on",
    "cancelled_on", "lapsed_on", "recommended_by", "recommendation_letter", "recommendation_institution",
    "proposed_sanction", "decided_by", "decision_outcome", "decree_number", "sanction", "sanction_level",
    "outside_band", "deviation_explained", "block_by", "block_letter", "block_from", "block_until", "block_proof",
    "appeal_route", "appeal_from", "appeal_outcome", "appeal_until", "idis_reference", "lapse_reason", "clocks",
    "clocks_recorded", "unconfirmed", "disputed_for",
  ]

  /// What is selected of `old_case_record r` and the version in `table`, and the personal columns after them.
  static func columns(of table: String) -> String {
    let shared = shared.map { "\(table).\($0)" }.joined(separator: ", ")
    return """
      r.case_key, r.id, r.number, r.created_at, r.imported_by, r.imported_versions, \(shared), s.name, s.nip, s.nik, \
      s.position_title, n.place, n.narrative, n.urls, n.witnesses, p.mode, p.name, p.contact
      """
  }

  /// The joins of the personal rows that belong to the facts of `table`.
  static func joins(of table: String) -> String {
    """
    JOIN case_subject s ON s.case_key = \(table).case_key AND s.facts_version = \(table).facts_version
    JOIN case_narrative n ON n.case_key = \(table).case_key AND n.facts_version = \(table).facts_version
    JOIN case_reporter p ON p.case_key = \(table).case_key AND p.facts_version = \(table).facts_version
    """
  }

  /// Reads a version that begins at a column, and the number of its person.
  static func decode(_ row: StoredRow, from first: Int) throws -> (record: Case, person: Int64) {
    let importer: String? = row[first + 4]
    var provenance = Provenance(importer: importer.map { AgencyCode(rawValue: $0) })
    provenance.importedVersions = row[first + 5]
    var shared = ColumnReader(row, from: first + 6)
    let version = shared.int()
    _ = shared.int()  // The version that brought the facts.
    let seq = Int64(shared.int())
    let updatedAt = Timestamp(milliseconds: Int64(shared.int()))
    let person = Int64(shared.int())
    let stage = try shared.code(Stage.self)
    var personal = ColumnReader(row, from: first + 6 + Self.shared.count)
    var facts = try facts(&shared, &personal)
    let progress = try progress(stage, &shared)
    provenance.unconfirmed = try ProvenanceColumns.acts(shared.optionalText())
    provenance.disputedFor = ProvenanceColumns.agencies(shared.optionalText())
    facts.source.receivedOn = progress.milestones[.received] ?? facts.act.occurredOn
    let record = Case(
      id: try row.identity(first + 1), number: row[first + 2], version: version, seq: seq, facts: facts,
      progress: progress, provenance: provenance, createdAt: Timestamp(milliseconds: row[first + 3]),
      updatedAt: updatedAt)
    return (record, person)
  }

  private static func facts(_ shared: inout ColumnReader, _ personal: inout ColumnReader) throws -> Facts {
    let election = shared.text()
    let contest = shared.text()
    let region = RegionCode(stored: shared.text())
    let institution = InstitutionRef(
      code: shared.text(), name: shared.text(), kind: try shared.code(InstitutionKind.self))
    let employment = try shared.code(Employment.self)
    let level = try shared.code(PositionLevel.self)
    let reportingClass = shared.optional(ReportingClass.self)
    let appointmentYear = shared.optionalInt()
    let subject = Subject(
      name: personal.optionalText() ?? "", nip: personal.optionalText().map { NIP(stored: $0) },
      nik: personal.optionalText().map { NIK(stored: $0) }, employment: employment, positionLevel: level,
      reportingClass: reportingClass, positionTitle: personal.optionalText(), appointmentYear: appointmentYear)
    let violationCode = shared.optionalText()
    let catalogue = shared.optionalText()
    let category = shared.optionalText()
    let aspect = shared.optionalText()
    let violation = violationCode.map {
      ViolationRef(code: $0, catalogue: catalogue ?? "", category: category ?? "", aspect: aspect ?? "")
    }
    let place = personal.optionalText()
    let narrative = personal.optionalText() ?? ""
    let urls = try strings(personal.text())
    let witnesses = try witnesses(personal.text())
    let act = Act(
      occurredOn: try shared.requiredDate(), knownOn: shared.date(), place: place,
      channel: shared.optional(ActChannel.self), narrative: narrative, urls: urls,
      supports: shared.optional(Supports.self), onUnpaidLeave: shared.flag(), witnesses: witnesses)
    let source = Source(
      kind: try shared.code(SourceKind.self), agency: AgencyCode(rawValue: shared.text()), agencyRef: shared.text(),
      receivedOn: act.occurredOn, channel: shared.optionalText())
    let motives = shared.text().split(separator: " ").map(String.init)
    let reporter = Reporter(
      mode: try personal.code(ReporterMode.self), name: personal.optionalText(), contact: personal.optionalText())
    return Facts(
      election: election, contest: contest, region: region, institution: institution, subject: subject,
      violation: violation, act: act, source: source, reporter: reporter, motives: motives)
  }

  private static func progress(_ stage: Stage, _ shared: inout ColumnReader) throws -> CaseProgress {
    var milestones = Milestones()
    for milestone in Milestone.allCases { milestones[milestone] = shared.date() }
    var progress = CaseProgress(receivedOn: milestones[.received] ?? LegalDate(day: 0))
    progress.stage = stage
    progress.milestones = milestones
    progress.recommendation = recommendation(&shared)
    progress.decision = decision(&shared)
    progress.block = try block(&shared)
    progress.appeal = try appeal(&shared)
    progress.idisReference = shared.optionalText()
    progress.lapseReason = shared.optional(LapseReason.self)
    progress.clocks = try shared.clocks()
    return progress
  }

  private static func recommendation(_ shared: inout ColumnReader) -> Recommendation? {
    let agency = shared.optionalText()
    let letter = shared.optionalText()
    let institution = shared.optionalText()
    let sanction = shared.optionalText()
    return agency.map {
      Recommendation(
        agency: AgencyCode(rawValue: $0), letterNumber: letter ?? "", institution: institution ?? "",
        proposedSanction: sanction)
    }
  }

  private static func decision(_ shared: inout ColumnReader) -> Decision? {
    let agency = shared.optionalText()
    let outcome = shared.optional(DecisionOutcome.self)
    let decree = shared.optionalText()
    let sanction = shared.optionalText()
    let level = shared.optionalText()
    let outside = shared.flag()
    let explained = shared.flag()
    guard let agency, let outcome else { return nil }
    return Decision(
      agency: AgencyCode(rawValue: agency), outcome: outcome, decreeNumber: decree ?? "", sanction: sanction,
      sanctionLevel: level, outsideBand: outside ?? false, deviationExplained: explained ?? false)
  }

  private static func block(_ shared: inout ColumnReader) throws -> Block? {
    let agency = shared.optionalText()
    let letter = shared.optionalText()
    let from = shared.date()
    let until = shared.date()
    let proof = shared.optionalText()
    guard let agency, let from else { return nil }
    return Block(
      agency: AgencyCode(rawValue: agency), letterNumber: letter ?? "", blockedOn: from, releasedOn: until, proof: proof
    )
  }

  private static func appeal(_ shared: inout ColumnReader) throws -> Appeal? {
    let route = shared.optional(AppealRoute.self)
    let from = shared.date()
    let outcome = shared.optional(RulingOutcome.self)
    let until = shared.date()
    guard let route, let from else { return nil }
    return Appeal(route: route, filedOn: from, outcome: outcome, ruledOn: until)
  }

  private static func witnesses(_ json: String) throws -> [Witness] {
    try objects(json).map { witness in
      let contact = text(witness, "contact")
      return Witness(name: text(witness, "name"), contact: contact.isEmpty ? nil : contact)
    }
  }

  private static func strings(_ json: String) throws -> [String] {
    guard json != "[]", case .array(let items) = try JSONValue.parse(Array(json.utf8)) else { return [] }
    return items.compactMap { if case .string(let text) = $0 { text } else { nil } }
  }

  private static func objects(_ json: String) throws -> [JSONObject] {
    guard json != "[]", case .array(let items) = try JSONValue.parse(Array(json.utf8)) else { return [] }
    return items.compactMap { if case .object(let object) = $0 { object } else { nil } }
  }

  private static func text(_ object: JSONObject, _ name: String) -> String {
    if case .string(let text)? = object[name] { return text }
    return ""
  }
}
