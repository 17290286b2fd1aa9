public import Domain

/// What has changed since a sequence, as an agency sees it.
public struct FeedService: RecordService {
  public let records: Records

  /// The feed of `records`.
  public init(_ records: Records) { self.records = records }

  /// Changes that are read on an event loop: as many cases as a page of a list has.
  private static let shortMax = 50

  /// A page of changes. What a poll finds as a rule is read at once, and a long page on the lane of long reading.
  ///
  /// - Parameter write: writes a page; it is asked again when the short one does not reach the head.
  /// - Throws: `sequence_ahead` when `after` is not reached yet, `sequence_gone` when what followed it is gone.
  public func page(
    after seq: Int64, limit: Int, by asker: Asker, write: @escaping @Sendable (FoundChanges) throws -> FeedPage
  ) async throws -> FeedPage {
    let agency = try asker.agency()
    let sealingKeys = records.reference.sealingKeys[agency] ?? []
    let page = try records.read(by: asker) { reads in
      try write(try FoundChanges(after: seq, limit: min(limit, Self.shortMax), for: agency, sealingKeys, reads))
    }
    if page.isAtHead || limit <= Self.shortMax { return page }
    return try await records.readLong(by: asker) { reads in
      try write(try FoundChanges(after: seq, limit: limit, for: agency, sealingKeys, reads))
    }
  }

  /// Waits without a thread for something that the agency may see; false when the time is over.
  ///
  /// - Throws: `too_many_requests`, `busy` when many wait already.
  public func mayHaveChanged(after seq: Int64, atMost duration: Duration, by asker: Asker) async throws(Failure) -> Bool
  {
    try await records.store.waitForChange(visibleTo: try asker.agency(), after: seq, atMost: duration)
  }
}

/// Changes that were found, to be written.
public struct FoundChanges {
  public let changes: ChangePage
  /// The oldest sequence that the feed can begin with.
  public let oldest: Int64
  public let agency: AgencyCode
  /// The agency's active keys, by which it sees whether they are its own.
  public let sealingKeys: [SealingKey]
  private let reads: any CaseReads

  fileprivate init(
    after seq: Int64, limit: Int, for agency: AgencyCode, _ sealingKeys: [SealingKey], _ reads: any CaseReads
  )
    throws
  {
    oldest = try reads.oldest()
    guard seq + 1 >= oldest, try !reads.isLost(seq) else { throw Failure.sequenceGone }
    changes = try reads.changes(after: seq, limit: limit)
    guard seq <= changes.head else { throw Failure.sequenceAhead }
    (self.agency, self.sealingKeys, self.reads) = (agency, sealingKeys, reads)
  }

  /// What shows that a case stands in the record as it is now.
  public func proof(of stub: CaseStub, _ projection: Projection) throws -> LeafProof? {
    try record(behind: stub).flatMap { try reads.proof(ofEvent: $0.seq) }?.opening(of: projection)
  }

  /// A case as it is now; nil when it is gone.
  public func record(behind stub: CaseStub) throws -> Case? { try reads.caseRecord(behind: stub) }
}

/// A page of the feed, written.
public struct FeedPage: Sendable {
  public var bytes: [UInt8]
  public var isEmpty: Bool
  /// The sequence that the next page follows.
  public var reached: Int64
  public var isAtHead: Bool

  /// - Parameter head: the newest sequence.
  public init(bytes: [UInt8], isEmpty: Bool, reached: Int64, head: Int64) {
    (self.bytes, self.isEmpty, self.reached, isAtHead) = (bytes, isEmpty, reached, reached == head)
  }
}

extension Failure {
  static let sequenceAhead = Failure(
    .sequenceAhead, en: "The service has not reached this sequence: it may have been restored from an older copy.",
    inIndonesian: "Layanan belum mencapai urutan ini: mungkin dipulihkan dari salinan yang lebih lama.")
  static let sequenceGone = Failure(
    .sequenceGone, en: "What followed this sequence is gone; begin with a snapshot at /v1/exports/cases.",
    inIndonesian: "Perubahan setelah urutan ini tidak tersedia lagi; mulai dari /v1/exports/cases.")
}
