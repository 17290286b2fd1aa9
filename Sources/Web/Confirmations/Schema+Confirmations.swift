internal import Domain

/// The shapes of what others have recorded in an agency's name, as answers show them.
extension Schema {
  /// A result of many confirmations, or, last, why they could not go on.
  static let confirmationResult = anyOf([
    object([
      .maybe("line", count), .maybe("case_id", uuid),
      .always("status", codes(ConfirmationOutcome.allCases.map(\.rawValue) + ["invalid"])), .maybe("version", count),
      .maybe("etag", entityTag), .maybe("problem", problem),
    ]).named("ConfirmedCase"), brokenOff,
  ]).named("ConfirmationResult")
}
