/// The identity of a case: a UUID of version 7 (RFC 9562), so that identities sort by the time of their making.
public struct CaseID: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The sixteen bytes as two big-endian words.
  public let high: UInt64
  /// The lower eight bytes.
  public let low: UInt64

  /// Below every identity of a case: where lists in order of identity begin.
  public static let lowest = CaseID(high: 0, low: 0)

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  public init(at instant: Timestamp, random: (UInt64, UInt64)) {
    high = UInt64(bitPattern: instant.milliseconds) << 16 | 0x7000 | random.0 & 0x0FFF
    low = random.1 & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
  }

  /// Parses the text of 36 characters in letters of either case (RFC 9562, section 4); nil for anything else.
  public init?(_ text: String) { self.init(text[...]) }

  /// Parses a part of a text in the same way.
  public init?(_ text: Substring) {
    guard text.utf8.count == 36 else { return nil }
    var words: (UInt64, UInt64) = (0, 0)
    var index = 0
    var nibbles = 0
    for byte in text.utf8 {
      defer { index += 1 }
      if index == 8 || index == 13 || index == 18 || index == 23 {
        guard byte == UInt8(ascii: "-") else { return nil }
        continue
      }
      let nibble: UInt8
      switch byte {
      case 48...57: nibble = byte - 48
      case 97...102: nibble = byte - 87
      case 65...70: nibble = byte - 55
      default: return nil
      }
      if nibbles < 16 { words.0 = words.0 << 4 | UInt64(nibble) } else { words.1 = words.1 << 4 | UInt64(nibble) }
      nibbles += 1
    }
    self.init(high: words.0, low: words.1)
  }

  public static func < (left: CaseID, right: CaseID) -> Bool { (left.high, left.low) < (right.high, right.low) }

  /// The canonical text of 36 characters.
  public var description: String {
    String(unsafeUninitializedCapacity: 36) { buffer in
      var position = 0
      for nibble in 0..<32 {
        if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 {
          buffer[position] = UInt8(ascii: "-")
          position += 1
        }
        let word = nibble < 16 ? high : low
        let value = UInt8(word >> UInt64((15 - nibble % 16) * 4) & 0xF)
        buffer[position] = value < 10 ? value + 48 : value + 87
        position += 1
      }
      return 36
    }
  }
}

/// Makes identities each of which is greater than the one before, so that new ones meet in the same page of an index
/// (RFC 9562 section 6.2, method 2).
public struct CaseIDSequence: Sendable {
  private var last: CaseID?

  /// A sequence that nothing was taken from.
  public init() {}

  /// The next identity. Within a millisecond, or when the clock was set back, it is a random step above the last one, too
  /// long to be guessed.
  public mutating func next(at instant: Timestamp, random: () -> UInt64) -> CaseID {
    let fresh = CaseID(at: instant, random: (random(), random()))
    var next = fresh
    if let last, fresh.high >> 16 <= last.high >> 16 { next = last.advanced(by: fresh.low & 0xFFFF_FFFF + 1) }
    last = next
    return next
  }
}

extension CaseID {
  /// The identity `step` above this one; where the random bits end, the milliseconds go on.
  fileprivate func advanced(by step: UInt64) -> CaseID {
    let random = low & 0x3FFF_FFFF_FFFF_FFFF + step
    // Milliseconds and the upper random bits as one number, without the version between them.
    let upper = (high >> 16) << 12 | high & 0x0FFF
    let next = upper + random >> 62
    return CaseID(
      high: (next >> 12) << 16 | 0x7000 | next & 0x0FFF, low: random & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
  }
}
