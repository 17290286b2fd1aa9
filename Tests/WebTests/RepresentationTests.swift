internal import Domain
internal import JSON
internal import TestSupport
internal import Testing

/// What a case is made of. Whoever adds a member to cases changes the bytes of versions that have not changed: the release
/// that does so raises `CaseJSON.representation` by one, once, and this list with it. A member that only new versions have,
/// as `erased_on`, changes none.
@Suite("The representation of a case")
struct RepresentationTests {
  private static let number = 4
  private static let members = """
    id number version seq stage final election contest region
    institution institution.code institution.name institution.kind
    subject subject.name subject.nip subject.nik subject.employment subject.position_level subject.reporting_class
    subject.position_title subject.appointment_year
    violation violation.code violation.catalogue violation.category violation.aspect
    act act.occurred_on act.known_on act.place act.channel act.narrative act.urls act.supports act.on_unpaid_leave
    act.witnesses act.witnesses.name act.witnesses.contact
    source source.kind source.agency source.agency_ref source.received_on source.channel
    reporter reporter.mode reporter.name reporter.contact reporter.sealed reporter.sealed.key_id
    reporter.sealed.enc reporter.sealed.ciphertext motives imported_by unconfirmed disputed
    milestones milestones.received milestones.verified milestones.rejected milestones.studied milestones.recommended
    milestones.not_proven milestones.decided milestones.blocked milestones.released milestones.appealed milestones.ruled
    milestones.exonerated milestones.escalated milestones.closed milestones.cancelled milestones.lapsed
    recommendation recommendation.agency recommendation.letter_number recommendation.institution
    recommendation.proposed_sanction
    decision decision.agency decision.outcome decision.decree_number decision.sanction decision.sanction_level
    decision.outside_band decision.deviation_explained
    block block.agency block.letter_number block.blocked_on block.released_on block.proof block.extent
    appeal appeal.route appeal.filed_on appeal.outcome appeal.ruled_on idis_reference lapse_reason ground
    clocks clocks.kind clocks.started_on clocks.due_on clocks.unit clocks.state clocks.stopped_on clocks.recorded_on
    clocks.recorded_late clocks.pauses clocks.pauses.from clocks.pauses.until clocks.pauses.ground
    evidence evidence.sha256 evidence.kind evidence.media_type evidence.bytes evidence.taken_on evidence.place
    evidence.platform evidence.source_url evidence.method evidence.note evidence.name evidence.received_by
    evidence.received_at evidence.scan evidence.withdrawal evidence.withdrawal.agency evidence.withdrawal.at
    evidence.withdrawal.reason redacted erased_on created_at updated_at
    """

  @Test("has a number that goes with its members, in tags, in the feed and in snapshots")
  func pinned() async throws {
    try await withService { visitor in
      let schemas = try visitor.ask("GET", "/openapi.json", []).json["components"]["schemas"]
      var found: [String] = []
      collect(schemas["CaseRecord"], "", schemas, &found)
      #expect(found == Self.members.split(whereSeparator: \.isWhitespace).map(String.init))
      let path = try visitor.makeCase()
      #expect(try visitor.etag(path, as: .bkn).hasPrefix("\"\(Self.number)-1-"))
      #expect(try visitor.get("/v1/changes", as: .bkn).json["representation"].int == Self.number)
      let lines = try visitor.get("/v1/exports/cases", as: .bkn).lines
      let first = try JSONValue.parse(Array((lines.first ?? "").utf8))
      #expect(first["snapshot"]["representation"].int == Self.number)
    }
  }

  private func collect(_ schema: JSONValue, _ prefix: String, _ schemas: JSONValue, _ found: inout [String]) {
    if let name = schema["$ref"].string?.split(separator: "/").last {
      return collect(schemas[String(name)], prefix, schemas, &found)
    }
    for part in schema["anyOf"].items { collect(part, prefix, schemas, &found) }
    if schema.has("items") { collect(schema["items"], prefix, schemas, &found) }
    for name in schema["properties"].names {
      found.append(prefix + name)
      collect(schema["properties"][name], "\(prefix)\(name).", schemas, &found)
    }
  }
}
