internal import JSON
internal import TestSupport

/// Holds values against the schemas of an OpenAPI document: the keywords that the service uses, and no others.
struct SchemaCheck {
  let document: JSONValue
  /// Whether members may be missing, since not all were asked for.
  var isOfParts = false

  /// What is wrong with a value; empty when nothing is. A member that no schema names is wrong, too.
  func faults(in value: JSONValue, against schema: JSONValue, at place: String = "") -> [String] {
    var faults = faults(in: value, schema, place)
    if case .object(let object) = value, let names = memberNames(of: schema) {
      faults += object.members.filter { !names.contains($0.name) }.map { "\(place)/\($0.name) is not described" }
    }
    return faults
  }

  private func faults(in value: JSONValue, _ schema: JSONValue, _ place: String) -> [String] {
    guard case .object(let keywords) = schema else { return ["\(place): no schema"] }
    return keywords.members.flatMap { name, keyword -> [String] in
      switch (name, keyword) {
      case ("$ref", .string(let reference)):
        resolve(reference).map { faults(in: value, $0, place) } ?? ["\(reference) does not exist"]
      case ("allOf", .array(let parts)): parts.flatMap { faults(in: value, $0, place) }
      case ("anyOf", .array(let parts)): anyFaults(value, parts, place)
      case ("type", .string(let type)): isOf(type, value) ? [] : ["\(place) is \(value.kind), not \(type)"]
      case ("type", .array(let types)):
        types.contains { isOf($0.string ?? "", value) } ? [] : ["\(place) is \(value.kind), and that is no type of it"]
      case ("if", let condition):
        faults(in: value, keywords[faults(in: value, condition, place).isEmpty ? "then" : "else"] ?? .null, place)
      case ("then", _), ("else", _): []
      case ("not", let other): faults(in: value, other, place).isEmpty ? ["\(place) is what it must not be"] : []
      case ("const", let constant): value == constant ? [] : ["\(place) is not \(constant)"]
      case ("enum", .array(let codes)): codes.contains(value) ? [] : ["\(place): \(value) is no such code"]
      case ("required", .array(let names)): isOfParts ? [] : names.compactMap { missing($0, value, place) }
      case ("properties", .object(let members)): memberFaults(value, members, place)
      case ("additionalProperties", .object): otherFaults(value, keywords, keyword, place)
      case ("additionalProperties", .bool(false)): []
      case ("items", let items): itemFaults(value, items, place)
      case ("minimum", .number(let bound)), ("maximum", .number(let bound)):
        isWithin(value, bound, isMinimum: name == "minimum") ? [] : ["\(place) is out of range"]
      case ("maxItems", .number(let bound)): count(of: value) <= bound.int ?? 0 ? [] : ["\(place) is too long"]
      case ("pattern", .string(let pattern)): matches(value, pattern) ? [] : ["\(place) has not the form \(pattern)"]
      case ("format", .string(let format)): hasFormat(value, format) ? [] : ["\(place) is no \(format)"]
      case ("description", _), ("default", _), ("minLength", _), ("maxLength", _), ("minItems", _),
        ("uniqueItems", _):
        []
      default: ["\(place): this check does not know the keyword \(name)"]
      }
    }
  }

  func resolve(_ reference: String) -> JSONValue? {
    reference.split(separator: "/").dropFirst().reduce(document as JSONValue?) { value, name in
      guard case .object(let object)? = value else { return nil }
      return object[String(name)]
    }
  }

  /// The names of all members that a schema describes; nil when it takes any.
  private func memberNames(of schema: JSONValue) -> Set<String>? {
    guard case .object(let keywords) = schema else { return nil }
    if case .string(let reference)? = keywords["$ref"] { return resolve(reference).flatMap(memberNames) }
    if case .array(let parts)? = keywords["allOf"] ?? keywords["anyOf"] {
      let names = parts.compactMap(memberNames)
      return names.isEmpty ? nil : names.reduce(into: []) { $0.formUnion($1) }
    }
    guard case .object(let members)? = keywords["properties"] else { return nil }
    return Set(members.members.map(\.name))
  }

  private func anyFaults(_ value: JSONValue, _ parts: [JSONValue], _ place: String) -> [String] {
    let all = parts.map { faults(in: value, against: $0, at: place) }
    if all.contains(where: \.isEmpty) { return [] }
    return all.min { $0.count < $1.count } ?? []
  }

  private func memberFaults(_ value: JSONValue, _ members: JSONObject, _ place: String) -> [String] {
    guard case .object(let object) = value else { return [] }
    return object.members.flatMap { name, value in
      members[name].map { faults(in: value, against: $0, at: "\(place)/\(name)") } ?? []
    }
  }

  private func otherFaults(_ value: JSONValue, _ keywords: JSONObject, _ schema: JSONValue, _ place: String) -> [String]
  {
    guard case .object(let object) = value else { return [] }
    var known: [String] = []
    if case .object(let members)? = keywords["properties"] { known = members.members.map(\.name) }
    return object.members.filter { !known.contains($0.name) }
      .flatMap { faults(in: $0.value, against: schema, at: "\(place)/\($0.name)") }
  }

  private func itemFaults(_ value: JSONValue, _ items: JSONValue, _ place: String) -> [String] {
    guard case .array(let elements) = value else { return [] }
    return elements.enumerated().flatMap { faults(in: $1, against: items, at: "\(place)/\($0)") }
  }

  private func missing(_ name: JSONValue, _ value: JSONValue, _ place: String) -> String? {
    guard case .object(let object) = value, case .string(let name) = name, object[name] == nil else { return nil }
    return "\(place)/\(name) is missing"
  }

  private func isOf(_ type: String, _ value: JSONValue) -> Bool {
    if type == "integer", case .number(let number) = value { return number.int != nil }
    return value.kind == type
  }

  private func isWithin(_ value: JSONValue, _ bound: JSONNumber, isMinimum: Bool) -> Bool {
    guard case .number(let number) = value, let number = number.int, let bound = bound.int else { return true }
    return isMinimum ? number >= bound : number <= bound
  }

  private func count(of value: JSONValue) -> Int { if case .array(let items) = value { items.count } else { 0 } }

  private func matches(_ value: JSONValue, _ pattern: String) -> Bool {
    guard case .string(let text) = value else { return true }
    do {
      return try Regex(pattern).matchingSemantics(.unicodeScalar).firstMatch(in: text) != nil
    } catch {
      return false
    }
  }

  private func hasFormat(_ value: JSONValue, _ format: String) -> Bool {
    guard case .string(let text) = value else { return true }
    return switch format {
    case "date": text.wholeMatch(of: /\d{4}-\d{2}-\d{2}/) != nil
    case "date-time": text.wholeMatch(of: /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z/) != nil
    case "int64", "binary": true
    case "uuid": text.wholeMatch(of: /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/) != nil
    default: false
    }
  }
}
