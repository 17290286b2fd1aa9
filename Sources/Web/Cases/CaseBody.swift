internal import Domain
internal import JSON

/// A case as it is posted. Lengths are in Unicode scalars; they bound a record to what a person would read.
enum CaseBody {
  /// Reads a draft. Errors are collected in the reader.
  ///
  /// - Parameter reporter: the agency that reports unless the body names one.
  static func draft(_ body: ObjectReader, reportedBy agency: AgencyCode) -> CaseDraft {
    var draft = CaseDraft(act: act(body), source: source(body, agency), reporter: reporter(body))
    draft.election = body.text("election", max: 64, required: true) ?? ""
    draft.contest = body.text("contest", max: 64)
    draft.region = body.text("region", max: 8, required: true) ?? ""
    draft.institution = body.reference("institution", required: true) ?? ""
    draft.violation = body.reference("violation")
    draft.motives = body.texts("motives", countMax: 10, max: 40)
    for (index, motive) in draft.motives.enumerated() where !motive.utf8.allSatisfy(isCodeByte) {
      body.errors.add("/motives/\(index)", .format, Hint.code)
    }
    subject(body, &draft)
    return draft
  }

  private static func isCodeByte(_ byte: UInt8) -> Bool {
    (byte >= 97 && byte <= 122) || (byte >= 48 && byte <= 57) || byte == UInt8(ascii: "_")
  }

  private static func subject(_ body: ObjectReader, _ draft: inout CaseDraft) {
    guard let subject = body.object("subject", required: true) else { return }
    draft.name = subject.text("name", max: 200, required: true) ?? ""
    draft.nip = subject.digits("nip", count: 18)
    draft.nik = subject.digits("nik", count: 16)
    draft.identifierMissing = subject.flag("identifier_missing") ?? false
    draft.employment = subject.code("employment", Employment.self) ?? .pns
    draft.positionLevel = subject.code("position_level", PositionLevel.self, required: true) ?? .pelaksana
    draft.reportingClass = subject.code("reporting_class", ReportingClass.self)
    draft.positionTitle = subject.text("position_title", max: 200)
    draft.appointmentYear = subject.int("appointment_year", in: 1950...2100)
    subject.finish()
  }

  private static func act(_ body: ObjectReader) -> Act {
    let reader = body.object("act", required: true)
    let act = Act(
      occurredOn: reader?.date("occurred_on", required: true) ?? LegalDate(day: 0), knownOn: reader?.date("known_on"),
      place: reader?.text("place", max: 500), channel: reader?.code("channel", ActChannel.self),
      narrative: reader?.prose("narrative", max: 20_000, required: true) ?? "", urls: urls(reader),
      supports: reader?.code("supports", Supports.self), onUnpaidLeave: reader?.flag("on_unpaid_leave"),
      witnesses: witnesses(reader))
    reader?.finish()
    return act
  }

  private static func urls(_ reader: ObjectReader?) -> [String] {
    guard let reader else { return [] }
    let urls = reader.texts("urls", countMax: 50, max: 2_048, by: withSmallHost)
    if reader.isRecorded("urls") { return urls }
    for (index, url) in urls.enumerated() where !isAddress(url) {
      reader.errors.add(
        "\(reader.at("urls"))/\(index)", .format,
        LocalizedText(
          en: "Give http:// or https:// with a host and no blanks.",
          id: "Isi http:// atau https:// dengan nama host, tanpa spasi."))
    }
    return urls
  }

