internal import Domain
internal import JSON

/// The shape of a value, as JSON Schema 2020-12 has it (OpenAPI 3.1 uses that dialect).
struct Schema: Sendable {
  /// The schema; for one that has a name, a reference to it.
  let json: JSONValue
  /// The schemas with names that this one refers to.
  let definitions: [String: JSONValue]

  private init(_ json: JSONValue, _ definitions: [String: JSONValue] = [:]) {
    self.json = json
    self.definitions = definitions
  }

  private init(_ members: [(String, JSONValue)], _ parts: [Schema] = []) {
    self.init(
      .object(JSONObject(members)),
      parts.reduce(into: [:]) { $0.merge($1.definitions) { first, _ in first } })
  }

  /// The same under a name, written once and referred to.
  func named(_ name: String) -> Schema {
    var definitions = definitions
    definitions[name] = json
    return Schema(.object(JSONObject([("$ref", .string("#/components/schemas/\(name)"))])), definitions)
  }

  /// A schema that refers to itself.
  static func recursive(_ name: String, _ make: (Schema) -> Schema) -> Schema {
    make(Schema(.object(JSONObject([("$ref", .string("#/components/schemas/\(name)"))])))).named(name)
  }

  /// The same with more keywords.
  func with(_ members: (String, JSONValue)...) -> Schema {
    guard case .object(var object) = json else { return self }
    for (name, value) in members { object[name] = value }
    return Schema(.object(object), definitions)
  }

  func described(_ text: String) -> Schema { with(("description", .string(text))) }

  /// The same, or null.
  var orNull: Schema { Schema([("anyOf", .array([json, Schema.null.json]))], [self]) }
}

// MARK: Scalars

extension Schema {
  static let any = Schema([])
  static let null = Schema([("type", .string("null"))])
  static let bool = Schema([("type", .string("boolean"))])
  static let number = Schema([("type", .string("number"))])
  static let string = Schema([("type", .string("string"))])
  static let date = string.with(("format", .string("date")))
  static let instant = string.with(("format", .string("date-time")))
  static let uuid = string.with(("format", .string("uuid")))
  static let count = int(0...Int(Int64.max))

  static func int(_ range: ClosedRange<Int>) -> Schema {
    Schema([("type", .string("integer")), ("minimum", .int(range.lowerBound)), ("maximum", .int(range.upperBound))])
  }

  static func pattern(_ pattern: String) -> Schema { string.with(("pattern", .string(pattern))) }

  /// One of the codes of a closed set.
  static func code<Code: RawRepresentable & CaseIterable>(_ type: Code.Type) -> Schema where Code.RawValue == String {
    codes(type.allCases.map(\.rawValue))
  }

  static func codes(_ codes: [String]) -> Schema { string.with(("enum", .array(codes.map { .string($0) }))) }

  static func const(_ text: String) -> Schema { Schema([("const", .string(text))]) }

  /// So many digits, which blanks may group.
  static func digits(_ count: Int) -> Schema { pattern("^ *([0-9] *){\(count)}$") }

  /// A line of 1 to `max` characters as `PlainText` has it, or a text of several lines: no control or format characters
  /// (those above U+FFFF are left out here), and more than white space.
  static func text(max: Int, hasLines: Bool = false) -> Schema {
    let controls = hasLines ? #"\u0000-\u0008\u000b\u000c\u000e-\u001f"# : #"\u0000-\u001f\u2028\u2029"#
    let formats =
      #"\u007f-\u009f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e"#
      + #"\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"#
    let blanks =
      #"\t\n\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"#
    let allowed = "[^\(controls)\(formats)]"
    return string.with(
      ("minLength", .int(1)), ("maxLength", .int(max)),
      ("pattern", .string("^\(allowed)*[^\(controls)\(formats)\(blanks)]\(allowed)*$")))
  }
}

// MARK: Composites

extension Schema {
  /// A member of an object.
  struct Member: Sendable {
    let name: String
    let schema: Schema
    let isRequired: Bool

    /// Always there.
    static func always(_ name: String, _ schema: Schema) -> Member {
      Member(name: name, schema: schema, isRequired: true)
    }

    /// Left out at times.
    static func maybe(_ name: String, _ schema: Schema) -> Member {
      Member(name: name, schema: schema, isRequired: false)
    }
  }

  /// An object of these members.
  ///
  /// - Parameter isClosed: true when a further member is an error, as in every body that is sent to the service.
  static func object(_ members: [Member], isClosed: Bool = false) -> Schema {
    var keywords: [(String, JSONValue)] = [("type", .string("object"))]
    let required = members.filter(\.isRequired).map { JSONValue.string($0.name) }
    if !required.isEmpty { keywords.append(("required", .array(required))) }
    keywords.append(("properties", .object(JSONObject(members.map { ($0.name, $0.schema.json) }))))
    if isClosed { keywords.append(("additionalProperties", .bool(false))) }
    return Schema(keywords, members.map(\.schema))
  }

  /// An object whose members have any name and one shape.
  static func map(of schema: Schema) -> Schema {
    Schema([("type", .string("object")), ("additionalProperties", schema.json)], [schema])
  }

  static func array(of schema: Schema, countMax: Int? = nil) -> Schema {
    let array = Schema([("type", .string("array")), ("items", schema.json)], [schema])
    return countMax.map { array.with(("maxItems", .int($0))) } ?? array
  }

  static func anyOf(_ schemas: [Schema]) -> Schema {
    Schema([("anyOf", .array(schemas.map(\.json)))], schemas)
  }

  /// A value that meets all of them.
  static func allOf(_ schemas: [Schema]) -> Schema {
    Schema([("allOf", .array(schemas.map(\.json)))], schemas)
  }

  /// A page of a list.
  static func page(of schema: Schema, and members: [Member] = []) -> Schema {
    object([.always("items", .array(of: schema)), .always("next_cursor", string.orNull)] + members)
  }

  /// A text in both languages.
  static let label = object([.always("id", string), .always("en", string)]).named("Label")
}

extension JSONValue {
  static func int(_ int: Int) -> JSONValue { .number(JSONNumber(int)) }
}
