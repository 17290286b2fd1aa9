/// What is known of an act that is to be classified.
public struct ClassificationQuestion: Sendable {
  public var election: String
  public var contest: String?
  public var occurredOn: LegalDate
  public var supports: Supports
  public var onUnpaidLeave: Bool
  /// The conduct, as the catalogue names it.
  public var conduct: String?
  /// A violation code somebody has in mind; its conduct is used.
  public var violation: String?

  public init(
    election: String, contest: String?, occurredOn: LegalDate, supports: Supports, onUnpaidLeave: Bool,
    conduct: String?,
    violation: String?
  ) {
    self.election = election
    self.contest = contest
    self.occurredOn = occurredOn
    self.supports = supports
    self.onUnpaidLeave = onUnpaidLeave
    self.conduct = conduct
    self.violation = violation
  }
}

/// The row that fits, and why. A suggestion: people decide.
public struct ClassificationAnswer: Sendable {
  /// Nil when no row fits.
  public var violation: Violation?
  /// Whether the candidates were determined on the day of the act.
  public var determined: Bool
  /// Nil while the day is not decreed.
  public var determinedOn: String?
  public var reasons: [LocalizedText]
  /// What contradicts itself in the question.
  public var warnings: [LocalizedText]
}

extension Reference {
  /// The contest of an election: the named one, or the only one.
  ///
  /// - Throws: `invalid` at `/election` or `/contest`.
  func contest(_ key: String?, of election: String) throws(Failure) -> Election.Contest {
    guard let election = elections[election] else { throw .invalid("/election", .unknownCode) }
    if let key {
      guard let contest = election.contests.first(where: { $0.key == key }) else {
        throw .invalid("/contest", .unknownCode)
      }
      return contest
    }
    guard election.contests.count == 1, let only = election.contests.first else {
      throw .invalid(
        "/contest", .required,
        LocalizedText(
          en: "This election has several contests: name one.",
          inIndonesian: "Pemilihan ini memuat beberapa kontestasi: sebutkan satu."))
    }
    return only
  }

  /// Suggests the violation row for an act.
  ///
  /// The same conduct is an ethics row before the candidates are determined and a discipline row from that day on
  /// (SKB 2022). Rows that ask for the lack of unpaid leave (CLTN) do not fit a person on leave.
  ///
  /// - Throws: `invalid` when election, contest, conduct or violation are unknown.
  public func classify(_ question: ClassificationQuestion) throws(Failure) -> ClassificationAnswer {
    let contest = try contest(question.contest, of: question.election)
    let candidates = try rows(for: question)
    let determined = contest.determinedOn.map { question.occurredOn.description >= $0 } ?? false
    var answer = ClassificationAnswer(
      violation: nil, determined: determined, determinedOn: contest.determinedOn,
      reasons: [Self.dateReason(determined: determined, on: contest.determinedOn)], warnings: [])
    if question.supports == .prospectiveCandidate && determined || question.supports == .candidate && !determined {
      answer.warnings.append(
        LocalizedText(
          en: "The act's date and the support named contradict each other; the date decides.",
          inIndonesian: "Tanggal perbuatan dan pihak yang didukung bertentangan; tanggal yang menentukan."))
    }
    let period = determined || question.supports == .party && candidates.count > 1
    let fitting = candidates.filter {
      $0.period == "any" || $0.period == (period ? "after_determination" : "before_determination")
    }
    guard let row = fitting.first else {
      answer.reasons.append(
        LocalizedText(
          en: "The catalogue has no row for this conduct at that time; the task force decides (LN-13).",
          inIndonesian: "Katalog tidak memuat bentuk untuk perbuatan ini pada saat itu; Satgas yang memutuskan (LN-13)."
        ))
      answer.violation = violations["LN-13"]
      return answer
    }
    if row.requiresNoUnpaidLeave && question.onUnpaidLeave {
      answer.reasons.append(
        LocalizedText(
          en: "\(row.code) needs a person who is not on unpaid leave (CLTN): no row fits.",
          inIndonesian: "\(row.code) mensyaratkan tidak dalam status CLTN: tidak ada bentuk yang cocok."))
      return answer
    }
    answer.violation = row
    answer.reasons.append(LocalizedText(en: "\(row.code): \(row.labelEn)", inIndonesian: "\(row.code): \(row.labelId)"))
    return answer
  }

  private func rows(for question: ClassificationQuestion) throws(Failure) -> [Violation] {
    var conduct = question.conduct
    if let code = question.violation {
      guard let violation = violations[code] else { throw .invalid("/violation", .unknownCode) }
      if let conduct, conduct != violation.conduct { throw .invalid("/conduct", .inconsistent) }
      conduct = violation.conduct
    }
    guard let conduct else { throw .invalid("/conduct", .required) }
    let rows = violations.values.filter { $0.conduct == conduct }.sorted { $0.code < $1.code }
    guard !rows.isEmpty else { throw .invalid("/conduct", .unknownCode) }
    // A campaign event has no discipline row of its own: from the determination on it is attending a campaign.
    if conduct == "campaign_event", let attendance = violations["DS-04"] { return rows + [attendance] }
    return rows
  }

  private static func dateReason(determined: Bool, on date: String?) -> LocalizedText {
    guard let date else {
      return LocalizedText(
        en: "The day on which the candidates are determined is not decreed yet.",
        inIndonesian: "Hari penetapan calon belum ditetapkan.")
    }
    return determined
      ? LocalizedText(
        en: "The act falls on or after \(date), the day the candidates were determined.",
        inIndonesian: "Perbuatan terjadi pada atau setelah \(date), hari penetapan calon.")
      : LocalizedText(
        en: "The act falls before \(date), the day the candidates were determined.",
        inIndonesian: "Perbuatan terjadi sebelum \(date), hari penetapan calon.")
  }
}
