internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import Service

/// Judges the keys of requests.
final class KeyCheck: Sendable {
  private let store: any Store
  private let rates: Rates
  private let proxies: [Network]
  private let opensMetricsLocally: Bool
  private let now: @Sendable () -> Timestamp
  let sessions: Sessions

  init(store: any Store, _ settings: APISettings) {
    self.store = store
    sessions = Sessions(random: settings.random)
    rates = Rates(settings)
    proxies = settings.trustedProxies
    opensMetricsLocally = settings.opensMetricsLocally
    now = settings.now
  }

  /// Judges the key of a request, and whether it passes the gate.
  ///
  /// - Throws: `unauthenticated`, the same for every cause; `too_many_requests` when the address or the key has used up
  ///   what it may send; `scope_missing`.
  func caller(of request: Request, for gate: Gate, at now: Timestamp, _ record: inout LogRecord)
    throws(Failure) -> Caller?
  {
    if gate == .open || gate == .counted || gate == .sameOrigin {
      let keyID = note(request, at: now, &record)
      guard gate == .counted else { return nil }
      // Agencies may share an address, and their witnesses read the whole record.
      if let keyID {
        try rates.countRequest(keyID, at: now)
      } else {
        try rates.countOpen(ClientAddress.of(request, trusting: proxies), at: now)
      }
      return nil
    }
    if case .session = gate {
      let caller = try caller(inSession: request, at: now, &record)
      try admit(caller, request, at: now)
      try caller.pass(gate)
      return caller
    }
    guard let authorization = request.fields[.authorization] else {
      if gate == .optionalKey { return nil }
      let isLocal = gate == .administratorOrLocal && opensMetricsLocally
      if isLocal, LocalPeer.asks(request, trusting: proxies) { return nil }
      // Who sends no key guesses none, and is told what to send.
      throw .unauthenticated
    }
    let caller = try judge(authorization, of: request, at: now, &record)
    try admit(caller, request, at: now)
    try caller.pass(gate)
    return caller
  }

  /// Counts a request of a valid key.
  ///
  /// - Throws: `too_many_requests`.
  private func admit(_ caller: Caller, _ request: Request, at now: Timestamp) throws(Failure) {
    store.noteUse(of: caller.key.id, at: now, on: request.loopIndex % store.readerCount)
    try rates.countRequest(caller.key.id, at: now)
  }

  /// Judges the session of a request: it lasts no longer than its key, and is good from nowhere else.
  ///
  /// - Throws: `unauthenticated`, the same for every cause.
  private func caller(inSession request: Request, at now: Timestamp, _ record: inout LogRecord) throws(Failure)
    -> Caller
  {
    guard let session = sessions.session(of: request, at: now) else { throw .unauthenticated }
    guard let known = store.key(session.keyID, on: LegalDate(inJakarta: now)),
      known.key.secretDigest == session.keyDigest
    else {
      sessions.end(request)
      throw .unauthenticated
    }
    if let reason = refusal(of: known.key, request, now) {
      record.refusal = KeyRefusal(reason, session.keyID)
      if !known.key.isValid(at: now) { sessions.end(request) }
      throw .unauthenticated
    }
    let caller = Caller(known)
    (record.keyID, record.keyEnd) = (session.keyID, known.key.endToTell(at: now))
    return caller
  }

  /// The key that somebody signs in with.
  ///
  /// - Throws: `unauthenticated`; `too_many_requests` when many keys were refused before; what ``Service/Caller/pass(_:)``
  ///   throws.
  func caller(signingInWith text: String, _ request: Request, at now: Timestamp) throws(Failure) -> Caller {
    var record = LogRecord(requestID: "")
    let caller = try judge("Bearer \(text)", of: request, at: now, &record)
    try admit(caller, request, at: now)
    try caller.pass(.session(of: .anybody))
    return caller
  }

  /// The valid keys that the certificate of a request's client may sign in with: those that are bound to it.
  func callers(byCertificateOf request: Request, at now: Timestamp) -> [Caller] {
    guard let identity = ClientIdentity.of(request, trusting: proxies) else { return [] }
    return store.keys.values.filter { $0.identities.contains(identity) && refusal(of: $0, request, now) == nil }
      .sorted { $0.id < $1.id }
      .compactMap { key in store.key(key.id, on: LegalDate(inJakarta: now)).map { Caller($0) } }
  }

  /// Notes the key of a request that needs none, so that its log line and its end are told as everywhere. One that is not
  /// valid is counted like any other, and changes nothing for the request.
  ///
  /// - Returns: the identifier of a key that is valid.
  @discardableResult
  func note(_ request: Request, at now: Timestamp, _ record: inout LogRecord) -> String? {
    guard let authorization = request.fields[.authorization] else { return nil }
    return (try? judge(authorization, of: request, at: now, &record))?.key.id
  }

  /// Looks again at a key that was valid when its request began.
  ///
  /// - Throws: `unauthenticated`, and what ``Service/Caller/pass(_:)`` throws.
  func requireStill(_ caller: Caller, _ gate: Gate) throws(Failure) {
    let now = now()
    guard let known = store.key(caller.key.id, on: LegalDate(inJakarta: now)), known.key.isValid(at: now) else {
      throw .unauthenticated
    }
    try Caller(known).pass(gate)
  }

  /// Judges a key, and notes it or why it is refused.
  ///
  /// - Throws: `unauthenticated`; `too_many_requests` when many keys were refused before.
  private func judge(_ authorization: String, of request: Request, at now: Timestamp, _ record: inout LogRecord)
    throws(Failure) -> Caller
  {
    do {
      let caller = try caller(request, authorization, at: now)
      (record.keyID, record.keyEnd) = (caller.key.id, caller.key.endToTell(at: now))
      return caller
    } catch {
      record.refusal = error
      try rates.countFailure(ClientAddress.of(request, trusting: proxies), keyID: error.keyID, at: now)
      throw .unauthenticated
    }
  }

  /// Judges the key of a request by itself.
  ///
  /// - Throws: ``KeyRefusal``, which is for the log: the client is told one and the same, so that nothing can be learned
  ///   about keys.
  private func caller(_ request: Request, _ authorization: String, at now: Timestamp) throws(KeyRefusal) -> Caller {
    guard let token = Token(authorization: authorization) else { throw KeyRefusal(.malformed, nil) }
    let known = store.key(token.keyID, on: LegalDate(inJakarta: now))
    // An unknown key costs the same work as a wrong secret.
    let matches = token.matches(known?.key.secretDigest ?? Token.noDigest)
    guard let known else { throw KeyRefusal(.unknown, token.keyID) }
    guard matches else { throw KeyRefusal(.wrongSecret, token.keyID) }
    if let reason = refusal(of: known.key, request, now) { throw KeyRefusal(reason, token.keyID) }
    return Caller(known)
  }

  /// Why a key may not be used now and from where it comes; nil when it may.
  private func refusal(of key: AccessKey, _ request: Request, _ now: Timestamp) -> KeyRefusal.Reason? {
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
}

extension Failure {
  static let unauthenticated = Failure(
    .unauthenticated, en: "Send a valid key: Authorization: Bearer ntk_….",
    inIndonesian: "Kirim kunci yang sah: Authorization: Bearer ntk_….")
}
