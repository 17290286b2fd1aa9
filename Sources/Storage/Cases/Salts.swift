internal import CSQLite

/// Salts of 128 bits, drawn from the kernel many at a time.
struct Salts {
  private static let bytes = 16
  private let drawnBytes: Int
  private var drawn: [UInt8] = []
  private var used = 0

  /// - Parameter count: how many are drawn at once: 2 to 16.
  init(drawing count: Int = 16) { drawnBytes = count * Self.bytes }

  /// So many salts, one after the other, few enough for one draw.
  mutating func next(_ count: Int = 1) -> [UInt8] {
    if used + count * Self.bytes > drawn.count {
      drawn =
        [UInt8](unsafeUninitializedCapacity: drawnBytes) { buffer, count in
          // It gives so many or none, and none only where the kernel has no such call.
          precondition(
            csqlite_draw_entropy(buffer.baseAddress, drawnBytes) == 0, "the kernel gives no random bytes")
          count = drawnBytes
        }
      used = 0
    }
    defer { used += count * Self.bytes }
    return Array(drawn[used..<used + count * Self.bytes])
  }
}
