internal import Domain
internal import Service

/// The shapes of imports, as answers show them.
extension Schema {
  /// A result, or, last, why the import could not go on.
  static let importResult = anyOf([
    object([
      .always("line", count),
      .always("status", codes(["created", "duplicate", "extended", "differs", "erased", "invalid"])),
      .maybe("id", uuid.orNull), .maybe("problem", problem),
      .maybe(
        "awaited_files",
        array(of: sha256).described("Files of the line that the case does not have: each is to come by PUT.")),
      .maybe("leaf", pattern("^[0-9]+ [A-Za-z0-9+/]{43}=$").described("The line's last leaf, as in Netral-Leaf.")),
    ]).named("ImportedLine"), brokenOff,
  ]).named("ImportResult")

  /// The last line of what could not go on.
  static let brokenOff = object([.always("problem", problem)]).named("StreamBrokenOff")
}
