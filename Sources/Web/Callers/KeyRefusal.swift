/// Why a key was refused: told to the log alone.
struct KeyRefusal: Error {
  /// The raw value is the code in the log.
  enum Reason: String, CaseIterable {
    /// No text of a key.
    case malformed
    case unknown
    case wrongSecret = "wrong_secret"
    case expired, revoked
    /// It came from none of its networks.
    case network
    /// None of its certificates was shown.
    case identity
    /// An operator's key that is bound to no certificate came by a proxy.
    case operatorWithoutIdentity = "operator_without_identity"
  }

  let reason: Reason
  /// The identifier that the key names, whether there is such a key or not; nil when it names none.
  let keyID: String?

  init(_ reason: Reason, _ keyID: String?) { (self.reason, self.keyID) = (reason, keyID) }
}
