public import Domain
internal import Synchronization

/// A clock that stands until it is moved.
public final class TestClock: Sendable {
  private let time: Mutex<Timestamp>

  /// A clock that shows 20 October 2024, 10:00 in Jakarta, or another time.
  public init(_ text: String = "2024-10-20T03:00:00Z") {
    guard let start = Timestamp(text) else { preconditionFailure("the time of a test is RFC 3339") }
    time = Mutex(start)
  }

  public var now: Timestamp { time.withLock { $0 } }

  public func advance(seconds: Int64) { time.withLock { $0 = $0.adding(seconds: seconds) } }

  public func set(_ text: String) {
    guard let instant = Timestamp(text) else { preconditionFailure("the time of a test is RFC 3339") }
    time.withLock { $0 = instant }
  }
}

/// Numbers that look random and are the same in every run with one seed: SplitMix64, of Steele, Lea and Flood, "Fast
/// Splittable Pseudorandom Number Generators".
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// The same numbers for several threads.
public final class TestRandom: Sendable {
  private let generator: Mutex<SeededGenerator>

  public init(seed: UInt64 = 1) { generator = Mutex(SeededGenerator(seed: seed)) }

  public func next() -> UInt64 { generator.withLock { $0.next() } }
}
