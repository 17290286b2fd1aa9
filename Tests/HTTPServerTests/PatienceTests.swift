import Testing

@testable import HTTPServer

@Suite("Patience with a client")
struct PatienceTests {
  private static let second: Nanoseconds = 1_000_000_000

  /// Whether a client that moves so many bytes in each second is still borne after so many seconds.
  private func bears(_ bytesPerSecond: Int, for seconds: Int, after first: Int = 0) -> Bool {
    var patience = Patience(most: 30 * Self.second, bytesPerSecondMin: 1_024)
    patience.count(waited: 0, bytes: first)
    for _ in 0..<seconds {
      patience.count(waited: Self.second, bytes: bytesPerSecond)
      if patience.isOver() { return false }
    }
    return true
  }

  @Test("lasts as long as is set while nothing moves, whatever moved before", arguments: [0, 1 << 40])
  func still(_ first: Int) {
    #expect(bears(0, for: 30, after: first))
    #expect(!bears(0, for: 31, after: first))
  }

  @Test("never ends with a client that keeps the pace, and ends with one that is slower")
  func pace() {
    #expect(bears(1_024, for: 100_000))
    #expect(bears(512, for: 60))
    #expect(!bears(512, for: 61))
    #expect(!bears(1_000, for: 1_300, after: 1 << 40))
    #expect(!bears(1, for: 31))
  }

  @Test("counts a wait that is not over yet")
  func unfinished() {
    var patience = Patience(most: 10 * Self.second, bytesPerSecondMin: 1_024)
    #expect(!patience.isOver(after: 10 * Self.second))
    #expect(patience.isOver(after: 10 * Self.second + 1))
    patience.count(waited: 10 * Self.second, bytes: 0)
    patience.count(waited: 0, bytes: 1_024)
    #expect(!patience.isOver(after: Self.second) && patience.isOver(after: Self.second + 1))
  }

  @Test("takes any pace and any count of bytes", arguments: [0, 1, 999, 1_000_000_001, .max])
  func extremes(_ rate: Int) {
    var patience = Patience(most: .max / 4, bytesPerSecondMin: rate)
    patience.count(waited: 0, bytes: .max)
    patience.count(waited: 1, bytes: 0)
    #expect(!patience.isOver())
  }
}
