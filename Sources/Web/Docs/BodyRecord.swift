/// What a decoder asks an `ObjectReader` for: the schema of the bodies it takes, which therefore cannot drift from it.
final class BodyRecord {
  private enum Content {
    case value(Schema)
    case object(BodyRecord)
    case objects(BodyRecord, countMax: Int)
  }

  private var members: [(name: String, content: Content, isRequired: Bool)] = []

  /// The schema of the bodies that `decode` reads.
  static func schema(_ decode: (ObjectReader) throws -> Void) rethrows -> Schema {
    let record = BodyRecord()
    try decode(ObjectReader(describing: record))
    return record.schema
  }

  func add(_ name: String, _ schema: @autoclosure () -> Schema, _ isRequired: Bool = false) {
    add(name, .value(schema()), isRequired)
  }

  func nested(_ name: String, _ isRequired: Bool) -> BodyRecord {
    let record = BodyRecord()
    add(name, .object(record), isRequired)
    return record
  }

  func nested(_ name: String, countMax: Int) -> BodyRecord {
    let record = BodyRecord()
    add(name, .objects(record, countMax: countMax), false)
    return record
  }

  /// A decoder may ask for a member twice; the first time says what it is.
  private func add(_ name: String, _ content: Content, _ isRequired: Bool) {
    if !members.contains(where: { $0.name == name }) { members.append((name, content, isRequired)) }
  }

  private var schema: Schema { .object(members(isPatch: false), isClosed: true) }

  /// The members of the bodies that `decode` reads.
  static func members(_ decode: (ObjectReader) throws -> Void) rethrows -> [Schema.Member] {
    let record = BodyRecord()
    try decode(ObjectReader(describing: record))
    return record.members(isPatch: false)
  }

  /// The members of a JSON merge patch of a body (RFC 7396): each may be left out, and null takes a value away that
  /// need not be there.
  static func patchMembers(_ decode: (ObjectReader) throws -> Void) rethrows -> [Schema.Member] {
    let record = BodyRecord()
    try decode(ObjectReader(describing: record))
    return record.members(isPatch: true)
  }

  private func members(isPatch: Bool) -> [Schema.Member] {
    members.map { name, content, isRequired in
      let schema =
        switch content {
        case .value(let schema): schema
        case .object(let record): Schema.object(record.members(isPatch: isPatch), isClosed: true)
        case .objects(let record, let countMax): Schema.array(of: record.schema, countMax: countMax)
        }
      // Null counts as absent, and takes away in a patch.
      if isRequired { return isPatch ? .maybe(name, schema) : .always(name, schema) }
      return .maybe(name, schema.orNull)
    }
  }
}
