internal import Domain
internal import JSON
internal import Service

/// The bodies of answers. Errors are collected in the reader.
enum ConfirmationBody {
  static let actsMax = 100

  /// An answer in one case.
  static func read(_ body: ObjectReader) -> Confirmation? {
    let confirmation = content(body)
    body.finish()
    return confirmation
  }

  /// A line of many.
  static func line(_ body: ObjectReader) -> ConfirmationLine? {
    let id = body.text("case_id", max: 36, required: true)
    let match = body.text("if_match", max: 64, required: true)
    let confirmation = content(body)
    body.finish()
    guard let id, let match, let confirmation else { return nil }
    return ConfirmationLine(caseID: CaseID(id), match: match, confirmation: confirmation)
  }

  /// Which cases are answered at once: those that an agency has imported until a moment.
  static func selection(_ body: ObjectReader) -> (importer: AgencyCode, until: Timestamp, Confirmation)? {
    let importer = body.text("imported_by", max: 20, required: true)
    let until = body.text("until", max: 40, required: true)
    let outcome = body.code("outcome", ConfirmationOutcome.self, required: true)
    let reason = reason(body, outcome)
    body.finish()
    guard let importer, let until, let outcome else { return nil }
    guard let end = instant(until) else {
      body.errors.add(body.at("until"), .format, Hint.instant)
      return nil
    }
    return (AgencyCode(rawValue: importer), end, Confirmation(outcome, reason: reason, acts: nil))
  }

  /// A moment; a date stands for its end in Jakarta.
  private static func instant(_ text: String) -> Timestamp? {
    if let date = LegalDate(text) { return Timestamp("\(date)T23:59:59.999+07:00") }
    return Timestamp(text)
  }

  private static func content(_ body: ObjectReader) -> Confirmation? {
    let outcome = body.code("outcome", ConfirmationOutcome.self, required: true)
    let reason = reason(body, outcome)
    let acts = body.ints("acts", countMax: actsMax)?.map { Int64($0) }
    return outcome.map { Confirmation($0, reason: reason, acts: acts) }
  }

  private static func reason(_ body: ObjectReader, _ outcome: ConfirmationOutcome?) -> String? {
    body.prose("reason", max: 5_000, required: outcome == .disputed)
  }
}
