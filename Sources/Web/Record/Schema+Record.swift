internal import JSON
internal import Service

/// The shapes of the record, as answers show them.
extension Schema {
  private static let base64Hash = pattern("^[A-Za-z0-9+/]{43}=$")
  private static let leafMembers: [Member] = [
    .always("index", count), .always("kind", code(LeafKind.self)), .always("agency", string.orNull),
    .always("seq", count.orNull), .always("hash", base64Hash),
  ]

  private static let openingMembers: [Member] = [
    .always("groups", map(of: pattern("^[A-Za-z0-9_-]{43}$")).named("LeafGroups")),
    .always("disclosures", array(of: pattern("^[A-Za-z0-9_-]+$"))),
  ]

  static let leafProof = object(
    [.always("leaf", count), .always("agency", string), .always("seq", count)] + openingMembers
  ).named("LeafProof")

  static let leaf = object(leafMembers + [.maybe("proof", object(openingMembers).named("LeafOpening"))]).named("Leaf")

  static let administrativeLeaf = object(
    leafMembers + [.always("content", map(of: any).named("LeafContent").orNull)]
  ).named("AdministrativeLeaf")

  static let recordWitness = object([
    .always("agency", string), .always("key", string), .always("size", count.orNull),
    .always("cosigned_at", instant.orNull), .always("note", string.orNull),
  ]).named("RecordWitness")
}
