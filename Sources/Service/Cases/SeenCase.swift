public import Domain

/// A case with what its caller sees of it.
///
/// What the answer to a write shows follows from here: ``created(_:for:dryRun:)`` and ``changed(to:for:dryRun:)`` are the only ways
/// from a change to its answer.
public struct SeenCase: Sendable {
  public private(set) var record: Case
  public private(set) var projection: Projection
  /// What shows that it stands in the record; nil where nobody has asked.
  public var proof: LeafProof?
  /// The case before a change that a dry run has tried.
  private var before: Case?

  /// What a key that may not read cases is told of a change. Whether a patch changes anything would tell a guess at what
  /// the key may not read: of a dry run it is the case before.
  public var receipt: Case { before ?? record }

  public var etag: String { EntityTag.of(version: record.version, projection, record.commitments) }

  /// - Throws: `not_found` when the case does not exist for `agency`.
  init(_ record: Case?, for agency: AgencyCode) throws(Failure) {
    guard let record, let projection = Visibility.projection(of: record, for: agency) else { throw .notFound }
    self.record = record
    self.projection = projection
  }

  /// A case as it stood in the past, as far as whoever asks may be shown it; nil when that is nothing.
  init?(_ past: PastCase, _ context: Lifecycle.Context) {
    let isOwner = context.owns(reportedBy: past.record.facts.source.agency)
    guard let projection = past.projection(for: context.actor.agency, isOwner: isOwner) else { return nil }
    (record, self.projection) = (past.record, projection)
  }

  /// A case as an idempotency key remembers it, as far as the caller may see it now.
  static func replayed(_ reply: StoredReply, for context: Lifecycle.Context, _ reads: any CaseReads) throws -> SeenCase
  {
    guard let id = reply.caseID, let version = reply.version else { throw Failure.notFound }
    _ = try reads.sight(of: id, for: context.actor.agency)
    guard let then = try reads.caseRecord(id, version: version) else { throw Failure.notFound }
    return try reads.seen(then, context)
  }

  /// Another state of the case, of which no more is seen than of this one, nor more than `projection` shows.
  func showing(_ then: Case, within projection: Projection? = nil) -> SeenCase {
    var seen = self
    if let projection { seen.projection.formIntersection(projection) }
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
}

extension StoredReply {
  /// A reply whose result is a case.
  init(_ status: Int, _ record: Case) {
    self.init(requestDigest: [], status: status, caseID: record.id, version: record.version, resource: nil)
  }
}
