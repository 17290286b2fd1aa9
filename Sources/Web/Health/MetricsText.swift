internal import Domain

/// Writes metrics in the text format of Prometheus, version 0.0.4.
struct MetricsText {
  /// What kind of numbers a metric has.
  enum Kind: String { case counter, gauge, histogram }

  static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  private(set) var text = ""

  /// Begins a metric; its samples follow. The name has its unit at the end, and a counter `_total` after that.
  mutating func begin(_ name: StaticString, _ kind: Kind, _ help: StaticString) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
  }

  /// A metric with one sample.
  mutating func add(_ name: StaticString, _ kind: Kind, _ help: StaticString, _ value: some MetricNumber) {
    begin(name, kind, help)
    sample("\(name)", value: value)
  }

  /// One sample.
  mutating func sample(_ name: String, _ labels: [(name: StaticString, value: String)] = [], value: some MetricNumber) {
    text += name
    if !labels.isEmpty {
      text += "{" + labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",") + "}"
    }
    text += " \(value)\n"
  }

  /// The samples of a histogram: cumulative counts, the sum, and the number of all.
  mutating func histogram(
    _ name: StaticString, _ histogram: Histogram, _ labels: [(name: StaticString, value: String)] = []
  ) {
    var count: UInt64 = 0
    for (bound, own) in zip(histogram.bounds, histogram.counts) {
      count += own
      sample("\(name)_bucket", labels + [("le", "\(bound)")], value: count)
    }
    sample("\(name)_bucket", labels + [("le", "+Inf")], value: histogram.count)
    sample("\(name)_sum", labels, value: histogram.sum)
    sample("\(name)_count", labels, value: histogram.count)
  }

  /// Back slash, quote and line feed are what the format escapes.
  private static func escaped(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 == 92 || $0 == 34 || $0 == 10 }) else { return text }
    var escaped = ""
    for character in text.unicodeScalars {
      switch character {
      case "\\": escaped += "\\\\"
      case "\"": escaped += "\\\""
      case "\n": escaped += "\\n"
      default: escaped.unicodeScalars.append(character)
      }
    }
    return escaped
  }
}

/// A number whose description the format takes.
protocol MetricNumber: CustomStringConvertible {}
extension Int: MetricNumber {}
extension Int64: MetricNumber {}
extension UInt64: MetricNumber {}
extension Double: MetricNumber {}
