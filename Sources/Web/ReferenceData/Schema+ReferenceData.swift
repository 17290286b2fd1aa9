internal import Domain
internal import Service

/// The shapes of reference data, as answers show them.
extension Schema {
  static let referencePut = object([
    .always("kind", code(ReferenceKind.self)), .always("rows", count),
    .maybe("cases", count.orNull.described("With clock-rules and holidays: cases whose clocks moved.")),
  ])
}
