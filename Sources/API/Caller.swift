internal import Crypto
internal import Domain
internal import HTTPServer
internal import HTTPTypes

/// Who asks: the owner of a valid key.
struct Caller: Sendable {
  let key: AccessKey

  /// Nil for the operator.
  var agency: AgencyCode? { if case .agency(let code) = key.owner { code } else { nil } }

  /// Judges the `Authorization` field.
  ///
  /// - Parameter identity: what a trusted proxy says about the client's certificate; asked for bound keys alone.
  /// - Throws: `unauthenticated`, the same for every cause, so that nothing can be learned about keys.
  static func authenticated(
    by fields: RequestFields, from address: PeerAddress, identity: @autoclosure () -> String?, store: any Store,
    at now: Timestamp
  ) throws(Failure) -> Caller {
    guard let token = fields[.authorization].flatMap(Token.init(authorization:)) else { throw .unauthenticated }
    let key = store.keys[token.keyID]
    // An unknown key costs the same work as a wrong secret.
    let matches = constantTimeEqual(Array(SHA256.hash(data: Array(token.secret.utf8))), key?.secretDigest ?? noDigest)
    guard let key, matches, key.isValid(at: now) else { throw .unauthenticated }
    let networks = key.networks.compactMap { Network($0) }
    guard key.networks.isEmpty || networks.contains(where: { $0.contains(address) }) else { throw .unauthenticated }
    guard key.identities.isEmpty || identity().map(key.identities.contains) == true else { throw .unauthenticated }
    return Caller(key: key)
  }

  /// - Throws: `scope_missing` when the key does not pass the gate.
  func pass(_ gate: Gate) throws(Failure) {
    switch gate {
    case .open, .anyKey: return
    case .agency(let scope):
      guard agency != nil, key.scopes.contains(scope) else { throw .scopeMissing }
    case .administrator, .administratorOrLocal:
      guard key.owner == .operator, key.scopes.contains(.admin) else { throw .scopeMissing }
    }
  }

  private static let noDigest = [UInt8](repeating: 0, count: 32)

  /// Compares without telling by time where the first difference is.
  private static func constantTimeEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    var difference: UInt8 = 0
    for index in left.indices { difference |= left[index] ^ right[index] }
    return difference == 0
  }
}

extension API {
  /// Who asks, by the key of the request.
  ///
  /// - Throws: `unauthenticated`, the same for every cause.
  func caller(of request: Request) throws(Failure) -> Caller {
    let proxies = settings.trustedProxies
    return try Caller.authenticated(
      by: request.fields, from: ClientAddress.of(request, trusting: proxies),
      identity: ClientIdentity.of(request, trusting: proxies), store: store, at: settings.now())
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
}

extension Failure {
  static let unauthenticated = Failure(
    .unauthenticated, en: "Send a valid key: Authorization: Bearer ntk_….",
    id: "Kirim kunci yang sah: Authorization: Bearer ntk_….")
}
