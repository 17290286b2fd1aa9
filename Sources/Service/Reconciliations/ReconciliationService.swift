public import Domain

/// Reconciliations: whether an agency holds what it should, and the certificates that say so.
public struct ReconciliationService: RecordService {
  public let records: Records
  private let now: @Sendable () -> Timestamp

  /// - Parameter now: a comparison takes its time: its certificate says when it ended.
  public init(_ records: Records, now: @escaping @Sendable () -> Timestamp) {
    (self.records, self.now) = (records, now)
  }

  /// A comparison with what whoever asks should hold.
  ///
  /// - Parameters:
  ///   - wanted: the sequence at which it should; nil: the newest.
  ///   - read: reads a line of the manifest.
  /// - Throws: `sequence_ahead`, `sequence_gone`.
  public func comparison(at wanted: Int64?, by asker: Asker, read: @escaping ManifestReader) throws -> Reconciliation {
    let context = try asker.context(records.reference)
    let (head, isLost) = try records.read(by: asker) { reads in
      (try reads.head(), try wanted.map(reads.isLost) ?? false)
    }
    if isLost { throw Failure.sequenceGone }
    guard wanted ?? 0 <= head else { throw Failure.sequenceAhead }
    return Reconciliation(context, seq: wanted ?? head, read: read)
  }

  /// Compares some more of what has come.
  public func step(_ reconciliation: Reconciliation, by asker: Asker) async throws -> Reconciliation {
    try await records.readPart(by: asker) { reads in
      var reconciliation = reconciliation
      try reconciliation.step(reads)
      return reconciliation
    }
  }

  /// The certificate of a comparison that is complete.
  public func certify(_ reconciliation: Reconciliation, by asker: Asker, dryRun: Bool) async throws -> Certificate {
    let certificate = reconciliation.certificate(at: now())
    let keyID = asker.keyID
    return try await records.store.write(by: try asker.owner(), spending: nil, dryRun: dryRun, noting: asker.receipts) {
      try $0.certify(certificate, by: keyID)
    }
  }

  /// Certificates of agreement below a number, newest first.
  ///
  /// - Parameter agency: whose; nil: everybody's.
  /// - Throws: `invalid_parameter` when there is no such agency.
  public func certificates(of agency: AgencyCode?, before number: Int64, limit: Int, by asker: Asker) throws
    -> [Certificate]
  {
    if let agency, records.reference.agencies[agency.rawValue] == nil {
      throw Failure.parameter("agency", FieldErrorCode.unknownCode.standardDetail)
    }
    return try records.read(by: asker) { try $0.certificates(of: agency, before: number, limit: limit) }
  }

  /// Whether whoever asks sees what was counted. Who sees fewer cases than another agency would learn from its numbers how
  /// many are hidden, and from its digest whether a guess about them is right. The operator sees none.
  public func seesCounts(of agency: AgencyCode, _ asker: Asker) -> Bool {
    guard let asking = asker.caller?.agency else { return false }
    return asking == agency || Visibility.row(asking).rows.contains(.always)
  }
}
