public import JSON

/// Looks into parsed JSON: what is not there is null, so that a chain of names always ends in a comparison.
extension JSONValue {
  public subscript(name: String) -> JSONValue {
    if case .object(let members) = self { return members[name] ?? .null }
    return .null
  }

  public subscript(index: Int) -> JSONValue {
    if case .array(let items) = self, items.indices.contains(index) { return items[index] }
    return .null
  }

  public var string: String? { if case .string(let text) = self { text } else { nil } }
  public var int: Int? { if case .number(let number) = self { number.int } else { nil } }
  public var bool: Bool? { if case .bool(let flag) = self { flag } else { nil } }
  public var items: [JSONValue] { if case .array(let items) = self { items } else { [] } }
  public var strings: [String] { items.compactMap(\.string) }
  public var names: [String] { if case .object(let members) = self { members.members.map(\.name) } else { [] } }
  public func has(_ name: String) -> Bool { names.contains(name) }
}

/// A JSON text with a merge patch over it (RFC 7396).
public func merged(_ text: String, _ patch: String) -> String {
  guard let value = try? JSONValue.parse(Array(text.utf8)), let change = try? JSONValue.parse(Array(patch.utf8)) else {
    preconditionFailure("text and patch of a test are JSON")
  }
  var writer = JSONWriter()
  writer.value(value.merging(patch: change))
  return String(decoding: writer.bytes, as: UTF8.self)
}
