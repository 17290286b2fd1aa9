internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON
internal import Service

/// A changing request: its body, and what it says beside.
struct Write: Sendable {
  let body: JSONValue
  let intent: Intent

  /// Reads the body, the idempotency key and whether the change is only tried.
  ///
  /// - Throws: `idempotency_key_missing`, and what reading a body throws.
  init(_ call: Call) async throws {
    let dryRun = call.dryRun
    let needsKey = call.operation.needs.contains(.idempotencyKey)
    let key = try Self.key(call.request.fields[.idempotencyKey], required: needsKey)
    let bytes = try await call.bytes()
    body = try JSONBody.parse(bytes)
    var writer = JSONWriter(reserving: bytes.count + 64)
    writer.canonical(body)
    let line = "\(call.request.method.rawValue) \(call.request.target)\n"
    intent = Intent(
      key: key, dryRun: dryRun, digest: JSONBody.digest(Self.line(call), writer.bytes),
      // Earlier releases took the digest of the bytes as they were sent.
      earlierDigest: { JSONBody.digest(line, bytes) })
  }

  /// The first line of a request in its one spelling.
  private static func line(_ call: Call) -> String {
    let path = call.site.paths.plain(call.request.path).split(separator: "/")
      .map { CaseID($0)?.description ?? String($0) }
    let query = call.dryRun ? call.query : call.query.without(["dry_run"])
    return "\(call.request.method.rawValue) \(path.joined(separator: "/"))?\(query.canonical)\n"
  }

  /// What a request says beside a body that is no JSON.
  ///
  /// - Parameter digest: of the body.
  static func intent(_ call: Call, key: String?, about digest: String) -> Intent {
    let digest = JSONBody.digest(line(call), Array(digest.utf8))
    return Intent(key: key, dryRun: call.dryRun, digest: digest, earlierDigest: { digest })
  }

  /// The idempotency key of a request that may do without.
  ///
  /// - Throws: `idempotency_key_missing` for one that is empty; `malformed_request`.
  static func optionalKey(_ call: Call) throws(Failure) -> String? {
    try key(call.request.fields[.idempotencyKey], required: false)
  }

  private static func key(_ text: String?, required: Bool) throws(Failure) -> String? {
    guard let text, !text.isEmpty else {
      guard required || text != nil else { return nil }
      throw Failure(
        .idempotencyKeyMissing, en: "Send Idempotency-Key: 1 to 255 printable characters, new for every intent.",
        inIndonesian: "Kirim Idempotency-Key: 1 sampai 255 karakter, baru untuk setiap maksud.",
        errors: [FieldError(parameter: "Idempotency-Key", .required)])
    }
    guard text.utf8.count <= 255, text.utf8.allSatisfy({ $0 >= 33 && $0 <= 126 }) else {
      throw Failure(
        .malformedRequest, en: "Idempotency-Key takes 1 to 255 characters of ASCII without blanks.",
        inIndonesian: "Idempotency-Key terdiri dari 1 sampai 255 karakter ASCII tanpa spasi.",
        errors: [FieldError(parameter: "Idempotency-Key", text.utf8.count > 255 ? .length : .format)])
    }
    return text
  }
}

extension Answer {
  /// Adds what tells a replay or a dry run.
  mutating func tell(_ intent: Intent, isReplayed: Bool = false) {
    if isReplayed { fields.append(Response.Field(name: .idempotencyReplayed, value: "true")) }
    tell(dryRun: intent.dryRun)
  }

  /// Adds what tells a dry run.
  mutating func tell(dryRun: Bool) {
    if dryRun { fields.append(Response.Field(name: .dryRun, value: "true")) }
  }

  /// The case as the answer to a change: whole for a key that may read cases, else no more than the next change needs.
  static func change(_ status: HTTPResponse.Status, _ done: Done<SeenCase>, _ call: Call, _ intent: Intent) -> Answer {
    let (seen, isReader) = (done.value, call.asker.holds(.casesRead))
    var answer = Answer.json(status) {
      if isReader {
        CaseJSON.write(seen.record, seen.projection, to: &$0)
      } else {
        CaseJSON.writeReceipt(seen.receipt, to: &$0)
      }
    }
    answer.etag =
      isReader ? seen.etag : EntityTag.of(version: seen.receipt.version, seen.projection, seen.receipt.commitments)
    answer.tell(intent, isReplayed: done.isReplayed)
    return answer
  }
}
