internal import Crypto
internal import Domain
internal import HTTPServer
internal import Merkle
internal import Synchronization

/// One person's stay in the pages behind a sign-in.
struct Session: Sendable {
  let keyID: String
  /// Of the key's secret when the session began: a key whose secret is another one is another key.
  let keyDigest: [UInt8]
  /// What each form of the session carries, so that no page of somebody else can send one.
  let formToken: String
  let begunAt: Timestamp
  var usedAt: Timestamp
  var language: Language
}

/// The sessions of people who have signed in with a key.
///
/// They stand in memory alone: a start ends them, and nothing that opens the service lies on a disk. What the browser has
/// is a random text; what is kept of it is a digest.
final class Sessions: Sendable {
  /// Without a request for so long a session ends: a desk that somebody has left.
  static let idleSeconds: Int64 = 30 * 60
  /// The longest session: a working day, with what may come after it.
  static let lifeSeconds: Int64 = 12 * 3_600
  /// Of one key: some people on several machines. The one that was used longest ago makes room.
  static let perKeyMax = 20

  private typealias Digest = [UInt8]
  private let sessions = Mutex<[Digest: Session]>([:])
  private let random: @Sendable () -> UInt64

  /// - Parameter random: source of random bits.
  init(random: @escaping @Sendable () -> UInt64) { self.random = random }

  /// Begins a session with a key that was judged valid.
  ///
  /// - Returns: what the browser is given.
  func begin(with key: AccessKey, in language: Language, at now: Timestamp) -> String {
    let token = randomText()
    let session = Session(
      keyID: key.id, keyDigest: key.secretDigest, formToken: randomText(), begunAt: now, usedAt: now, language: language
    )
    sessions.withLock { sessions in
      sessions = sessions.filter { !Self.isOver($0.value, at: now) }
      let own = sessions.filter { $0.value.keyID == key.id }.sorted { $0.value.usedAt < $1.value.usedAt }
      for (digest, _) in own.prefix(max(0, own.count + 1 - Self.perKeyMax)) { sessions[digest] = nil }
      sessions[Self.digest(of: token)] = session
    }
    return token
  }

  /// The session of a request, which lives on by it; nil where there is none any more.
  func session(of request: Request, at now: Timestamp) -> Session? {
    guard let digest = Self.digest(of: request) else { return nil }
    return sessions.withLock { sessions in
      guard var session = sessions[digest] else { return nil }
      if Self.isOver(session, at: now) {
        sessions[digest] = nil
        return nil
      }
      session.usedAt = max(session.usedAt, now)
      sessions[digest] = session
      return session
    }
  }

  /// Ends the session of a request.
  func end(_ request: Request) {
    guard let digest = Self.digest(of: request) else { return }
    sessions.withLock { $0[digest] = nil }
  }

  /// Has the pages of a request's session speak another language from now on.
  func speak(_ language: Language, in request: Request) {
    guard let digest = Self.digest(of: request) else { return }
    sessions.withLock { $0[digest]?.language = language }
  }

  private static func isOver(_ session: Session, at now: Timestamp) -> Bool {
    now >= session.usedAt.adding(seconds: idleSeconds) || now >= session.begunAt.adding(seconds: lifeSeconds)
  }

  private func randomText() -> String {
    var bytes: [UInt8] = []
    for _ in 0..<4 { withUnsafeBytes(of: random()) { bytes.append(contentsOf: $0) } }
    return Base64URL.encode(bytes)
  }

  private static func digest(of token: String) -> Digest { Array(SHA256.hash(data: Array(token.utf8))) }

  private static func digest(of request: Request) -> Digest? {
    SessionCookie.token(of: request).map { digest(of: $0) }
  }
}
