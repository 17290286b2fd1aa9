internal import Crypto
internal import Domain
internal import HTTPServer
internal import HTTPTypes

/// Who asks: the owner of a valid key.
struct Caller: Sendable {
  let key: AccessKey

  /// Nil for the operator.
  var agency: AgencyCode? { if case .agency(let code) = key.owner { code } else { nil } }

  /// What this key's writes are counted against; nil for the operator.
  var budget: ByteBudget? { key.owner.budget }

  /// Judges the `Authorization` field; nil for every cause alike, so that nothing can be learned about keys.
  ///
  /// - Parameter identity: what a trusted proxy says about the client's certificate; asked for bound keys alone.
  init?(
    authorization: String?, from address: PeerAddress, identity: @autoclosure () -> String?, store: any Store,
    at now: Timestamp
  ) {
    guard let token = authorization.flatMap(Token.init(authorization:)) else { return nil }
    let key = store.keys[token.keyID]
    // An unknown key costs the same work as a wrong secret.
    let matches = token.matches(key?.secretDigest ?? Token.noDigest)
    guard let key, matches, key.isValid(at: now) else { return nil }
    let networks = key.networks.compactMap { Network($0) }
    guard key.networks.isEmpty || networks.contains(where: { $0.contains(address) }) else { return nil }
    guard key.identities.isEmpty || identity().map(key.identities.contains) == true else { return nil }
    self.key = key
  }

  /// - Throws: `scope_missing` when the key does not pass the gate; `agency_not_begun` and `agency_ended` when its agency
  ///   does not on that day.
  func pass(_ gate: Gate, _ reference: Reference, on today: LegalDate) throws(Failure) {
    if let agency { try reference.requireAccess(of: agency, on: today) }
    switch gate {
    case .open, .anyKey: return
    case .agency(let scope):
      guard agency != nil, key.scopes.contains(scope) else { throw .scopeMissing }
    case .recording(let scopes):
      guard let agency, !key.scopes.isDisjoint(with: scopes) else { throw .scopeMissing }
      try reference.requireOffice(of: agency, on: today)
    case .administrator, .administratorOrLocal:
      guard key.owner == .operator, key.scopes.contains(.admin) else { throw .scopeMissing }
    }
  }
}

extension API {
  /// Who asks, by the key of the request.
  ///
  /// - Throws: `unauthenticated`, the same for every cause; `too_many_requests` when the address or the key has used up
  ///   what it may send.
  func caller(of request: Request) throws(Failure) -> Caller {
    let proxies = settings.trustedProxies
    let address = ClientAddress.of(request, trusting: proxies)
    let now = settings.now()
    let authorization = request.fields[.authorization]
    let caller = Caller(
      authorization: authorization, from: address, identity: ClientIdentity.of(request, trusting: proxies),
      store: store, at: now)
    guard let caller else {
      // Who sends no key guesses none, and is told what to send.
      if let authorization {
        try rates.countFailure(address, keyID: Token(authorization: authorization)?.keyID, at: now)
      }
      throw .unauthenticated
    }
    try rates.countRequest(caller.key.id, at: now)
    return caller
  }
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
    let bytes = authorization.utf8
    guard bytes.count == Self.fieldBytes else { return nil }
    let token = bytes.index(bytes.startIndex, offsetBy: 7)
    let identifier = bytes.index(token, offsetBy: 4)
    let secret = bytes.index(identifier, offsetBy: 13)
    guard authorization[..<token].lowercased() == "bearer ", authorization[token..<identifier] == "ntk_",
      authorization[..<secret].utf8.last == UInt8(ascii: "_")
    else { return nil }
    self.keyID = String(authorization[identifier..<bytes.index(before: secret)])
    self.secret = String(authorization[secret...])
  }

  /// `Bearer ntk_`, 12 characters, `_`, 43 characters.
  private static let fieldBytes = 7 + 4 + 12 + 1 + 43

  /// What the client sends.
  public var text: String { "ntk_\(keyID)_\(secret)" }

  /// What is stored.
  public var digest: [UInt8] { Array(SHA256.hash(data: Array(secret.utf8))) }

  /// What the secret of an unknown key is compared with.
  static let noDigest = [UInt8](repeating: 0, count: SHA256.byteCount)

  /// Compares every byte of the digest, so that time does not tell where the first difference is.
  func matches(_ stored: [UInt8]) -> Bool {
    let own = digest
    guard own.count == stored.count else { return false }
    var difference: UInt8 = 0
    for index in own.indices { difference |= own[index] ^ stored[index] }
    return difference == 0
  }
}

extension Failure {
  static let unauthenticated = Failure(
    .unauthenticated, en: "Send a valid key: Authorization: Bearer ntk_….",
    id: "Kirim kunci yang sah: Authorization: Bearer ntk_….")
}
