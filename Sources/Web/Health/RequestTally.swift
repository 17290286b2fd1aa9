internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import Synchronization

/// Requests by method, route and status, and how long they took.
///
/// Each event loop counts for itself in cells that are found by numbers: no lock, no hashing and no line of memory that
/// two cores write to. Adding up is left to the one who asks.
final class RequestTally: Sendable {
  /// What one row of the metrics is about.
  struct Line: Sendable {
    var method: String
    var template: String
  }

  /// What one loop has counted for one line.
  private final class Cell: Sendable {
    let statuses = InlineArray<32, Atomic<UInt64>> { _ in Atomic(0) }
    let buckets = InlineArray<16, Atomic<UInt64>> { _ in Atomic(0) }
    let nanoseconds = Atomic<UInt64>(0)
  }

  /// Every status that this service answers; any other counts as the last one, 0.
  static let statuses = [
    200, 201, 204, 304, 400, 401, 403, 404, 405, 406, 408, 409, 410, 412, 413, 414, 415, 417, 422, 428, 429, 431, 500,
    501, 503, 505, 0,
  ]
  /// In seconds: a case from memory takes some ten microseconds, a commit some milliseconds, a long list up to seconds.
  static let bounds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
  /// Methods of requests that no route has taken; any other counts as the last one.
  private static let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "other"]

  /// First each route, then HEAD on each route, then what no route has taken, then what was no request.
  let lines: [Line]
  private let routeCount: Int
  private let shards: [[Cell]]
  private let positions: [UInt8]
  private let nanosecondBounds: [UInt64]

  init(_ routes: [Line], loops: Int) {
    routeCount = routes.count
    var lines = routes
    lines += routes.map { Line(method: "HEAD", template: $0.template) }
    lines += Self.methods.map { Line(method: $0, template: "-") }
    lines.append(Line(method: "-", template: "-"))
    self.lines = lines
    let count = lines.count
    shards = (0..<max(1, loops)).map { _ in (0..<count).map { _ in Cell() } }
    positions = (0..<600).map { UInt8(Self.statuses.firstIndex(of: $0) ?? Self.statuses.count - 1) }
    nanosecondBounds = Self.bounds.map { UInt64($0 * 1_000_000_000) }
  }

  /// The line of a request that a route has taken.
  func line(ofRoute index: Int, _ method: HTTPRequest.Method) -> Int {
    method == .head ? routeCount + index : index
  }

  /// The line of a request that no route has taken.
  func line(without method: HTTPRequest.Method) -> Int {
    2 * routeCount + (Self.methods.firstIndex(of: method.rawValue) ?? Self.methods.count - 1)
  }

  /// Counts an answer.
  func count(_ line: Int, _ status: HTTPResponse.Status, _ nanoseconds: Int64, onLoop loop: Int) {
    let cell = shards[loop % shards.count][line]
    cell.statuses[position(of: status)].add(1, ordering: .relaxed)
    let nanoseconds = UInt64(max(0, nanoseconds))
    var bucket = 0
    while bucket < nanosecondBounds.count, nanoseconds > nanosecondBounds[bucket] { bucket += 1 }
    cell.buckets[bucket].add(1, ordering: .relaxed)
    cell.nanoseconds.add(nanoseconds, ordering: .relaxed)
  }

  /// Counts what the server has refused before it was a request: it has no route and took no time.
  func countRefusal(_ status: HTTPResponse.Status) {
    shards[0][lines.count - 1].statuses[position(of: status)].add(1, ordering: .relaxed)
  }

  private func position(of status: HTTPResponse.Status) -> Int {
    positions.indices.contains(status.code) ? Int(positions[status.code]) : Self.statuses.count - 1
  }

  /// The answers of a line by status, without those of which there were none.
  func answers(_ line: Int) -> [(status: Int, count: UInt64)] {
    Self.statuses.indices.map { position in
      (Self.statuses[position], shards.reduce(0) { $0 + $1[line].statuses[position].load(ordering: .relaxed) })
    }.filter { $0.1 > 0 }
  }

  /// How long the answers of a line took, in seconds.
  func durations(_ line: Int) -> Histogram {
    let counts = (0...Self.bounds.count).map { bucket in
      shards.reduce(0) { $0 + $1[line].buckets[bucket].load(ordering: .relaxed) }
    }
    let sum = shards.reduce(0) { $0 + $1[line].nanoseconds.load(ordering: .relaxed) }
    return Histogram(bounds: Self.bounds, counts: counts, sum: Double(sum) / 1_000_000_000)
  }
}
