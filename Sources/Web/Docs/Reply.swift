internal import HTTPTypes

/// An answer that is no problem.
struct Reply: Sendable {
  /// One representation.
  struct Content: Sendable {
    let type: String
    /// Of NDJSON: the shape of a line. Nil for what is no JSON.
    let schema: Schema?
  }

  let status: HTTPResponse.Status
  let description: String
  let contents: [Content]
  /// Fields that the answer has or may have, with what they say.
  let fields: [(name: HTTPField.Name, description: String)]

  init(
    _ status: HTTPResponse.Status, _ description: String, _ contents: [Content],
    fields: [(name: HTTPField.Name, description: String)] = []
  ) {
    self.status = status
    self.description = description
    self.contents = contents
    self.fields = fields
  }

  static func json(
    _ schema: Schema, _ description: String, _ status: HTTPResponse.Status = .ok,
    fields: [(name: HTTPField.Name, description: String)] = []
  ) -> Reply {
    Reply(status, description, [Content(type: "application/json", schema: schema)], fields: fields)
  }
}

extension Reply {
  /// The next page of a list.
  static let nextPage: [(name: HTTPField.Name, description: String)] = [(.link, "The next page, rel=\"next\".")]
}

extension Reply.Content {
  static func lines(_ schema: Schema) -> Reply.Content {
    Reply.Content(type: ListFormat.ndjson.mediaType, schema: schema)
  }
  static let csv = Reply.Content(type: ListFormat.csv.mediaType, schema: nil)
  static let xlsx = Reply.Content(type: ListFormat.xlsx.mediaType, schema: nil)
  static func json(_ schema: Schema) -> Reply.Content { Reply.Content(type: "application/json", schema: schema) }
}
