internal import Domain

/// The facts of a case as members of its schema: what ``FactsJSON`` writes.
enum FactsSchema {
  static let members: [Schema.Member] = {
    var members: [Schema.Member] = []
    var objects: Set<String> = []
    for field in CaseField.all {
      guard let object = field.object else {
        members.append(member(field))
        continue
      }
      if objects.insert(object).inserted { members.append(FactsSchema.object(object)) }
    }
    return members
  }()

  private static func object(_ name: String) -> Schema.Member {
    let fields = CaseField.all.filter { $0.object == name }
    let shape = Schema.object(fields.map(member))
    let schema =
      name == "institution" ? Schema.institution : shape.named(name.prefix(1).uppercased() + name.dropFirst())
    if name == "violation" { return .always(name, shape.named("Violation").orNull) }
    let isOpen = fields.contains { $0.group == .core }
    return isOpen ? .always(name, schema) : .maybe(name, schema.described("Left out where it is withheld."))
  }

  private static func member(_ field: CaseField) -> Schema.Member {
    var schema = schema(of: field)
    if !isNeverNull(field), !field.isOptional { schema = schema.orNull }
    // What a whole object is withheld by needs no word at its members.
    let isApart = field.group != .core && CaseField.all.contains { $0.object == field.object && $0.group == .core }
    return isApart || field.isOptional ? .maybe(field.member, schema) : .always(field.member, schema)
  }

  private static func schema(of field: CaseField) -> Schema {
    switch field.form {
    case .text, .prose, .digits, .reference:
      field.name == "region" ? .region : field.name == "source.agency" ? .agency : .string
    case .derived: field.name == "institution.kind" ? .code(InstitutionKind.self) : .string
    case .code(let codes): .codes(codes)
    case .date: .date
    case .number: .count
    case .flag: .bool
    case .texts: .array(of: .string)
    case .sealed:
      .array(
        of: Schema.object([
          .always("key_id", .string), .always("enc", Schema.string.described("32 bytes in base64.")),
          .always("ciphertext", .string),
        ]).named("SealedCopy"))
    case .witnesses:
      .array(of: Schema.object([.always("name", .string), .always("contact", Schema.string.orNull)]).named("Witness"))
    }
  }

  /// A member is null where nothing is said of the fact, or it was erased.
  private static func isNeverNull(_ field: CaseField) -> Bool {
    field.isList || field.object == "violation" || (field.value(.blank) != .none && !field.isErasable)
  }
}
