internal import Domain

/// A statistical question as a query, and back.
enum StatisticQuery {
  private static let names: Set<String> = [
    "election", "as_of", "basis", "unit", "group_by", "of", "region", "institution", "institution_kind", "violation",
    "category", "position_level", "reporting_class", "reported_by", "cohort", "stage", "occurred_from",
    "occurred_until",
  ]

  /// Reads a question.
  ///
  /// - Throws: `unknown_parameter`, `invalid_parameter`, naming the parameter.
  static func question(_ kind: StatisticKind, _ text: Substring?, today: LegalDate, _ reference: Reference)
    throws(Failure) -> StatisticQuestion
  {
    let query = try Query(text, knowing: names)
    var question = StatisticQuestion(kind, asOf: try query.date("as_of") ?? today)
    if question.asOf > today {
      throw .parameter("as_of", LocalizedText(en: "This date lies in the future.", id: "Tanggal ini di masa depan."))
    }
    question.basis = try query.code("basis", StatisticBasis.self) ?? .effective
    question.unit = try query.code("unit", StatisticUnit.self) ?? .case
    question.groupBy = try query.code("group_by", StatisticGrouping.self)
    if let of = try query.code("of", SanctionsCounted.self) {
      guard kind == .sanctions else { throw .parameter("of", notHere(kind)) }
      question.of = of
    }
    question.filter = try filter(query, reference)
    try check(question.filter, reference)
    try check(&question)
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

  private static func filter(_ query: Query, _ reference: Reference) throws(Failure) -> StatisticFilter {
    var filter = StatisticFilter()
    filter.election = query["election"]
    if let text = query["region"] {
      guard let region = RegionCode(text) else {
        throw .parameter("region", LocalizedText(en: "Give PP or PP.KK.", id: "Isi PP atau PP.KK."))
      }
      filter.region = region
    }
    filter.institution = query["institution"]
    filter.institutionKind = try query.code("institution_kind", InstitutionKind.self)
    filter.violation = query["violation"]
    filter.category = query["category"]
    filter.positionLevel = try query.code("position_level", PositionLevel.self)
    filter.reportingClass = query["reporting_class"]
    filter.reportedBy = query["reported_by"].map { AgencyCode(rawValue: $0) }
    filter.cohort = try query.int("cohort", in: 1900...2199)
    for name in query["stage"]?.split(separator: ",", omittingEmptySubsequences: false) ?? [] {
      guard let stage = Stage(rawValue: String(name)) else { throw .parameter("stage", Query.oneOf(Stage.self)) }
      guard !filter.stages.contains(stage) else { throw .parameter("stage", FieldErrorCode.duplicate.standardDetail) }
      filter.stages.append(stage)
    }
    filter.occurredFrom = try query.date("occurred_from")
    filter.occurredUntil = try query.date("occurred_until")
    return filter
  }

  /// A code that does not exist is a mistake, and so are filters that no case can meet together.
  private static func check(_ filter: StatisticFilter, _ reference: Reference) throws(Failure) {
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
      throw .parameter(name, FieldErrorCode.unknownCode.standardDetail)
    }
    if let from = filter.occurredFrom, let until = filter.occurredUntil, from > until {
      throw .parameter("occurred_until", contradicts("occurred_from"))
    }
    if let violation = filter.violation.flatMap({ reference.violations[$0] }), let category = filter.category,
      violation.category != category
    {
      throw .parameter("category", contradicts("violation"))
    }
    if let institution = filter.institution, let kind = filter.institutionKind,
      reference.institutionKind(institution) != kind
    {
      throw .parameter("institution_kind", contradicts("institution"))
    }
  }

  /// What one kind of statistic demands or cannot take.
  private static func check(_ question: inout StatisticQuestion) throws(Failure) {
    switch question.kind {
    case .funnel, .stages, .sanctions: break
    case .timeliness:
      guard question.unit == .case else {
        throw .parameter(
          "unit", LocalizedText(en: "Days are counted by case.", id: "Lama waktu dihitung menurut kasus."))
      }
    case .equalTreatment:
      guard (question.filter.violation == nil) != (question.filter.category == nil) else {
        throw .parameter(
          question.filter.violation == nil ? "violation" : "category",
          LocalizedText(
            en: "Give a violation form or a category, and only one of them: like acts are compared.",
            id: "Isi bentuk pelanggaran atau kategori, salah satu saja: yang dibandingkan adalah perbuatan sejenis."))
      }
      let groupings: [StatisticGrouping] = [
        .positionLevel, .reportingClass, .province, .region, .institutionKind, .cohort,
      ]
      let grouping = question.groupBy ?? .positionLevel
      guard groupings.contains(grouping) else {
        let names = groupings.map(\.rawValue).joined(separator: ", ")
        throw .parameter("group_by", LocalizedText(en: "Give one of \(names).", id: "Isi salah satu dari \(names)."))
      }
      question.groupBy = grouping
    }
  }

  private static func notHere(_ kind: StatisticKind) -> LocalizedText {
    LocalizedText(en: "\(kind.rawValue) does not take this.", id: "\(kind.rawValue) tidak mengenal parameter ini.")
  }

  private static func contradicts(_ name: String) -> LocalizedText {
    LocalizedText(en: "This contradicts \(name).", id: "Ini bertentangan dengan \(name).")
  }
}
