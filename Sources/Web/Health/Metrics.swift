internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import Synchronization

/// What the interface counts about itself. Nothing here names a person, a case or a key: every label comes from a closed
/// set, and agencies are those of the reference data.
final class Metrics: Sendable {
  /// A limit that may be hit.
  enum Limit: Int, CaseIterable, Sendable {
    case connections, requestsInFlight, head, requestLine, body, headTimeout, bodyTimeout, writeTimeout, agency, address
    case figures, failedAuthentication, key, cost, bytes, busy, other

    /// As the label says it.
    var label: String {
      switch self {
      case .connections: "connections"
      case .requestsInFlight: "requests_in_flight"
      case .head: "head"
      case .requestLine: "request_line"
      case .body: "body"
      case .headTimeout: "head_timeout"
      case .bodyTimeout: "body_timeout"
      case .writeTimeout: "write_timeout"
      case .agency: "agency"
      case .address: "address"
      case .figures: "figures"
      case .failedAuthentication: "failed_authentication"
      case .key: "key"
      case .cost: "cost"
      case .bytes: "bytes"
      case .busy: "busy"
      case .other: "other"
      }
    }
  }

  /// Why an answer broke off in the middle.
  enum BreakReason: Int, CaseIterable, Sendable {
    case clientGone, clientTooSlow, shutDown, failed

    /// As label and log say it.
    var label: String {
      switch self {
      case .clientGone: "client_gone"
      case .clientTooSlow: "client_too_slow"
      case .shutDown: "shut_down"
      case .failed: "failed"
      }
    }
  }

  let requests: RequestTally
  /// One for each limit, and room: an array of its own costs no look-up.
  private let limits = InlineArray<32, Atomic<UInt64>> { _ in Atomic(0) }
  private let breaks = InlineArray<4, Atomic<UInt64>> { _ in Atomic(0) }
  private let authentications = Atomic<UInt64>(0)
  private let reached = Mutex<[AgencyCode: Int64]>([:])
  private let watched = Mutex(Watched())

  private struct Watched {
    weak var server: Server?
  }

  init(_ routes: [RequestTally.Line], loops: Int) { requests = RequestTally(routes, loops: loops) }

  /// Counts what a refusal says of limits and keys.
  func count(_ failure: Failure) {
    switch failure.code {
    case .unauthenticated: authentications.add(1, ordering: .relaxed)
    case .busy: count(.busy)
    case .contentTooLarge: count(.body)
    case .requestTimeout: count(.bodyTimeout)
    case .tooManyRequests:
      switch failure.allowance?.name ?? .agency {
      case .agency: count(.agency)
      case .address: count(.address)
      case .figures: count(.figures)
      case .failedAuthentication: count(.failedAuthentication)
      case .key: count(.key)
      case .cost: count(.cost)
      case .bytes: count(.bytes)
      }
    default: break
    }
  }

  /// Counts what the server itself refuses.
  func count(_ fault: ServerFault) {
    requests.countRefusal(fault.status)
    switch fault {
    case .tooManyConnections: count(.connections)
    case .overloaded: count(.requestsInFlight)
    case .headTooLarge: count(.head)
    case .uriTooLong: count(.requestLine)
    case .contentTooLarge: count(.body)
    case .requestTimeout: count(.headTimeout)
    case .badRequest, .expectationFailed, .invalidResponse, .notImplemented, .shuttingDown, .versionNotSupported: break
    }
  }

  /// Counts an answer that broke off.
  func count(_ reason: BreakReason) {
    breaks[reason.rawValue].add(1, ordering: .relaxed)
    if reason == .clientTooSlow { count(.writeTimeout) }
  }

  private func count(_ limit: Limit) { limits[limit.rawValue].add(1, ordering: .relaxed) }

  /// Notes how far an agency has been given the feed, or was reconciled.
  func note(_ agency: AgencyCode, reached seq: Int64) { reached.withLock { $0[agency] = seq } }

  /// Names the server that takes the requests, whose connections are to be counted.
  func watch(_ server: Server) { watched.withLock { $0.server = server } }

  /// The server that takes the requests; nil before it is named.
  var server: Server? { watched.withLock { $0.server } }

  func hits(_ limit: Limit) -> UInt64 { limits[limit.rawValue].load(ordering: .relaxed) }
  func breaks(_ reason: BreakReason) -> UInt64 { breaks[reason.rawValue].load(ordering: .relaxed) }
  var failedAuthentications: UInt64 { authentications.load(ordering: .relaxed) }
  var reachedByAgency: [AgencyCode: Int64] { reached.withLock { $0 } }
}
