internal import Domain

/// A statistical question as a query, and back.
enum StatisticQuery {
  private static let parameters: [Parameter] = [
    .election, .date("as_of", "The day the figures are of (default: today)."),
    .code(
      "basis", StatisticBasis.self, "effective: what had happened, as known now; recorded: what was recorded then."),
    .code("unit", StatisticUnit.self, "What is counted (default: case)."),
    .code("group_by", StatisticGrouping.self, "One grouping."),
    .code("of", SanctionsCounted.self, "Which sanctions (default: decided)."), .region, .institution,
    .code("institution_kind", InstitutionKind.self, "Kind of the institution."),
    .text("violation", "Code of a violation."), .text("category", "Category of the violation."),
    .code("position_level", PositionLevel.self, "Level of the position."),
    .text("reporting_class", "Class used in published figures."), .text("reported_by", "Code of an agency."),
    .int("cohort", 1900...2199, "Year of the first appointment."), .codes("stage", Stage.self, "Stages at the date."),
    .date("occurred_from", "First day of the act."), .date("occurred_until", "Last day of the act."),
  ]
  private static let names = Set(parameters.map(\.name) + ["format"])
  private static let lists = Set(parameters.filter(\.isList).map(\.name))

  /// What a question of a kind may say.
  static func parameters(of kind: StatisticKind) -> [Parameter] {
    parameters.filter { kind == .sanctions || $0.name != "of" }
  }

  /// Reads a question.
  ///
  /// - Throws: `unknown_parameter`, `invalid_parameter`, naming the parameter.
  static func question(_ kind: StatisticKind, _ query: Query, today: LegalDate, _ reference: Reference)
    throws(Failure) -> StatisticQuestion
  {
    var question = try read(kind, query, defaultDate: today)
    if question.asOf > today {
      throw .parameter(
        "as_of", LocalizedText(en: "This date lies in the future.", inIndonesian: "Tanggal ini di masa depan."), .range)
    }
    try checkCodes(question.filter, reference)
    try checkAgreement(question, reference)
    try check(&question)
    return question
  }

  /// Reads the question of a figure. What was asked once is not judged again: codes, dates and definition are those of
  /// its time.
  ///
  /// - Throws: `invalid_parameter` when it is not one that was written here.
  static func stored(_ figure: Figure) throws(Failure) -> StatisticQuestion {
    let query = try Query(figure.question[...], knowing: names, lists: lists)
    var question = try read(figure.kind, query, defaultDate: LegalDate(inJakarta: figure.issuedAt))
    question.definition = figure.definition.split(separator: "/").last.flatMap { Int($0) } ?? question.definition
    return question
  }

  private static func read(_ kind: StatisticKind, _ query: Query, defaultDate: LegalDate) throws(Failure)
    -> StatisticQuestion
  {
    var question = StatisticQuestion(kind, asOf: try query.date("as_of") ?? defaultDate)
    question.basis = try query.code("basis", StatisticBasis.self) ?? .effective
    question.unit = try query.code("unit", StatisticUnit.self) ?? .case
    question.groupBy = try query.code("group_by", StatisticGrouping.self)
    if let of = try query.code("of", SanctionsCounted.self) {
      guard kind == .sanctions else { throw .parameter("of", notHere(kind), .notAllowed) }
      question.of = of
    }
    question.filter = try filter(query)
    return question
  }

  /// The question in one spelling: what it does not say is written out.
  static func canonical(_ question: StatisticQuestion) -> String {
    var pairs: [(String, String?)] = [
      ("as_of", question.asOf.description), ("basis", question.basis.rawValue), ("unit", question.unit.rawValue),
      ("group_by", question.groupBy?.rawValue), ("of", question.kind == .sanctions ? question.of.rawValue : nil),
    ]
    pairs += Self.pairs(of: question.filter)
    return pairs.compactMap { name, value in value.map { "\(name)=\(Query.encode($0))" } }.sorted()
      .joined(separator: "&")
  }

  /// The filter as it is shown in an answer: names and values in the order of the contract.
  static func pairs(of filter: StatisticFilter) -> [(String, String?)] {
    [
      ("election", filter.election), ("region", filter.region?.text), ("institution", filter.institution),
      ("institution_kind", filter.institutionKind?.rawValue), ("violation", filter.violation),
      ("category", filter.category), ("position_level", filter.positionLevel?.rawValue),
      ("reporting_class", filter.reportingClass), ("reported_by", filter.reportedBy?.rawValue),
      ("cohort", filter.cohort.map { String($0) }),
      ("stage", filter.stages.isEmpty ? nil : filter.stages.map(\.rawValue).sorted().joined(separator: ",")),
      ("occurred_from", filter.occurredFrom?.description), ("occurred_until", filter.occurredUntil?.description),
    ]
  }

