internal import Domain
internal import Service

/// The shapes of imports, as answers show them.
extension Schema {
  /// A result, or, last, why the import could not go on.
  static let importResult = anyOf([
    object([
      .always("line", count), .always("status", codes(["created", "duplicate", "extended", "differs", "invalid"])),
      .maybe("id", uuid.orNull), .maybe("problem", problem),
    ]),
    object([.always("problem", problem)]),
  ])
}
