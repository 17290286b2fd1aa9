/// The bytes that JSON and CSV give a meaning.
enum Byte {
  static let tab: UInt8 = 0x09
  static let lineFeed: UInt8 = 0x0A
  static let carriageReturn: UInt8 = 0x0D
  static let space: UInt8 = 0x20
  static let quote = UInt8(ascii: "\"")
  static let backslash = UInt8(ascii: "\\")
  static let comma = UInt8(ascii: ",")
  static let colon = UInt8(ascii: ":")
  static let minus = UInt8(ascii: "-")
  static let zero = UInt8(ascii: "0")
  static let nine = UInt8(ascii: "9")
  static let u = UInt8(ascii: "u")
  static let openBrace = UInt8(ascii: "{")
  static let closeBrace = UInt8(ascii: "}")
  static let openBracket = UInt8(ascii: "[")
  static let closeBracket = UInt8(ascii: "]")
}

/// Searches over raw bytes.
enum Scan {
  /// The first byte from `start` that JSON strings cannot hold as it is (`"`, `\`, below 0x20), or the end.
  static func firstSpecial(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    let end = bytes.count
    var offset = start
    let raw = UnsafeRawBufferPointer(bytes)
    while offset &+ 8 <= end {
      let word = raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      if hasSpecial(word) { break }
      offset &+= 8
    }
    while offset < end {
      let byte = bytes[offset]
      if byte < Byte.space || byte == Byte.quote || byte == Byte.backslash { break }
      offset &+= 1
    }
    return offset
  }

  /// The first byte from `start` of what a JSON string that is written does not hold as it is, or the end: what
  /// ``firstSpecial(in:from:)`` finds, and the line ends of Unicode that JSON allows and readers of lines break at.
  static func firstToEscape(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    let special = firstSpecial(in: bytes, from: start)
    let raw = UnsafeRawBufferPointer(bytes)
    var offset = start
    while offset < special {
      if offset &+ 8 <= special, raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
      {
        offset &+= 8
      } else if lineEnd(in: bytes, at: offset) != nil {
        return offset
      } else {
        offset &+= 1
      }
    }
    return special
  }

  /// The code of U+0085, U+2028 or U+2029 and its length in bytes; nil where none of them begins.
  static func lineEnd(in bytes: UnsafeBufferPointer<UInt8>, at offset: Int) -> (code: StaticString, length: Int)? {
    switch bytes[offset] {
    case 0xC2 where offset + 1 < bytes.count && bytes[offset + 1] == 0x85: return ("u0085", 2)
    case 0xE2 where offset + 2 < bytes.count && bytes[offset + 1] == 0x80:
      return bytes[offset + 2] == 0xA8 ? ("u2028", 3) : bytes[offset + 2] == 0xA9 ? ("u2029", 3) : nil
    default: return nil
    }
  }

  /// Whether one of eight bytes is special. A byte borrows from the next only when it is itself a hit, so that
  /// the answer is exact for the word, though not for each byte.
  @inline(__always)
  private static func hasSpecial(_ word: UInt64) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quotes = word ^ (ones &* UInt64(Byte.quote))
    let backslashes = word ^ (ones &* UInt64(Byte.backslash))
    let controls = (word &- ones &* UInt64(Byte.space)) & ~word
    let hits = controls | ((quotes &- ones) & ~quotes) | ((backslashes &- ones) & ~backslashes)
    return hits & (ones &* 0x80) != 0
  }

  /// How many bytes at the start are whole, valid UTF-8 characters (the table of RFC 3629 section 4).
  static func validUTF8Count(of bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var offset = 0
    while offset < bytes.count {
      let second: ClosedRange<UInt8>
      let length: Int
      switch bytes[offset] {
      case 0x00...0x7F: (length, second) = (1, 0...0)
      case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
      case 0xE0: (length, second) = (3, 0xA0...0xBF)
      case 0xED: (length, second) = (3, 0x80...0x9F)
      case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
      case 0xF0: (length, second) = (4, 0x90...0xBF)
      case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
      case 0xF4: (length, second) = (4, 0x80...0x8F)
      default: return offset
      }
      guard offset + length <= bytes.count else { return offset }
      for index in 1..<length where !(index == 1 ? second : 0x80...0xBF).contains(bytes[offset + index]) {
        return offset
      }
      offset += length
    }
    return offset
  }
}
