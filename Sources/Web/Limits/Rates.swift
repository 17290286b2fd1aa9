internal import Domain
internal import HTTPServer
internal import Service

/// Whoever has an address: a household has 64 bits of IPv6 addresses to itself.
struct AddressBlock: Hashable, Sendable {
  private let bytes: [UInt8]

  init(_ address: PeerAddress) { bytes = address.isIPv6 ? Array(address.bytes.prefix(8)) : address.bytes }
}

/// Every limit on how often is asked. What work costs and what runs at the same time is bounded elsewhere.
struct Rates: Sendable {
  /// Questions without a key, by address.
  let open: Rate<AddressBlock>
  /// Keys that were sent and are not valid, by address; and by the key that they name, whether there is one or not.
  private let failuresByAddress: Rate<AddressBlock>
  private let failuresByKey: Rate<String>
  /// Requests by key; nil when any number is served.
  private let requests: Rate<String>?

  init(_ settings: APISettings) {
    open = Rate(Allowance(.address, settings.publicRequestsPerMinute, perSeconds: 60))
    let failed = Allowance(.failedAuthentication, settings.failedKeysPerMinute, perSeconds: 60)
    failuresByAddress = Rate(failed)
    failuresByKey = Rate(failed)
    let perKey = settings.requestsPerKeyPerSecond
    requests = perKey == 0 ? nil : Rate(Allowance(.key, perKey, perSeconds: 1))
  }

  /// A question without a key.
  ///
  /// - Throws: `too_many_requests`.
  func countOpen(_ address: PeerAddress, at now: Timestamp) throws(Failure) {
    guard let wait = open.take(by: AddressBlock(address), at: now) else { return }
    throw Failure(
      .tooManyRequests, en: "This address has asked too often; try again shortly.",
      inIndonesian: "Alamat ini terlalu sering meminta; coba lagi sebentar lagi.", retryAfterSeconds: wait,
      allowance: open.allowance)
  }

  /// A request with a key that is not valid. Valid keys are never counted and never refused here: many clients may share
  /// an address, and one that has a wrong key locks out none of them.
  ///
  /// - Throws: `too_many_requests` in place of `unauthenticated`: by what was tried before, not by what is wrong.
  func countFailure(_ address: PeerAddress, keyID: String?, at now: Timestamp) throws(Failure) {
    let waits = [
      failuresByAddress.take(by: AddressBlock(address), at: now), keyID.flatMap { failuresByKey.take(by: $0, at: now) },
    ]
    guard let wait = waits.compactMap({ $0 }).max() else { return }
    throw Failure(
      .tooManyRequests, en: "Too many keys that are not valid; send a valid one.",
      inIndonesian: "Terlalu banyak kunci yang tidak sah; kirim kunci yang sah.", retryAfterSeconds: wait,
      allowance: failuresByAddress.allowance)
  }

  /// A request with a valid key.
  ///
  /// - Throws: `too_many_requests`.
  @inline(__always)
  func countRequest(_ keyID: String, at now: Timestamp) throws(Failure) {
    guard let requests, let wait = requests.take(by: keyID, at: now) else { return }
    throw Failure(
      .tooManyRequests, en: "This key has asked too often; try again shortly.",
      inIndonesian: "Kunci ini terlalu sering meminta; coba lagi sebentar lagi.", retryAfterSeconds: wait,
      allowance: requests.allowance)
  }
}
