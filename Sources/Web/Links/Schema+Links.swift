internal import Domain

/// The shapes of ties between cases, as answers show them.
extension Schema {
  static let link = object([
    .always("case_id", uuid), .always("relation", code(LinkRelation.self)),
    .maybe("linked_by", agency.described("For keys that may read cases.")), .maybe("linked_at", instant),
  ]).named("Link")

  static let related = object([
    .always("case_id", uuid), .always("number", string), .always("shared", array(of: string)),
  ]).named("RelatedCase")
}
