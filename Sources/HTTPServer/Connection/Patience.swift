/// How long a client may still make the server wait.
///
/// Time waited for takes from it, and every byte that moves gives back what it may take at the slowest pace, up to what it
/// was at first: a client that was quick before has earned no right to be slow for long. A pure value.
struct Patience {
  private let most: Nanoseconds
  private let nanosecondsPerByte: Double
  private var left: Nanoseconds

  /// - Parameters:
  ///   - most: how long it lasts while nothing moves.
  ///   - bytesPerSecondMin: the pace at which it stays as it is.
  init(most: Nanoseconds, bytesPerSecondMin: Int) {
    self.most = most
    nanosecondsPerByte = 1e9 / Double(max(1, bytesPerSecondMin))
    left = most
  }

  /// Counts a time waited in which so many bytes moved.
  mutating func count(waited: Nanoseconds, bytes: Int) {
    let gain = Nanoseconds(min(Double(most), Double(bytes) * nanosecondsPerByte))
    left = min(most, left + gain - waited)
  }

  /// Whether it would be over after so much more waiting.
  func isOver(after waited: Nanoseconds = 0) -> Bool { left < waited }
}
