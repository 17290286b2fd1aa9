internal import Crypto
internal import Domain
internal import Foundation
internal import HTTPServer
internal import HTTPTypes
internal import JSON

/// One request on its way through a handler: who asks what, and the store to ask.
struct Exchange: Sendable {
  let api: API
  let gate: Gate
  let operation: Operation
  let request: Request
  /// Nil when no body comes.
  let bodyPlace: BodyPlace?
  let caller: Caller?
  let parameters: [Substring]
  let requestID: String
  let now: Timestamp

  /// The language that the client prefers.
  var language: Language { Language(acceptLanguage: request.fields[.acceptLanguage]) }

  /// Writes what is wrong with a line into an answer that goes on.
  func write(_ failure: Failure, to writer: inout JSONWriter) {
    Problem.write(failure, at: api.settings.pathPrefix, language: language, requestID: nil, to: &writer)
  }

  /// The last line of an answer that cannot go on. What came before it stands, and the answer breaks off after it.
  func lastLine(_ failure: Failure) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.name("problem")
    Problem.write(failure, at: api.settings.pathPrefix, language: language, requestID: requestID, to: &writer)
    writer.endObject()
    writer.bytes.append(UInt8(ascii: "\n"))
    return writer.bytes
  }

  /// The date in Jakarta.
  var today: LegalDate { LegalDate(inJakarta: now) }

  /// The agency that asks; the gate has seen to it that there is one.
  func agency() throws(Failure) -> AgencyCode {
    guard let agency = caller?.agency else { throw .scopeMissing }
    return agency
  }

  func actor() throws(Failure) -> Actor {
    Actor(agency: try agency(), importedBy: nil, keyID: caller?.key.id ?? "")
  }

  func owner() throws(Failure) -> KeyOwner {
    guard let caller else { throw .scopeMissing }
    return caller.key.owner
  }

  /// The rules' view of the moment.
  func context() throws(Failure) -> Lifecycle.Context {
    Lifecycle.Context(
      actor: try actor(), reference: api.store.reference, today: today, lastDay: LegalDate(inJayapura: now))
  }

  /// The case in the path. What is no identity names no case.
  func caseID() throws(Failure) -> CaseID {
    guard let first = parameters.first, let id = CaseID(first) else { throw .notFound }
    return id
  }

  /// The query: what the route takes and nothing else.
  ///
  /// - Throws: `unknown_parameter`, `invalid_parameter`.
  func query() throws(Failure) -> Query {
    try Query(request.query, knowing: operation.queryNames, lists: operation.queryLists)
  }

  func read<Value>(_ body: (any CaseReads) throws -> Value) throws -> Value {
    try api.store.read(on: request.loopIndex % api.store.readerCount, body)
  }

  /// Reads an answer on a thread of the lane of long reading.
  ///
  /// - Throws: `too_many_requests`, `busy` before anything is read, when meanwhile too many answers wait for their clients.
  func readLong<Value: Sendable>(_ body: @escaping @Sendable (any CaseReads) throws -> Value) async throws -> Value {
    let owner = try owner()
    return try await api.store.readLong(for: owner) { [waiting = api.waiting] reads in
      try waiting.requireRoom(for: owner)
      return try body(reads)
    }
  }

  /// Reads a part of a streamed answer there: what has begun goes on.
  func readPart<Value: Sendable>(_ body: @escaping @Sendable (any CaseReads) throws -> Value) async throws -> Value {
    try await api.store.readLong(for: owner(), body)
  }

  /// Reads a list piece by piece: the first piece, which is all of it as a rule, at once, and further ones on the lane of
  /// long reading.
  func read<List: PiecewiseList>(_ list: List) async throws -> List {
    var list = list
    try read { try list.readPiece($0) }
    while !list.isOver {
      list = try await readLong { [list] reads in
        var list = list
        try list.readPiece(reads)
        return list
      }
    }
    return list
  }

  /// Counts from the states of all cases.
  ///
  /// - Throws: `too_many_requests` when the agency has used up what it may ask.
  func readStates<Value: Sendable>(
    _ body: @escaping @Sendable (CaseStates, any CaseReads) throws -> Value
  ) async throws -> Value {
    let owner = try owner()
    try api.rates.count(.figure, of: owner, at: now)
    return try await api.store.readStates(for: owner, body)
  }

  /// The right to one long stream, and what that costs.
  ///
  /// - Throws: `too_many_requests`, `busy`.
  func takeStream() throws(Failure) -> StreamSlot {
    let slot = try api.streams.take(try owner())
    try api.rates.count(.stream, of: slot.owner, at: now)
    return slot
  }

  /// Looks again at a key that was valid when the request began: long work ends when its key or its agency does.
  ///
  /// - Throws: `unauthenticated`, and what ``Caller/pass(_:_:)`` throws.
  func requireKey() throws(Failure) {
    guard let caller else { return }
    let now = api.settings.now()
    guard let known = api.store.key(caller.key.id, on: LegalDate(inJakarta: now)), known.key.isValid(at: now) else {
      throw .unauthenticated
    }
    try Caller(known).pass(gate)
  }

  /// The body as JSON, with the digest an idempotency key is tied to.
  ///
  /// - Throws: `unsupported_media_type`, `content_too_large`, `malformed_json`.
  func json() async throws -> JSONBody {
    try requireMediaType(operation.body?.contentTypes ?? [])
    let bytes = try await bytes()
    let value = try Self.parse(bytes)
    var writer = JSONWriter(reserving: bytes.count + 64)
    writer.canonical(value)
    let path = api.paths.plain(request.path).split(separator: "/").map { CaseID($0)?.description ?? String($0) }
    var query = try query()
    if try query.flag("dry_run") == false { query = query.without(["dry_run"]) }
    let target = "\(request.method.rawValue) \(path.joined(separator: "/"))?\(query.canonical)\n"
    return JSONBody(
      value: value, digest: Self.digest(target, writer.bytes), bytes: bytes,
      line: "\(request.method.rawValue) \(request.target)\n")
  }

  /// The whole body.
  ///
  /// - Throws: `content_too_large`; `too_many_requests`, `busy` when there is no room for it.
  func bytes() async throws -> [UInt8] {
    let bytesMax = api.settings.bodyBytesMax
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

  /// SHA-256 over a line with method and target, and the body.
  fileprivate static func digest(_ line: String, _ bytes: [UInt8]) -> [UInt8] {
    var hash = SHA256()
    hash.update(data: Array(line.utf8))
    hash.update(data: bytes)
    return Array(hash.finalize())
  }

  /// - Throws: `unsupported_media_type` unless the body is of one of these types.
  func requireMediaType(_ types: [String]) throws(Failure) {
    let given = request.fields[.contentType]
    // As clients write it as a rule.
    if let given, types.contains(given) { return }
    let bare = given?.split(separator: ";").first?.trimmingCharacters(in: .whitespaces)
    guard let bare, types.contains(bare.lowercased()) else {
      throw Failure(
        .unsupportedMediaType, en: "Send Content-Type: \(types.joined(separator: " or ")).",
        id: "Kirim Content-Type: \(types.joined(separator: " atau ")).")
    }
  }

  /// - Throws: `malformed_json`, naming the place and never the text.
  static func parse(_ bytes: [UInt8]) throws(Failure) -> JSONValue {
    do throws(JSONError) {
      return try JSONValue.parse(bytes)
    } catch {
      throw Failure(
        .malformedJSON, en: "The body is not JSON as required here: byte \(error.offset): \(error.reason.description).",
        id: "Isi bukan JSON yang sah: bita \(error.offset): \(error.reason.rawValue).")
    }
  }
}

