internal import Crypto
internal import Domain
internal import HTTPServer
internal import HTTPTypes

/// Who asks: the owner of a valid key.
struct Caller: Sendable {
  let key: AccessKey
  /// How its agency stood when the request began; nil for the operator.
  private let standing: AgencyStanding?

  init(_ known: KnownKey) { (key, standing) = (known.key, known.standing) }

  /// Nil for the operator.
  var agency: AgencyCode? { if case .agency(let code) = key.owner { code } else { nil } }

  /// What this key's writes are counted against; nil for the operator.
  var budget: ByteBudget? { key.budget }

  /// Judges the key of a request.
  ///
  /// - Throws: ``KeyRefusal``, which is for the log: the client is told one and the same, so that nothing can be learned
  ///   about keys.
  init(_ request: Request, authorization: String, store: any Store, proxies: [Network], at now: Timestamp)
    throws(KeyRefusal)
  {
    guard let token = Token(authorization: authorization) else { throw KeyRefusal(.malformed, nil) }
    let known = store.key(token.keyID, on: LegalDate(inJakarta: now))
    // An unknown key costs the same work as a wrong secret.
    let matches = token.matches(known?.key.secretDigest ?? Token.noDigest)
    guard let known else { throw KeyRefusal(.unknown, token.keyID) }
    guard matches else { throw KeyRefusal(.wrongSecret, token.keyID) }
    if let reason = Self.refusal(of: known.key, request, proxies, now) { throw KeyRefusal(reason, token.keyID) }
    self.init(known)
  }

  /// Why a key may not be used now and from where it comes; nil when it may.
  private static func refusal(of key: AccessKey, _ request: Request, _ proxies: [Network], _ now: Timestamp)
    -> KeyRefusal.Reason?
  {
    if let revokedAt = key.revokedAt, revokedAt <= now { return .revoked }
    if let expiresAt = key.expiresAt, expiresAt <= now { return .expired }
    if !key.networks.isEmpty {
      let address = ClientAddress.of(request, trusting: proxies)
      if !key.networks.compactMap({ Network($0) }).contain(address) { return .network }
    }
    if key.identities.isEmpty {
      // A proxy speaks for anybody: an operator who comes by one has to show who they are.
      return key.owner == .operator && request.comesByProxy(trusting: proxies) ? .operatorWithoutIdentity : nil
    }
    let identity = ClientIdentity.of(request, trusting: proxies)
    return identity.map(key.identities.contains) == true ? nil : .identity
  }

  /// - Throws: `scope_missing` when the key does not pass the gate; `agency_not_begun` and `agency_ended` when its agency
  ///   did not when the request began.
  func pass(_ gate: Gate) throws(Failure) {
    if let agency, let standing { try standing.requireAccess(of: agency) }
    switch gate {
    case .open, .optionalKey, .anyKey: return
    case .anyAgency:
      guard agency != nil else { throw .scopeMissing }
    case .agency(let scope):
      guard agency != nil, key.scopes.contains(scope) else { throw .scopeMissing }
    case .recording(let scopes):
      guard let agency, !key.scopes.isDisjoint(with: scopes) else { throw .scopeMissing }
      try standing?.requireOffice(of: agency)
    case .administrator, .administratorOrLocal:
      guard key.owner == .operator, key.scopes.contains(.admin) else { throw .scopeMissing }
    }
  }
}

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

/// The text of a key: `ntk_<key id>_<secret>`.
public struct Token: Sendable {
  /// 12 lower-case letters and digits.
  public let keyID: String
  /// 43 characters of base64url: 256 random bits.
  public let secret: String

  /// Makes a new token from 320 random bits.
  public init(random: () -> UInt64) {
    var bits = random()
    var identifier: [UInt8] = []
    for _ in 0..<12 {
      identifier.append(Base32.alphabet[Int(bits & 31)])
      bits >>= 5
    }
    keyID = String(decoding: identifier, as: UTF8.self)
    var bytes: [UInt8] = []
    for _ in 0..<4 { withUnsafeBytes(of: random()) { bytes.append(contentsOf: $0) } }
    secret = Base64URL.encode(bytes)
  }

  /// Reads an `Authorization` field: the scheme in any case, then exactly the text of a key.
  init?(authorization: String) {
    var authorization = authorization
    guard let (keyID, secret) = authorization.withUTF8({ Self.parts(of: $0) }) else { return nil }
    (self.keyID, self.secret) = (keyID, secret)
  }

  /// Blanks between the scheme and the key may be several (RFC 9110, 11.4).
  private static func parts(of field: UnsafeBufferPointer<UInt8>) -> (keyID: String, secret: String)? {
    let scheme = "bearer ".utf8
    guard field.count > scheme.count, zip(field, scheme).allSatisfy({ $0 | 0x20 == $1 }) else { return nil }
    let text = field.dropFirst(scheme.count).drop { $0 == UInt8(ascii: " ") }
    guard text.count == textBytes, text.starts(with: "ntk_".utf8) else { return nil }
    let (keyID, rest) = (text.dropFirst(4).prefix(12), text.dropFirst(16))
    // An identifier stands in logs: what cannot be one is no key, and a client's free text.
    guard keyID.allSatisfy(Base32.isDigit), rest.first == UInt8(ascii: "_") else { return nil }
    return (String(decoding: keyID, as: UTF8.self), String(decoding: rest.dropFirst(), as: UTF8.self))
  }

  /// `ntk_`, 12 characters, `_`, 43 characters.
  private static let textBytes = 4 + 12 + 1 + 43

  /// What the client sends.
  public var text: String { "ntk_\(keyID)_\(secret)" }

  /// What is stored.
  public var digest: [UInt8] { Array(hash) }

  private var hash: SHA256.Digest {
    var secret = secret
    return secret.withUTF8 { bytes in
      var hash = SHA256()
      hash.update(bufferPointer: UnsafeRawBufferPointer(bytes))
      return hash.finalize()
    }
  }

  /// What the secret of an unknown key is compared with.
  static let noDigest = [UInt8](repeating: 0, count: SHA256.byteCount)

  /// Compares every byte of the digest, so that time does not tell where the first difference is.
  func matches(_ stored: [UInt8]) -> Bool {
    let own = hash
    guard SHA256.byteCount == stored.count else { return false }
    return own.withUnsafeBytes { own in
      var difference: UInt8 = 0
      for index in own.indices { difference |= own[index] ^ stored[index] }
      return difference == 0
    }
  }
}

extension Failure {
  static let unauthenticated = Failure(
    .unauthenticated, en: "Send a valid key: Authorization: Bearer ntk_….",
    id: "Kirim kunci yang sah: Authorization: Bearer ntk_….")
}
