internal import Domain
internal import HTTPTypes
internal import JSON

/// What a route takes and answers: its query is read by it, its description is written from it, and a test holds every
/// answer against it.
final class Operation: Sendable {
  /// A body that is sent.
  struct Body: Sendable {
    let contentTypes: [String]
    let schema: Schema
  }

  /// A group of operations, in the order in which they are described.
  enum Group: String, CaseIterable, Sendable {
    case cases, acts, corrections, confirmations, links, clocks, synchronisation, statistics, reference, administration,
      operation

    var title: LocalizedText {
      switch self {
      case .cases: .init(en: "Cases", id: "Kasus")
      case .acts: .init(en: "Acts", id: "Tindakan")
      case .corrections: .init(en: "Corrections", id: "Koreksi")
      case .confirmations: .init(en: "Confirmations", id: "Konfirmasi")
      case .links: .init(en: "Links", id: "Kaitan")
      case .clocks: .init(en: "Clocks", id: "Tenggat")
      case .synchronisation: .init(en: "Synchronisation", id: "Sinkronisasi")
      case .statistics: .init(en: "Statistics", id: "Statistik")
      case .reference: .init(en: "Reference", id: "Referensi")
      case .administration: .init(en: "Administration", id: "Administrasi")
      case .operation: .init(en: "Operation", id: "Operasi")
      }
    }
  }

  let group: Group
  let summary: LocalizedText
  let details: String
  let query: [Parameter]
  let queryNames: Set<String>
  /// Those of them that take several values.
  let queryLists: Set<String>
  /// What the answer may be written as.
  let formats: [ListFormat]
  let body: Body?
  /// The fields that tell a caller's intent and basis, beside the key.
  let needs: Set<Need>
  let replies: [Reply]
  /// Refusals that follow from the matter; those that every such route has are added by `Operation.failures`.
  let refusals: Set<FailureCode>
  /// The mandate without which an agency is always refused; nil where something else decides.
  let mandate: MandateKind?
  let example: Example

  /// Whether a request may leave something behind: each that does takes `dry_run`.
  var writes: Bool { queryNames.contains(Parameter.dryRun.name) }

  /// A field that a request carries, in the order in which they are described.
  enum Need: CaseIterable, Sendable {
    /// `Idempotency-Key` must be there.
    case idempotencyKey
    /// `Idempotency-Key` may be there.
    case optionalIdempotencyKey
    /// `If-Match` must be there.
    case entityTag

    var field: String { self == .entityTag ? "If-Match" : "Idempotency-Key" }
    var isRequired: Bool { self != .optionalIdempotencyKey }
    var schema: Schema { self == .entityTag ? .entityTag : .pattern("^[!-~]{1,255}$") }

    var description: String {
      switch self {
      case .idempotencyKey: "New for every intent, the same for its retries; kept 7 days."
      case .optionalIdempotencyKey: "So that a retry after a lost answer gets the first answer."
      case .entityTag: "The ETag of the case as this key knows it."
      }
    }
  }

  init(
    _ group: Group, _ summary: LocalizedText, details: String = "", query: [Parameter] = [], body: Body? = nil,
    needs: Set<Need> = [], replies: [Reply], refusals: Set<FailureCode> = [], mandate: MandateKind? = nil,
    example: Example
  ) {
    self.group = group
    self.summary = summary
    self.details = details
    formats = ListFormat.offered(by: replies)
    self.query = formats.count > 1 ? query + [.format(formats)] : query
    queryNames = Set(self.query.map(\.name))
    queryLists = Set(self.query.filter(\.isList).map(\.name))
    self.body = body
    self.needs = needs
    self.replies = replies
    self.refusals = refusals
    self.mandate = mandate
    self.example = example
  }
}

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
    Reply.Content(type: "application/x-ndjson", schema: schema)
  }
  static let csv = Reply.Content(type: "text/csv", schema: nil)
  static func json(_ schema: Schema) -> Reply.Content { Reply.Content(type: "application/json", schema: schema) }
}

extension Operation.Body {
  /// A JSON body as a decoder reads it.
  static func json(_ decode: (ObjectReader) -> Void) -> Operation.Body { json(BodyRecord.schema(decode)) }

  static func json(_ schema: Schema) -> Operation.Body {
    Operation.Body(contentTypes: ["application/json"], schema: schema)
  }

  /// Lines of JSON; the schema is that of a line.
  static func lines(_ schema: Schema) -> Operation.Body {
    Operation.Body(contentTypes: ["application/x-ndjson"], schema: schema)
  }
}

/// A request that is shown, and run by a test, as one line of curl.
///
/// `$today`, `$id` and other variables are the shell's, as `Cookbook` sets them.
struct Example: Sendable {
  /// Whose key is used; nil for none.
  let key: String?
  /// What is done before on the same line, for example `id=$(some received)`.
  let setup: String?
  /// Values of the path's parameters.
  let path: [String]
  let query: String?
  let body: String?
  /// A command whose output is sent as the body.
  let pipe: String?
  /// Further fields, each `Name: value`.
  let fields: [String]
  /// What of the answer later examples refer to: the variable, and where its value stands (a jq path).
  let keeps: (variable: String, place: String)?

  init(
    _ key: String?, setup: String? = nil, path: [String] = [], query: String? = nil, body: String? = nil,
    pipe: String? = nil, fields: [String] = [], keeps: (variable: String, place: String)? = nil
  ) {
    self.key = key
    self.setup = setup
    self.path = path
    self.query = query
    self.body = body
    self.pipe = pipe
    self.fields = fields
    self.keeps = keeps
  }
}