  /// Scheme and host in small letters, in which they are compared (RFC 3986, section 6.2.2.1).
  private static func withSmallHost(_ url: String) -> String {
    guard let match = url.prefixMatch(of: #/[A-Za-z]+:\/\/[^\/?#]*/#) else { return url }
    return url[..<match.range.upperBound].lowercased() + url[match.range.upperBound...]
  }

  /// Scheme in any case, a host, no white space (RFC 3986, section 3).
  private static func isAddress(_ text: String) -> Bool {
    guard let match = text.prefixMatch(of: #/(?i)https?:\/\/([^\/?#]*)/#), !text.contains(where: \.isWhitespace) else {
      return false
    }
    let host = match.1.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
    return host.first.map { $0 != ":" } ?? false
  }

  private static func isSame(_ one: Witness, _ other: Witness) -> Bool {
    PlainText.folded(one.name) == PlainText.folded(other.name) && one.contact == other.contact
  }

  private static func witnesses(_ reader: ObjectReader?) -> [Witness] {
    guard let reader else { return [] }
    let isRecorded = reader.isRecorded("witnesses")
    let witnesses = reader.objects("witnesses", countMax: 50).map { witness in
      defer { witness.finish() }
      return Witness(
        name: witness.text("name", max: 200, required: true) ?? "", contact: witness.text("contact", max: 200))
    }
    for (index, witness) in witnesses.enumerated()
    where !isRecorded && witnesses[..<index].contains(where: { isSame($0, witness) }) {
      reader.errors.add("\(reader.at("witnesses"))/\(index)", .duplicate, ObjectReader.twice)
    }
    return witnesses
  }

  private static func source(_ body: ObjectReader, _ agency: AgencyCode) -> Source {
    let reader = body.object("source", required: true)
    let source = Source(
      kind: reader?.code("kind", SourceKind.self, required: true) ?? .laporan,
      agency: reader?.text("agency", max: 20).map { AgencyCode(rawValue: $0) } ?? agency,
      agencyRef: reader?.text("agency_ref", max: 120, required: true) ?? "",
      receivedOn: reader?.date("received_on", required: true) ?? LegalDate(day: 0),
      channel: reader?.text("channel", max: 64))
    reader?.finish()
    return source
  }

  private static func reporter(_ body: ObjectReader) -> Reporter {
    guard let reader = body.object("reporter") else { return Reporter(mode: .anonymous, name: nil, contact: nil) }
    defer { reader.finish() }
    return Reporter(
      mode: reader.code("mode", ReporterMode.self, required: true) ?? .anonymous, name: reader.text("name", max: 200),
      contact: reader.text("contact", max: 200))
  }

  /// The facts as they would be posted: what a merge patch is applied to.
  static func json(_ facts: Facts) -> JSONValue {
    .object(
      JSONObject([
        ("election", .string(facts.election)), ("contest", .string(facts.contest)),
        ("region", .string(facts.region.text)), ("institution", .string(facts.institution.code)),
        ("subject", subjectJSON(facts.subject)), ("violation", text(facts.violation?.code)),
        ("act", actJSON(facts.act)),
        (
          "source",
          .object(
            JSONObject([
              ("kind", .string(facts.source.kind.rawValue)), ("agency", .string(facts.source.agency.rawValue)),
              ("agency_ref", .string(facts.source.agencyRef)),
              ("received_on", .string(facts.source.receivedOn.description)), ("channel", text(facts.source.channel)),
            ]))
        ),
        (
          "reporter",
          .object(
            JSONObject([
              ("mode", .string(facts.reporter.mode.rawValue)), ("name", text(facts.reporter.name)),
              ("contact", text(facts.reporter.contact)),
            ]))
        ), ("motives", .array(facts.motives.map { .string($0) })),
      ]))
  }

  private static func subjectJSON(_ subject: Subject) -> JSONValue {
    .object(
      JSONObject([
        ("name", .string(subject.name)), ("nip", text(subject.nip?.text)), ("nik", text(subject.nik?.text)),
        ("identifier_missing", .bool(subject.nip == nil && subject.nik == nil)),
        ("employment", .string(subject.employment.rawValue)),
        ("position_level", .string(subject.positionLevel.rawValue)),
        ("reporting_class", text(subject.reportingClass?.rawValue)), ("position_title", text(subject.positionTitle)),
        ("appointment_year", subject.appointmentYear.map { .number(JSONNumber($0)) } ?? .null),
      ]))
  }

  private static func actJSON(_ act: Act) -> JSONValue {
    .object(
      JSONObject([
        ("occurred_on", .string(act.occurredOn.description)), ("known_on", text(act.knownOn?.description)),
        ("place", text(act.place)), ("channel", text(act.channel?.rawValue)), ("narrative", .string(act.narrative)),
        ("urls", .array(act.urls.map { .string($0) })), ("supports", text(act.supports?.rawValue)),
        ("on_unpaid_leave", act.onUnpaidLeave.map { .bool($0) } ?? .null),
        (
          "witnesses",
          .array(
            act.witnesses.map {
              .object(JSONObject([("name", .string($0.name)), ("contact", text($0.contact))]))
            })
        ),
      ]))
  }

  private static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
}
