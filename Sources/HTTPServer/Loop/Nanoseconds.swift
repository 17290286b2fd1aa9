internal import Glibc

/// Nanoseconds of the monotonic clock, and a point in time that never comes.
typealias Nanoseconds = Int64

extension Nanoseconds {
  static var never: Nanoseconds { .max }

  /// Now, on the monotonic clock.
  static func monotonicNow() -> Nanoseconds {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}

extension Duration {
  /// The duration in nanoseconds; what does not fit is about a hundred years.
  var nanoseconds: Nanoseconds {
    let (seconds, attoseconds) = components
    guard seconds < 3_000_000_000 else { return .max / 4 }
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }
}

/// The time-outs of ``Limits`` as the event loop compares them.
struct Timeouts {
  let head: Nanoseconds
  let bodyGrace: Nanoseconds
  let idle: Nanoseconds
  let draining: Nanoseconds
  /// With the body of a new request, and with an answer that begins to wait.
  let bodyPatience: Patience
  let answerPatience: Patience
  /// With a client that has its last answer and does not close.
  let lingeringPatience: Patience
  /// How often the loop looks for what is overdue: four times within the shortest, 5 to 250 ms.
  let sweep: Nanoseconds

  init(_ limits: Limits) {
    head = limits.headTimeout.nanoseconds
    bodyGrace = limits.bodyGrace.nanoseconds
    let write = limits.writeTimeout.nanoseconds
    idle = limits.idleTimeout.nanoseconds
    draining = FixedLimit.draining.nanoseconds
    bodyPatience = Patience(most: bodyGrace, bytesPerSecondMin: limits.bodyBytesPerSecondMin)
    answerPatience = Patience(most: write, bytesPerSecondMin: limits.answerBytesPerSecondMin)
    lingeringPatience = Patience(
      most: FixedLimit.lingering.nanoseconds, bytesPerSecondMin: limits.bodyBytesPerSecondMin)
    sweep = max(5_000_000, min(250_000_000, min(head, bodyGrace, write, idle) / 4))
  }
}

/// The Date field line (RFC 9110 section 6.6.1), made once a second.
struct DateLine {
  private(set) var bytes: [UInt8] = []
  private var second: time_t = -1

  mutating func refresh() {
    let now = time(nil)
    guard now != second else { return }
    second = now
    bytes = Self.make(now)
  }

  /// Made by hand, since `strftime` obeys the locale of the process.
  private static func make(_ time: time_t) -> [UInt8] {
    var time = time
    var parts = tm()
    gmtime_r(&time, &parts)
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let date = "\(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) \(parts.tm_year + 1900)"
    let clock = "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
    return Array("Date: \(days[Int(parts.tm_wday)]), \(date) \(clock) GMT\r\n".utf8)
  }
}
