public import Domain

/// Snapshots: every case an agency sees, as it stood at one sequence.
///
/// Nothing is held open for one: it is read in parts, each in a short transaction, while writes go on. That is why a broken
/// download goes on where it stopped, even after the server was started again.
public struct ExportService: RecordService {
  public let records: Records

  /// Snapshots of `records`.
  public init(_ records: Records) { self.records = records }

  /// A snapshot.
  ///
  /// - Parameter wanted: its sequence; nil: the newest.
  /// - Throws: `sequence_ahead`, `sequence_gone`.
  public func snapshot(at wanted: Int64?, by asker: Asker) async throws -> Snapshot {
    let agency = try asker.agency()
    return try await records.readPart(by: asker) { try Snapshot(agency, at: wanted, $0) }
  }

  /// Cases a part is made of: a few milliseconds of work, so that other agencies' parts get their turn.
  private static let partCases = 128

  /// The next cases of a snapshot.
  public func part(
    of snapshot: Snapshot, after id: CaseID, by asker: Asker, proving: Bool,
    write: @escaping @Sendable ([SeenCase]) -> [UInt8]
  ) async throws -> SnapshotPart {
    let context = try asker.context(records.reference)
    return try await records.readPart(by: asker) { reads in
      let page = try reads.pastCases(at: snapshot.seq, after: id, limit: Self.partCases)
      let seen = try page.items.compactMap { item -> SeenCase? in
        guard var seen = SeenCase(item, context) else { return nil }
        if proving { seen.proof = try reads.proof(ofEvent: item.record.seq)?.opening(of: seen.projection) }
        return seen
      }
      return SnapshotPart(bytes: write(seen), count: seen.count, next: page.next)
    }
  }
}

/// The cases of one agency at one sequence.
public struct Snapshot: Sendable {
  let agency: AgencyCode
  public let seq: Int64
  /// Cases of the whole snapshot.
  public let count: Int

  fileprivate init(_ agency: AgencyCode, at wanted: Int64?, _ reads: any CaseReads) throws {
    let head = try reads.head()
    seq = wanted ?? head
    if try reads.isLost(seq) { throw Failure.sequenceGone }
    guard seq <= head else { throw Failure.sequenceAhead }
    self.agency = agency
    count = try reads.pastCount(at: seq, for: agency)
  }
}

/// A part of a snapshot, written.
public struct SnapshotPart: Sendable {
  public let bytes: [UInt8]
  public let count: Int
  /// The case after which the next part begins; nil at the end.
  public let next: CaseID?
}
