internal import JSON

/// Names and values as one JSON object of texts: details of an event, and its texts.
enum EventDetails {
  static func json(_ details: [(name: String, value: String)]) -> String {
    if details.isEmpty { return "{}" }
    var writer = JSONWriter(reserving: 128)
    writer.object { writer in
      for detail in details {
        writer.name(detail.name)
        writer.string(detail.value)
      }
    }
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  static func read(_ json: String) throws -> [(name: String, value: String)] {
    guard json != "{}", case .object(let object) = try JSONValue.parse(Array(json.utf8)) else { return [] }
    return object.members.compactMap { if case .string(let text) = $0.value { ($0.name, text) } else { nil } }
  }
}
