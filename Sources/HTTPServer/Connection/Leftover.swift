/// What a client sends after its last answer, which is read and dropped.
struct Leftover {
  var byteCount = 0
  var bytesMax = FixedLimit.lingeringBytesMax
  /// Whether the connection has one of the loop's places for those that send much.
  var isDrained = false
  private var patience: Patience
  private var lookedAt = Nanoseconds.never

  init(patience: Patience) {
    self.patience = patience
  }

  mutating func begin(_ now: Nanoseconds) {
    lookedAt = now
  }

  mutating func count(_ bytes: Int, _ now: Nanoseconds) {
    byteCount += bytes
    patience.count(waited: now - lookedAt, bytes: bytes)
    lookedAt = now
  }

  /// Whether nothing has come for too long.
  func isOverdue(_ now: Nanoseconds) -> Bool { patience.isOver(after: now - lookedAt) }
}
