internal import Domain
internal import Service

/// The shapes of reference data, as answers show them.
extension Schema {
  static let referencePut = object([
    .always("kind", code(ReferenceKind.self)), .always("rows", count),
    .maybe("cases", count.orNull.described("With clock-rules and holidays: cases whose clocks moved.")),
  ]).named("StoredReference")

  /// A row of any kind; the columns of each kind are described with the operation.
  static let referenceRow = map(of: any).named("Row")
}
