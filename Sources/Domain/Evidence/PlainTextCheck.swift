/// Whether all of a file is plain text in UTF-8, piece by piece.
public struct PlainTextCheck: Sendable {
  /// False from the first byte on that is none.
  public private(set) var isText = true
  /// Continuation bytes that are still to come, and the range of the next one.
  private var awaited = 0
  private var next: ClosedRange<UInt8> = 0x80...0xBF

  public init() {}

  /// True when the end of the file is no part of a character.
  public var isWhole: Bool { isText && awaited == 0 }

  public mutating func take(_ bytes: some Sequence<UInt8>) {
    guard isText else { return }
    for byte in bytes where !take(byte) {
      isText = false
      return
    }
  }

  /// By the table of RFC 3629, section 4.
  private mutating func take(_ byte: UInt8) -> Bool {
    guard awaited == 0 else {
      guard next.contains(byte) else { return false }
      (awaited, next) = (awaited - 1, 0x80...0xBF)
      return true
    }
    switch byte {
    case 0x09, 0x0A, 0x0C, 0x0D, 0x20...0x7E: return true
    case 0xC2...0xDF: awaited = 1
    case 0xE0: (awaited, next) = (2, 0xA0...0xBF)
    case 0xED: (awaited, next) = (2, 0x80...0x9F)
    case 0xE1...0xEF: awaited = 2
    case 0xF0: (awaited, next) = (3, 0x90...0xBF)
    case 0xF1...0xF3: awaited = 3
    case 0xF4: (awaited, next) = (3, 0x80...0x8F)
    default: return false
    }
    return true
  }
}
