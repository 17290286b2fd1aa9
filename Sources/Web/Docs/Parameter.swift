internal import Domain
internal import JSON

/// A parameter of a route's query: what a request may say, and how it is described.
struct Parameter: Sendable {
  let name: String
  let schema: Schema
  let description: String
  var isRequired = false
  /// True for several values separated by commas.
  var isList = false
  /// True for `true` or `false`.
  var isFlag = false
  /// What one of several values may be.
  private(set) var itemSchema = Schema.string
  /// Of `fields`: what it may name.
  var catalogue: FieldCatalogue?

  init(_ name: String, _ schema: Schema, _ description: String) {
    self.name = name
    self.schema = schema
    self.description = description
  }

  var required: Parameter {
    var parameter = self
    parameter.isRequired = true
    return parameter
  }
}

extension Parameter {
  static func date(_ name: String, _ description: String) -> Parameter { Parameter(name, .date, description) }

  static func flag(_ name: String, _ description: String) -> Parameter {
    var parameter = Parameter(name, .bool, description)
    parameter.isFlag = true
    return parameter
  }

  static func text(_ name: String, _ description: String) -> Parameter { Parameter(name, .string, description) }

  static func int(_ name: String, _ range: ClosedRange<Int>, _ description: String) -> Parameter {
    Parameter(name, .int(range), description)
  }

  static func code<Code: RawRepresentable & CaseIterable>(_ name: String, _ type: Code.Type, _ description: String)
    -> Parameter where Code.RawValue == String
  { Parameter(name, .code(type), description) }

  /// One or several codes; one that is given twice counts once.
  static func codes<Code: RawRepresentable & CaseIterable>(_ name: String, _ type: Code.Type, _ description: String)
    -> Parameter where Code.RawValue == String
  {
    var parameter = Parameter(name, Schema.array(of: .code(type)).with(("minItems", .int(1))), description)
    parameter.isList = true
    parameter.itemSchema = .code(type)
    return parameter
  }

  /// One or several words.
  static func list(_ name: String, _ description: String) -> Parameter {
    var parameter = Parameter(name, Schema.array(of: .string).with(("minItems", .int(1))), description)
    parameter.isList = true
    return parameter
  }

  static let region = Parameter(
    "region", .pattern("^[0-9]{2}([.][0-9]{2})?$"),
    "A province (PP; takes in its regencies and cities) or a regency or city (PP.KK).")
  static let election = text("election", "Key of an election, as in /v1/reference/elections.")
  static let institution = text("institution", "Code of an institution, as in /v1/reference/institutions.")
  static let cursor = Parameter(
    "cursor", .string, "Where the page begins: next_cursor of the page before. It carries the filters.")
  static let rest = Parameter(
    "cursor", .string, "For what is left of a list that is longer than 4 MiB: next_cursor of the page before.")
  static let dryRun = flag(
    "dry_run", "true: validate and authorise in full, answer as it would be, and undo every effect.")
  static let sequence = Parameter(
    "seq", .int(0...Int(Int64.max / 2)), "A sequence of the service: the record as it stood there (default: now).")

  static func limit(_ range: ClosedRange<Int>, standard: Int) -> Parameter {
    Parameter(
      "limit", Schema.int(range).with(("default", .int(standard))), "How many items a page has at most.")
  }
}
