internal import Domain

/// The shapes of what is kept until when, as answers show them.
extension Schema {
  static let retainedCase = object([
    .always("case_id", uuid), .always("number", string), .always("agency", agency), .always("stage", code(Stage.self)),
    .always("ended_on", date), .always("years", count.described("By the rule in force on the day it ended.")),
    .always("legal_basis", string), .always("due_on", date.described("The first day on which it is kept no longer.")),
    .always("listed_on", date.orNull.described("Since when it has been due here; null before.")),
    .always("erased_from", date.described("The first day on which it is erased, unless somebody holds it.")),
    .always("held_by", array(of: agency).described("Who holds it today.")),
  ]).named("RetainedCase")

  static let retentionHold = object([
    .always("number", count), .always("agency", agency), .always("held_at", instant),
    .always("until", date.orNull.described("The last day; null: until it is released.")),
    .always("released_at", instant.orNull),
  ]).named("RetentionHold")

  static let triedRetentionHold = object([
    .always("number", count.neverGiven), .always("agency", agency), .always("held_at", instant),
    .always("until", date.orNull), .always("released_at", instant.orNull),
  ]).described("After a dry run, which gives no number.").named("TriedRetentionHold")
}
