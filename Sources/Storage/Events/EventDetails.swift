internal import Domain
internal import JSON

/// Names and values as one JSON object of texts: details of an event, and its texts.
enum EventDetails {
  static func json(_ details: [(name: String, value: String)]) -> String { json(details) { _ in true } }

  /// The same as it stands in `event`: of letters, decrees and other files nothing but that they were named.
  static func stored(_ details: [(name: String, value: String)]) -> String {
    json(details) { !EventReferences.names.contains($0) }
  }

  /// Those whose names are not told have null in the place of their value.
  private static func json(_ details: [(name: String, value: String)], telling isTold: (String) -> Bool) -> String {
    if details.isEmpty { return "{}" }
    var writer = JSONWriter(reserving: 128)
    writer.object { writer in
      for detail in details {
        writer.name(detail.name)
        if isTold(detail.name) { writer.string(detail.value) } else { writer.null() }
      }
    }
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// The names of numbers that stand elsewhere.
  static func letterNames(_ json: String) throws -> [String] {
    guard json != "{}", case .object(let object) = try JSONValue.parse(Array(json.utf8)) else { return [] }
    return object.members.compactMap { if case .null = $0.value { $0.name } else { nil } }
  }

  /// Details as they stand in `event`, with the numbers that a part of it holds.
  ///
  /// - Parameter letters: by their names; those that are missing were erased.
  static func read(_ json: String, with letters: [(name: String, value: String)]) throws -> [(
    name: String, value: String
  )] {
    guard json != "{}", case .object(let object) = try JSONValue.parse(Array(json.utf8)) else { return [] }
    return object.members.compactMap { member in
      switch member.value {
      case .string(let text): (member.name, text)
      case .null: letters.first { $0.name == member.name }
      default: nil
      }
    }
  }

  static func read(_ json: String) throws -> [(name: String, value: String)] {
    guard json != "{}", case .object(let object) = try JSONValue.parse(Array(json.utf8)) else { return [] }
    return object.members.compactMap { if case .string(let text) = $0.value { ($0.name, text) } else { nil } }
  }
}
