internal import Domain
internal import Service

/// The shapes of the feed, as answers show them.
extension Schema {
  static let representation = count.described(
    "The form of cases, the first number of their tags. What is held under another one is to be fetched again.")

  /// A change of the feed, as an element of the page or a line.
  static let change = object([
    .always("seq", count), .always("type", code(ChangeType.self)), .always("case_id", uuid),
    .always("version", count), .maybe("etag", entityTag),
    .maybe("case", caseRecord.described("As the caller sees it now; left out when it was withdrawn.")),
    .maybe("proof", leafProof),
  ]).named("Change")

  static let changePage = object([.always("changes", .array(of: change))] + changesEnd).named("ChangePage")

  /// A change, or, last, where the feed goes on.
  static let changeLine = anyOf([change, object(changesEnd).named("ChangesEnd")]).named("ChangeLine")

  private static let changesEnd: [Member] = [
    .always("next_after", count), .always("head", count), .always("oldest", count),
    .always("representation", representation),
    .maybe("sealing_keys", array(of: sealingKey).described("The caller's active sealing keys, where it has any.")),
  ]
}
