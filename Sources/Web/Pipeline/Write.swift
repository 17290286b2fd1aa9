internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON

/// What every changing request has in common: the idempotency key, the dry run, the answer.
struct Write: Sendable {
  let exchange: Exchange
  let body: JSONBody
  let dryRun: Bool
  let idempotencyKey: String?

  /// Reads body, query and key of a changing request.
  ///
  /// - Parameter keyRequired: true for what creates.
  /// - Throws: `idempotency_key_missing`, and what reading a body throws.
  init(_ exchange: Exchange, keyRequired: Bool) async throws {
    self.exchange = exchange
    dryRun = try exchange.query().flag("dry_run") ?? false
    idempotencyKey = try Self.key(exchange.request.fields[.idempotencyKey], required: keyRequired)
    body = try await exchange.json()
  }

  private static func key(_ text: String?, required: Bool) throws(Failure) -> String? {
    guard let text, !text.isEmpty else {
      guard required || text != nil else { return nil }
      throw Failure(
        .idempotencyKeyMissing, en: "Send Idempotency-Key: 1 to 255 printable characters, new for every intent.",
        id: "Kirim Idempotency-Key: 1 sampai 255 karakter, baru untuk setiap maksud.",
        errors: [FieldError(parameter: "Idempotency-Key", .required)])
    }
    guard text.utf8.count <= 255, text.utf8.allSatisfy({ $0 >= 33 && $0 <= 126 }) else {
      throw Failure(
        .malformedRequest, en: "Idempotency-Key takes 1 to 255 characters of ASCII without blanks.",
        id: "Idempotency-Key terdiri dari 1 sampai 255 karakter ASCII tanpa spasi.",
        errors: [FieldError(parameter: "Idempotency-Key", text.utf8.count > 255 ? .length : .format)])
    }
    return text
  }

  /// Runs a change once: a retry with the same key gets what the first one led to.
  ///
  /// - Parameters:
  ///   - replay: makes the result anew from what was remembered.
  ///   - change: makes the change, and says what to remember.
  func once<Value: Sendable>(
    replay: @escaping @Sendable (StoredReply, any CaseWrites) throws -> Value,
    change: @escaping @Sendable (any CaseWrites) throws -> (Value, StoredReply)
  ) async throws -> (value: Value, replayed: Bool) {
    let owner = try exchange.owner()
    let (key, body, dryRun, now) = (idempotencyKey, body, dryRun, exchange.now)
    return try await exchange.api.store.write(by: owner, spending: exchange.caller?.budget, dryRun: dryRun) {
      transaction in
      if let key, !dryRun, let earlier = try transaction.reply(owner, key) {
        guard body.isSame(as: earlier) else { throw Failure.idempotencyKeyReused }
        return (try replay(earlier, transaction), true)
      }
      var (value, reply) = try transaction.tellingExisting(to: owner) { try change(transaction) }
      reply.requestDigest = body.digest
      if let key, !dryRun { try transaction.remember(reply, owner, key, at: now) }
      return (value, false)
    }
  }

  /// The fields that tell a replay or a dry run.
  func fields(replayed: Bool) -> [Response.Field] {
    var fields: [Response.Field] = []
    if replayed { fields.append(Response.Field(name: .idempotencyReplayed, value: "true")) }
    if dryRun { fields.append(Response.Field(name: .dryRun, value: "true")) }
    return fields
  }
}

extension CaseReads {
  /// Runs a change, and lets a refusal name the report that exists where its caller may see whom that is about.
  fileprivate func tellingExisting<Value>(to owner: KeyOwner, _ change: () throws -> Value) throws -> Value {
    do {
      return try change()
    } catch var failure as Failure {
      if let id = failure.existing {
        let projection: Projection? =
          if case .agency(let agency) = owner {
            try stub(id).flatMap { Visibility.projection(of: $0, for: agency) }
          } else { nil }
        if projection?.contains(.subject) != true { failure.existing = nil }
      }
      throw failure
    }
  }
}

extension Lifecycle.Context {
  /// The same by the reference data of the write: rules may have changed since the request came.
  func renewed(by transaction: any CaseWrites) throws -> Lifecycle.Context {
    var context = self
    context.reference = try transaction.currentReference()
    return context
  }
}

/// A case with what its caller sees of it.
///
/// What the answer to a write shows follows from here: ``created(_:for:dryRun:)`` and ``changed(to:for:dryRun:)`` are the only ways
/// from a change to its answer.
struct SeenCase: Sendable {
  var record: Case
  var projection: Projection
  /// The case before a change that a dry run has tried.
  private var before: Case?

  /// - Throws: `not_found` when the case does not exist for `agency`.
  init(_ record: Case?, for agency: AgencyCode) throws(Failure) {
    guard let record, let projection = Visibility.projection(of: record, for: agency) else { throw .notFound }
    self.record = record
    self.projection = projection
  }

  /// A case as an idempotency key remembers it, as far as the caller may see it now.
  static func replayed(_ reply: StoredReply, for agency: AgencyCode, _ reads: any CaseReads) throws -> SeenCase {
    guard let id = reply.caseID, let version = reply.version else { throw Failure.notFound }
    var seen = try reads.seen(id, by: agency)
    guard let then = try reads.caseRecord(id, version: version) else { throw Failure.notFound }
    // What is withheld by either state stays withheld.
    seen.projection.formIntersection(try SeenCase(then, for: agency).projection)
    seen.record = then
    return seen
  }

  /// A new case. A dry run gives it neither number nor sequence.
  static func created(_ record: Case, for agency: AgencyCode, dryRun: Bool) throws(Failure) -> SeenCase {
    var seen = try SeenCase(record, for: agency)
    if dryRun { (seen.record.number, seen.record.seq) = ("", 0) }
    return seen
  }

  /// The same case after a change. What a change opens is shown because it is on record that the caller made it; a dry
  /// run leaves no record, and so shows what the caller saw before and would still see, and no new sequence.
  func changed(to record: Case, for agency: AgencyCode, dryRun: Bool) throws(Failure) -> SeenCase {
    var after = try SeenCase(record, for: agency)
    if dryRun {
      after.projection.formIntersection(projection)
      after.record.seq = self.record.seq
      after.before = self.record
    }
    return after
  }

  var etag: String { EntityTag.of(version: record.version, projection) }

  /// The case as the answer to a change: whole for a key that may read cases, else no more than the next change needs.
  func answer(_ status: HTTPResponse.Status, _ write: Write, replayed: Bool) -> Answer {
    let isReader = write.exchange.caller?.key.scopes.contains(.casesRead) ?? false
    // Whether a patch changes anything would tell a guess at what the key may not read: a dry run's receipt has the version
    // before.
    let receipt = before ?? record
    var answer = Answer.json(status) {
      if isReader {
        CaseJSON.write(record, projection, to: &$0)
      } else {
        CaseJSON.writeReceipt(receipt, to: &$0)
      }
    }
    answer.etag = isReader ? etag : EntityTag.of(version: receipt.version, projection)
    answer.fields = write.fields(replayed: replayed)
    return answer
  }
}

extension StoredReply {
  /// A reply whose result is a case.
  init(_ status: HTTPResponse.Status, _ record: Case) {
    self.init(requestDigest: [], status: status.code, caseID: record.id, version: record.version, resource: nil)
  }
}

extension Failure {
  static let idempotencyKeyReused = Failure(
    .idempotencyKeyReused, en: "This Idempotency-Key was used for another request.",
    id: "Idempotency-Key ini sudah dipakai untuk permintaan lain.")
}