extension [UInt8] {
  /// Without the byte order mark (U+FEFF) with which some programs begin a text in UTF-8.
  var withoutByteOrderMark: [UInt8] { starts(with: [0xEF, 0xBB, 0xBF]) ? Array(dropFirst(3)) : self }
}

/// A parsed body.
struct JSONBody: Sendable {
  let value: JSONValue
  /// Of method, target and body, each in one spelling: the same request has the same.
  let digest: [UInt8]
  /// As it was sent, with the line that stands for method and target.
  fileprivate let bytes: [UInt8]
  fileprivate let line: String

  /// True when an earlier request was the same. Earlier releases took the digest of the bytes as they were sent.
  func isSame(as earlier: StoredReply) -> Bool {
    earlier.requestDigest == digest || earlier.requestDigest == Exchange.digest(line, bytes)
  }
}

extension Failure {
  static let scopeMissing = Failure(
    .scopeMissing, en: "This key may not be used here.", id: "Kunci ini tidak dapat dipakai di sini.")

  init(bodyFailure: BodyFailure) {
    switch bodyFailure {
    case .tooLarge:
      self.init(.contentTooLarge, en: "The body is too large.", id: "Isi permintaan terlalu besar.")
    case .tooSlow:
      self.init(.requestTimeout, en: "The body came too slowly.", id: "Isi permintaan datang terlalu lambat.")
    case .malformed, .disconnected:
      self.init(
        .malformedRequest, en: "The body is broken off or malformed.", id: "Isi permintaan terputus atau rusak.")
    }
  }
}
