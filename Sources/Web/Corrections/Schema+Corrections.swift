internal import Domain

/// The shapes of corrections, as answers show them.
extension Schema {
  static let correctionRequest = object([
    .always("number", count.orNull.described("Null after a dry run.")), .always("requested_by", agency),
    .always("requested_at", instant),
    .maybe("patch", map(of: any).described("For requester and owner alone.")), .maybe("reason", string),
    .maybe("decision_reason", string.orNull), .always("state", codes(["open", "accepted", "refused"])),
    .always("decided_by", agency.orNull), .always("decided_at", instant.orNull),
    .maybe("wrong_person", bool.described("True where the case is on record about the wrong person, else left out.")),
  ]).named("CorrectionRequest")
}
