internal import Synchronization

/// Names requests: sixteen hexadecimal digits, no two alike while the program runs.
///
/// A counter is scrambled by a bijection (the finaliser of SplitMix64), so that names do not tell how many requests there
/// were; asking the kernel for randomness would cost a system call per request.
final class RequestIDs: Sendable {
  private let counter: Atomic<UInt64>

  init(seed: UInt64) { counter = Atomic(seed) }

  func next() -> String {
    var bits = counter.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue
    bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
    bits ^= bits >> 31
    return String(unsafeUninitializedCapacity: 16) { buffer in
      for index in 0..<16 {
        let nibble = UInt8(bits >> UInt64((15 - index) * 4) & 0xF)
        buffer[index] = nibble < 10 ? nibble + 48 : nibble + 87
      }
      return 16
    }
  }
}
