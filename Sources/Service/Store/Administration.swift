public import Domain

/// What a write may do for the operator.
public protocol Administration {
  /// A key as this write sees it, earlier writes of the same commit included.
  func key(_ id: String) throws -> AccessKey?
  /// Stores a key.
  ///
  /// - Parameter maker: the key of the administrator.
  func insert(_ key: AccessKey, by maker: String) throws
  /// Sets when a key ends; an end that is set never moves back.
  func revoke(_ keyID: String, at: Timestamp, by administrator: String) throws
  /// Adds or replaces rows of reference data.
  func put(_ entries: [ReferenceEntry], by administrator: String) throws
  /// Marks that every open clock must be derived anew, because an operator has changed rules or holidays.
  func markClocks(by keyID: String) throws
  /// Derives the clocks of the next cases that may have an open one, at most `limit`, and stores a version of each that
  /// changes; nil when nothing is marked.
  func deriveClocks(limit: Int) throws -> ClockDerivationStep?
  /// Logs a backup that was made.
  func log(_ backup: Backup, by administrator: String) throws
  /// Registers the key that an agency cosigns with, and logs it; what it has cosigned with another one is forgotten.
  func register(_ witness: RecordWitness, by keyID: String) throws
  /// Keeps what an agency has cosigned.
  func keep(_ cosigned: RecordWitness.Cosigned, of agency: AgencyCode) throws
  /// Writes what a dry run can take back: whoever asks whether writes get through.
  func probe() throws
}
