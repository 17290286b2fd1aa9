/// Counts of values by size, as Prometheus reads them.
public struct Histogram: Sendable, Equatable {
  /// The upper bounds, inclusive and ascending; what is larger than the last one is counted too.
  public let bounds: [Double]
  /// One count for each bound and one for what is larger; not cumulative.
  public private(set) var counts: [UInt64]
  /// The sum of all values.
  public private(set) var sum = 0.0

  public init(bounds: [Double]) {
    self.bounds = bounds
    counts = Array(repeating: 0, count: bounds.count + 1)
  }

  /// What was counted elsewhere: one count for each bound and one for what is larger.
  public init(bounds: [Double], counts: [UInt64], sum: Double) {
    precondition(counts.count == bounds.count + 1, "a histogram has one count more than it has bounds")
    self.bounds = bounds
    self.counts = counts
    self.sum = sum
  }

  /// How many values were counted.
  public var count: UInt64 { counts.reduce(0, +) }

  /// Counts a value.
  public mutating func add(_ value: Double) {
    counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
    sum += value
  }
}
