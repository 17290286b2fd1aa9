internal import Domain

/// The shapes of statutory clocks, as answers show them.
extension Schema {
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
          PauseGround.allCases.map { "\($0.rawValue): \($0.label.en) (\($0.label.inIndonesian))" }.joined(
            separator: "; "))),
    ]).named("Pause"))

  private static let recordedOn = Member.always(
    "recorded_on",
    date.orNull.described(
      "The day in Jakarta on which the stop was recorded; null while it is open, and for a period without an appeal."))

  static let recordedLate = Member.always(
    "recorded_late", bool.described("Dated in time, so that it is met, and recorded after the due date."))

  static let clock = object([
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
}
