public import Domain

/// The access keys as they were committed last.
public protocol KeyStore: Sendable {
  /// An access key, and how its agency stands on a day, both as last committed: asked for every request.
  func key(_ id: String, on day: LegalDate) -> KnownKey?
  /// The access keys as last committed, by identifier.
  var keys: [String: AccessKey] { get }
  /// Takes note that a key was used: of the hour, which the next commit writes down.
  ///
  /// - Parameter reader: `0..<readerCount`; those who note on different ones never wait for each other.
  func noteUse(of keyID: String, at now: Timestamp, on reader: Int)
  /// When each key was used last, to the hour; without those that never were.
  ///
  /// - Parameter reader: `0..<readerCount`.
  /// - Throws: `storage_unavailable` when the file cannot be read in time.
  func keyUses(on reader: Int) throws -> [String: Timestamp]
}
