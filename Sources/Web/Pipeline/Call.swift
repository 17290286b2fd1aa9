internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON
internal import Service
internal import Sheets

/// One request as its handler is given it: who asks is known and let in, and what it asks is read as far as its operation
/// describes it.
struct Call: Sendable {
  let site: Site
  let operation: Operation
  let gate: Gate
  let request: Request
  /// Nil when no body comes.
  let bodyPlace: BodyPlace?
  let parameters: [Substring]
  let requestID: String
  let asker: Asker
  /// What the operation takes and nothing else.
  let query: Query
  /// The format of the answer: what `?format=` says, else what `Accept` prefers.
  let format: ListFormat
  /// How comma-separated values are written.
  let dialect: TableDialect
  /// What the query chooses of each item; nil: everything.
  let fields: ChosenFields?
  /// Whether the request is only tried.
  let dryRun: Bool

  /// - Throws: `unknown_parameter`, `invalid_parameter`, `not_acceptable`, `unsupported_media_type`.
  init(
    _ site: Site, _ operation: Operation, _ gate: Gate, _ request: Request, _ bodyPlace: BodyPlace?,
    _ parameters: [Substring], requestID: String, by asker: Asker
  ) throws(Failure) {
    query = try operation.read(request.query)
    format = operation.choosesFormat ? try operation.format(query, accept: request.fields[.accept]) : .json
    dialect = operation.choosesFormat ? try query.dialect(of: format) : TableDialect()
    if let catalogue = operation.fields, let names = query["fields"] {
      fields = try ChosenFields(names, of: catalogue, in: format)
    } else {
      fields = nil
    }
    dryRun = operation.writes ? try query.flag("dry_run") ?? false : false
    if let body = operation.body { try body.requireType(request.fields[.contentType]) }
    self.site = site
    self.operation = operation
    self.gate = gate
    self.request = request
    self.bodyPlace = bodyPlace
    self.parameters = parameters
    self.requestID = requestID
    self.asker = asker
  }

  /// The language that the client prefers.
  var language: Language { Language(acceptLanguage: request.fields[.acceptLanguage]) }

  /// The entity tag that must be the current one.
  var match: String? { request.fields[.ifMatch] }

  /// The case in the path. What is no identity names no case.
  func caseID() throws(Failure) -> CaseID {
    guard let first = parameters.first, let id = CaseID(first) else { throw .notFound }
    return id
  }

  /// The cursors of a list, named by its path.
  func cursors(of list: String) -> Cursors { Cursors(of: list, for: asker.caller?.agency, site.cursorKey) }

  /// Writes what is wrong with a line into an answer that goes on.
  func write(_ failure: Failure, to writer: inout JSONWriter) {
    ProblemDocument.write(failure, at: site.paths.prefix, language: language, requestID: nil, to: &writer)
  }

  /// The last line of an answer that cannot go on. What came before it stands, and the answer breaks off after it.
  func lastLine(_ failure: Failure) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.name("problem")
      ProblemDocument.write(failure, at: site.paths.prefix, language: language, requestID: requestID, to: &writer)
    }
    writer.bytes.append(UInt8(ascii: "\n"))
    return writer.bytes
  }

  /// Looks again at a key that was valid when the request began: long work ends when its key or its agency does.
  ///
  /// - Throws: `unauthenticated`, and what ``Service/Caller/pass(_:)`` throws.
  func requireKey() throws(Failure) {
    if let caller = asker.caller { try site.keys.requireStill(caller, gate) }
  }
}

extension Call {
  /// The body as JSON.
  ///
  /// - Throws: `content_too_large`, `malformed_json`.
  func json() async throws -> JSONValue { try JSONBody.parse(try await bytes()) }

  /// The whole body.
  ///
  /// - Throws: `content_too_large`; `too_many_requests`, `busy` when there is no room for it.
  func bytes() async throws -> [UInt8] {
    let bytesMax = site.bodyBytesMax
    var body = try DecodedBody(request, bytesMax: bytesMax)
    var bytes: [UInt8] = []
    if let declared = request.body.declaredBytes, !body.isCompressed {
      try bodyPlace?.reserve(min(declared, bytesMax))
      bytes = try await request.body.collect(bytesMax: bytesMax)
    } else {
      while let piece = try await body.next() {
        guard bytes.count + piece.count <= bytesMax else { throw BodyFailure.tooLarge }
        try bodyPlace?.reserve(piece.count)
        bytes += piece
      }
    }
    return bytes.withoutByteOrderMark
  }
}