  private static func filter(_ query: Query) throws(Failure) -> StatisticFilter {
    var filter = StatisticFilter()
    filter.election = query["election"]
    filter.region = try query.region("region")
    filter.institution = query["institution"]
    filter.institutionKind = try query.code("institution_kind", InstitutionKind.self)
    filter.violation = query["violation"]
    filter.category = query["category"]
    filter.positionLevel = try query.code("position_level", PositionLevel.self)
    filter.reportingClass = query["reporting_class"]
    filter.reportedBy = query["reported_by"].map { AgencyCode(rawValue: $0) }
    filter.cohort = try query.int("cohort", in: 1900...2199)
    filter.stages = try query.codes("stage", Stage.self) ?? []
    filter.occurredFrom = try query.date("occurred_from")
    filter.occurredUntil = try query.date("occurred_until")
    return filter
  }

  /// A code that does not exist is a mistake, not a figure of zero.
  private static func checkCodes(_ filter: StatisticFilter, _ reference: Reference) throws(Failure) {
    let known: [(String, Bool?)] = [
      ("election", filter.election.map { reference.elections[$0] != nil }),
      ("region", filter.region.map { reference.knowsRegion($0.text) }),
      ("institution", filter.institution.map { reference.knowsInstitution($0) }),
      ("violation", filter.violation.map { reference.violations[$0] != nil }),
      (
        "category", filter.category.map { name in reference.violations.values.contains { $0.category == name } }
      ),
      ("reporting_class", filter.reportingClass.map { reference.knowsReportingClass($0) }),
      ("reported_by", filter.reportedBy.map { reference.agencies[$0.rawValue] != nil }),
    ]
    for (name, isKnown) in known where isKnown == false {
      throw .parameter(name, FieldErrorCode.unknownCode.standardDetail, .unknownCode)
    }
  }

  /// Filters that no case can meet together are a mistake, too.
  private static func checkAgreement(_ question: StatisticQuestion, _ reference: Reference) throws(Failure) {
    let filter = question.filter
    if let from = filter.occurredFrom, let until = filter.occurredUntil, from > until {
      throw contradiction("occurred_until", "occurred_from")
    }
    if let from = filter.occurredFrom, from > question.asOf { throw contradiction("occurred_from", "as_of") }
    if let violation = filter.violation.flatMap({ reference.violations[$0] }), let category = filter.category,
      violation.category != category
    {
      throw contradiction("category", "violation")
    }
    if let institution = filter.institution, let kind = filter.institutionKind,
      reference.institutionKind(institution) != kind
    {
      throw contradiction("institution_kind", "institution")
    }
  }

  /// What one kind of statistic demands or cannot take.
  private static func check(_ question: inout StatisticQuestion) throws(Failure) {
    switch question.kind {
    case .funnel, .stages, .sanctions: break
    case .timeliness:
      guard question.unit == .case else {
        throw .parameter(
          "unit", LocalizedText(en: "Days are counted by case.", inIndonesian: "Lama waktu dihitung menurut kasus."),
          .notAllowed)
      }
    case .equalTreatment:
      guard (question.filter.violation == nil) != (question.filter.category == nil) else {
        throw .parameter(
          question.filter.violation == nil ? "violation" : "category",
          LocalizedText(
            en: "Give a violation form or a category, and only one of them: like acts are compared.",
            inIndonesian:
              "Isi bentuk pelanggaran atau kategori, salah satu saja: yang dibandingkan adalah perbuatan sejenis."))
      }
      let groupings: [StatisticGrouping] = [
        .positionLevel, .reportingClass, .province, .region, .institutionKind, .cohort,
      ]
      let grouping = question.groupBy ?? .positionLevel
      guard groupings.contains(grouping) else {
        let names = groupings.map(\.rawValue).joined(separator: ", ")
        throw .parameter(
          "group_by", LocalizedText(en: "Give one of \(names).", inIndonesian: "Isi salah satu dari \(names)."))
      }
      question.groupBy = grouping
    }
  }

  private static func notHere(_ kind: StatisticKind) -> LocalizedText {
    LocalizedText(
      en: "\(kind.rawValue) does not take this.", inIndonesian: "\(kind.rawValue) tidak mengenal parameter ini.")
  }

  private static func contradiction(_ name: String, _ other: String) -> Failure {
    .parameter(
      name, LocalizedText(en: "This contradicts \(other).", inIndonesian: "Ini bertentangan dengan \(other)."),
      .inconsistent)
  }
}
