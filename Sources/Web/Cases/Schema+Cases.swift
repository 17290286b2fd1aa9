internal import Domain

/// The shapes of cases, as answers show them.
extension Schema {
  static let agency = pattern("^[A-Z]{2,20}$")

  static let entityTag = pattern(#"^"[0-9]+-[0-9]+-[0-9a-v]{24}"$"#)

  static let region = pattern("^[0-9]{2}([.][0-9]{2})?$")

  static let institution = object([
    .always("code", string), .always("name", string), .always("kind", code(InstitutionKind.self)),
  ]).named("Institution")

  /// A case as a caller sees it; what is withheld is left out, and `redacted` names its groups.
  static let caseRecord = object(caseMembers(number: string, seq: count)).named("CaseRecord")

  private static func caseMembers(number: Schema, seq: Schema) -> [Member] {
    [
      .always("id", uuid), .always("number", number), .always("version", int(1...Int(Int32.max))),
      .always("seq", seq), .always("stage", code(Stage.self)), .always("final", bool),
    ] + FactsSchema.members + [
      .always(
        "imported_by",
        agency.orNull.described("Who imported the case; null where the reporting agency did itself, or posted it.")),
      .always("unconfirmed", array(of: agency).described("In whose name others have recorded what they must confirm.")),
      .always("disputed", bool.described("Whether the agency named as the reporter says that it is not.")),
      .always("milestones", milestones),
      .always("recommendation", recommendation.orNull), .always("decision", decision.orNull),
      .always("block", block.orNull), .always("appeal", appeal.orNull), .always("idis_reference", string.orNull),
    ] + progressMembers(of: nil) + [
      .always("clocks", array(of: clock)),
      .maybe("evidence", array(of: evidenceItem).described("Left out where there is none, or it is withheld.")),
      .always("redacted", array(of: code(FieldGroup.self)).described("Groups of fields that this key may not see.")),
      .maybe("erased_on", date.described("When its personal values were erased; they are null then.")),
      .always("created_at", instant), .always("updated_at", instant),
    ]
  }

  /// The coded values that acts have left in an object.
  private static func progressMembers(of object: String?) -> [Member] {
    ProgressField.members(of: object).map { field in
      let meanings = field.codes.map { "\($0.code): \($0.label.en)" }.joined(separator: "; ")
      return .always(field.member, codes(field.codes.map(\.code)).orNull.described("\(field.label.en). \(meanings)."))
    }
  }

  /// What the answer to a change shows of the case.
  static let caseAfterChange = anyOf([caseRecord, caseReceipt]).named("CaseAfterChange")

  /// What the answer to creating shows.
  static let caseAfterCreation = anyOf([caseRecord, triedCase, caseReceipt]).named("CaseAfterCreation")

  private static let triedCase = object(
    caseMembers(number: string.neverGiven, seq: count.neverGiven)
  )
  .described("After a dry run, which gives neither number nor sequence.").named("TriedCase")

  private static let caseReceipt = object([
    .always("id", uuid), .always("version", int(1...Int(Int32.max))), .always("stage", code(Stage.self)),
  ]).described("All that a key without cases:read is told.").named("WriteReceipt")

  private static let milestones = object(Milestone.allCases.map { .maybe($0.rawValue, date) }).named("Milestones")

  private static let recommendation = object([
    .always("agency", agency), .always("letter_number", string.orNull), .always("institution", string.orNull),
    .always("proposed_sanction", string.orNull),
  ]).named("Recommendation")

  private static let decision = object([
    .always("agency", agency), .always("outcome", code(DecisionOutcome.self)), .always("decree_number", string.orNull),
    .always("sanction", string.orNull), .always("sanction_level", string.orNull),
    .always("outside_band", bool.orNull), .always("deviation_explained", bool.orNull),
  ]).named("Decision")

  private static let block = object(
    [
      .always("agency", agency), .always("letter_number", string.orNull), .always("blocked_on", date),
      .always("released_on", date.orNull), .always("proof", string.orNull),
    ] + progressMembers(of: "block")
  ).named("Block")

  private static let appeal = object([
    .always("route", code(AppealRoute.self)), .always("filed_on", date),
    .always("outcome", code(RulingOutcome.self).orNull), .always("ruled_on", date.orNull),
  ]).named("Appeal")

  static let event = object([
    .always("seq", count), .always("version", count), .always("what", string), .always("agency", agency),
    .always("on_behalf_of", agency.orNull), .always("imported_by", agency.orNull),
    .always(
      "confirmation",
      code(EventStanding.self).orNull
        .described("What the agency named says; void: built on what is disputed.")),
    .always("occurred_on", date.orNull), .always("recorded_at", instant), .always("stage", code(Stage.self)),
    .always("changed", array(of: string).described("Names of the changed facts that this key may see.")),
    .always("details", map(of: string)), .maybe("proof", leafProof),
  ]).named("Event")

  static let suggestion = object([
    .always(
      "suggestion",
      object([
        .always("violation", string), .always("conduct", string), .always("category", string),
        .always("sanction_level", string.orNull), .always("label_id", string), .always("label_en", string),
        .always("confidence", string), .always("legal_basis", array(of: string)),
      ]).orNull), .always("determined", bool),
    .always("determined_on", string.orNull.described("Null while it is not decreed.")),
    .always("reasons", array(of: string)), .always("warnings", array(of: string)),
  ]).named("Classification")
}
