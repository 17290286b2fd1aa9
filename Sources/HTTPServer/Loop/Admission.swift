internal import Synchronization

/// Counts what all loops have open together, and says no when a limit is reached.
final class Admission: Sendable {
  private let limits: Limits
  private let connections = Atomic<Int>(0)
  private let requests = Atomic<Int>(0)
  private let connectionsByAddress = Mutex<[PeerAddress: Int]>([:])

  init(limits: Limits) {
    self.limits = limits
  }

  var openConnections: Int { connections.load(ordering: .relaxed) }
  var requestsInFlight: Int { requests.load(ordering: .relaxed) }

  /// Counts a connection in, or counts nothing and returns false.
  func admitConnection(from peer: PeerAddress) -> Bool {
    let open = connections.add(1, ordering: .relaxed).newValue
    let isAdmitted = open <= limits.connectionsMax && (peer.isLocalSocket || countIn(peer))
    if !isAdmitted { connections.subtract(1, ordering: .relaxed) }
    return isAdmitted
  }

  private func countIn(_ peer: PeerAddress) -> Bool {
    connectionsByAddress.withLock { counts in
      let count = counts[peer, default: 0]
      guard count < limits.connectionsPerAddressMax else { return false }
      counts[peer] = count + 1
      return true
    }
  }

  func releaseConnection(from peer: PeerAddress) {
    connections.subtract(1, ordering: .relaxed)
    // Who is behind a proxy has an address that only the proxy can count.
    if peer.isLocalSocket { return }
    connectionsByAddress.withLock { counts in
      let count = counts[peer, default: 0]
      counts[peer] = count > 1 ? count - 1 : nil
    }
  }

  /// Counts a request in, or counts nothing and returns false.
  func admitRequest() -> Bool {
    if requests.add(1, ordering: .relaxed).newValue <= limits.requestsInFlightMax { return true }
    releaseRequest()
    return false
  }

  /// Counts a request in that was let out for a while; it was admitted before, so that it is never refused.
  func readmitRequest() {
    requests.add(1, ordering: .relaxed)
  }

  func releaseRequest() {
    requests.subtract(1, ordering: .relaxed)
  }
}
