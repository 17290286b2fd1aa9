public import Domain

/// A service over the records.
public protocol RecordService: Sendable {
  /// What it reads and writes.
  var records: Records { get }
}

extension RecordService {
  /// The reference data as last committed.
  public var reference: Reference { records.reference }

  /// The right to one long stream, which is given back when it is let go.
  ///
  /// - Throws: `too_many_requests`, `busy`.
  public func begin(by asker: Asker) throws(Failure) -> StreamSlot { try records.work.begin(by: asker) }
}
