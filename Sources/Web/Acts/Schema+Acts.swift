internal import Domain

/// The shapes of acts on a case, as answers show them.
extension Schema {
  static let allowedActions = object([
    .always("case_id", uuid), .always("version", count),
    .always(
      "actions",
      array(
        of: object([
          .always("action", code(ActionKind.self)), .always("allowed", bool), .maybe("code", code(FailureCode.self)),
          .maybe("detail", string),
        ]).named("AllowedAction"))),
    .always("confirmation", bool.described("Whether something here waits for this agency's confirmation.")),
    .always("correction", bool.described("Whether this agency may correct facts itself.")),
  ]).named("AllowedActions")
}
