internal import Domain

/// The shapes of cases and of what belongs to one, as answers show them.
extension Schema {
  static let agency = pattern("^[A-Z]{2,20}$")
  static let entityTag = pattern(#"^"[0-9]+-[0-9]+-[0-9]+"$"#)
  static let region = pattern("^[0-9]{2}([.][0-9]{2})?$")

  static let institution = object([
    .always("code", string), .always("name", string), .always("kind", code(InstitutionKind.self)),
  ]).named("Institution")

  /// A case as a caller sees it; what is withheld is left out, and `redacted` names its groups.
  static let caseRecord = object(caseMembers(number: string, seq: count)).named("Case")

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
      .always("lapse_reason", code(LapseReason.self).orNull), .always("clocks", array(of: clock)),
      .always("redacted", array(of: code(FieldGroup.self)).described("Groups of fields that this key may not see.")),
      .always("created_at", instant), .always("updated_at", instant),
    ]
  }

  /// What the answer to a change shows of the case.
  static let caseAfterChange = anyOf([caseRecord, caseReceipt])
  /// What the answer to creating shows.
  static let caseAfterCreation = anyOf([caseRecord, triedCase, caseReceipt])

  private static let triedCase = object(caseMembers(number: null, seq: null)).named("TriedCase")
    .described("After a dry run, which gives neither number nor sequence.")
  private static let caseReceipt = object([
    .always("id", uuid), .always("version", int(1...Int(Int32.max))), .always("stage", code(Stage.self)),
  ]).named("CaseReceipt").described("All that a key without cases:read is told.")

  private static let milestones = object(Milestone.allCases.map { .maybe($0.rawValue, date) })

  private static let recommendation = object([
    .always("agency", agency), .always("letter_number", string), .always("institution", string.orNull),
    .always("proposed_sanction", string.orNull),
  ])

  private static let decision = object([
    .always("agency", agency), .always("outcome", code(DecisionOutcome.self)), .always("decree_number", string),
    .always("sanction", string.orNull), .always("sanction_level", string.orNull),
    .always("outside_band", bool.orNull), .always("deviation_explained", bool.orNull),
  ])

  private static let block = object([
    .always("agency", agency), .always("letter_number", string), .always("blocked_on", date),
    .always("released_on", date.orNull), .always("proof", string.orNull),
  ])

  private static let appeal = object([
    .always("route", code(AppealRoute.self)), .always("filed_on", date),
    .always("outcome", code(RulingOutcome.self).orNull), .always("ruled_on", date.orNull),
  ])

  private static let pauses = array(
    of: object([
      .always("from", date),
      .always(
        "until",
        date.orNull.described(
          "The day on which the clock runs again; null for one of an earlier release that nobody has resumed.")),
      .always(
        "ground",
        code(PauseGround.self).orNull.described(
          PauseGround.allCases.map { "\($0.rawValue): \($0.label.en) (\($0.label.id))" }.joined(separator: "; "))),
    ]))

  private static let recordedOn = Member.always(
    "recorded_on",
    date.orNull.described(
      "The day in Jakarta on which the stop was recorded; null while it is open, and for a period without an appeal."))
  private static let recordedLate = Member.always(
    "recorded_late", bool.described("Dated in time, so that it is met, and recorded after the due date."))

  private static let clock = object([
    .always("kind", code(ClockKind.self)), .always("started_on", date), .always("due_on", date),
    .always("unit", code(ClockUnit.self)), .always("state", code(ClockState.self)),
    .always("stopped_on", date.orNull), recordedOn, recordedLate, .maybe("pauses", pauses),
  ]).named("Clock")

  /// A clock in the list of clocks: with its case, and with what follows when it is overdue.
  static let listedClock = object([
    .always("case_id", uuid), .always("number", string), .always("stage", code(Stage.self)),
    .always("election", string), .always("institution", institution), .always("region", region),
    .always("kind", code(ClockKind.self)), .always("started_on", date), .always("due_on", date),
    .always("unit", code(ClockUnit.self)), .always("legal_basis", string.orNull),
    .always("state", code(ClockStanding.self)), .always("stopped_on", date.orNull),
    recordedOn, recordedLate, .always("pauses", pauses),
    .maybe("days_overdue", count),
    .maybe("block_candidate", object([.always("from", date), .always("blocked", bool)])),
    .maybe(
      "escalate_to",
      object([.always("agency", agency.orNull), .always("superior_id", string), .always("superior_en", string)])),
  ]).named("ListedClock")

  static let event = object([
    .always("seq", count), .always("version", count), .always("what", string), .always("agency", agency),
    .always("on_behalf_of", agency.orNull), .always("imported_by", agency.orNull),
    .always(
      "confirmation",
      codes(["unconfirmed", "confirmed", "disputed", "void"]).orNull
        .described("What the agency named says; void: built on what is disputed.")),
    .always("occurred_on", date.orNull), .always("recorded_at", instant), .always("stage", code(Stage.self)),
    .always("changed", array(of: string).described("Names of the changed facts that this key may see.")),
    .always("details", map(of: string)),
  ]).named("Event")

  static let allowedActions = object([
    .always("case_id", uuid), .always("version", count),
    .always(
      "actions",
      array(
        of: object([
          .always("action", code(ActionKind.self)), .always("allowed", bool), .maybe("code", code(FailureCode.self)),
          .maybe("detail", string),
        ]))),
    .always("confirmation", bool.described("Whether something here waits for this agency's confirmation.")),
    .always("correction", bool.described("Whether this agency may correct facts itself.")),
  ])

  /// A result of many confirmations, or, last, why they could not go on.
  static let confirmationResult = anyOf([
    object([
      .maybe("line", count), .maybe("case_id", uuid),
      .always("status", codes(ConfirmationOutcome.allCases.map(\.rawValue) + ["invalid"])), .maybe("version", count),
      .maybe("etag", entityTag), .maybe("problem", problem),
    ]),
    object([.always("problem", problem)]),
  ])

  static let correctionRequest = object([
    .always("number", count.orNull.described("Null after a dry run.")), .always("requested_by", agency),
    .always("requested_at", instant),
    .maybe("patch", map(of: any).described("For requester and owner alone.")), .maybe("reason", string),
    .maybe("decision_reason", string.orNull), .always("state", codes(["open", "accepted", "refused"])),
    .always("decided_by", agency.orNull), .always("decided_at", instant.orNull),
  ]).named("CorrectionRequest")

  static let link = object([
    .always("case_id", uuid), .always("relation", code(LinkRelation.self)),
    .maybe("linked_by", agency.described("For keys that may read cases.")), .maybe("linked_at", instant),
  ])

  static let related = object([
    .always("case_id", uuid), .always("number", string), .always("shared", array(of: string)),
  ])

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
  ])
}
