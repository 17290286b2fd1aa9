/// The letters of one kind of base64 (RFC 4648), and how bytes are spelled with them.
struct Base64Alphabet: Sendable {
  /// Two letters for every twelve bits, the first one in the lower byte.
  private let pairs: [UInt16]

  /// Section 4: for texts.
  static let plain = Base64Alphabet("+/")
  /// Section 5: for addresses.
  static let url = Base64Alphabet("-_")

  /// - Parameter last: the two letters in which alphabets differ.
  private init(_ last: String) {
    let letters = Array(("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + last).utf8)
    pairs = (0..<4_096).map { UInt16(letters[$0 >> 6]) | UInt16(letters[$0 & 63]) << 8 }
  }

  /// How many letters so many bytes have, without padding.
  static func count(of bytes: Int) -> Int { (bytes * 4 + 2) / 3 }

  /// Spells bytes, without padding.
  ///
  /// - Parameter text: room for so many letters.
  func write(_ bytes: UnsafeRawBufferPointer, to text: UnsafeMutableRawPointer) {
    pairs.withUnsafeBufferPointer { pairs in
      var (index, place) = (0, text)
      // Six bytes at a time, and never one beyond the last.
      while index + 8 <= bytes.count {
        let word = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)) >> 16
        let low = UInt32(pairs[Int(word >> 36)]) | UInt32(pairs[Int(word >> 24 & 4_095)]) << 16
        let high = UInt32(pairs[Int(word >> 12 & 4_095)]) | UInt32(pairs[Int(word & 4_095)]) << 16
        place.storeBytes(of: (UInt64(low) | UInt64(high) << 32).littleEndian, as: UInt64.self)
        (index, place) = (index + 6, place + 8)
      }
      while index + 3 <= bytes.count {
        let word = Int(bytes[index]) << 16 | Int(bytes[index + 1]) << 8 | Int(bytes[index + 2])
        place.storeBytes(of: pairs[word >> 12].littleEndian, as: UInt16.self)
        place.storeBytes(of: pairs[word & 4_095].littleEndian, toByteOffset: 2, as: UInt16.self)
        (index, place) = (index + 3, place + 4)
      }
      let rest = bytes.count - index
      guard rest > 0 else { return }
      let word = Int(bytes[index]) << 16 | (rest == 2 ? Int(bytes[index + 1]) << 8 : 0)
      place.storeBytes(of: pairs[word >> 12].littleEndian, as: UInt16.self)
      if rest == 2 {
        place.storeBytes(of: UInt8(truncatingIfNeeded: pairs[word & 4_095]), toByteOffset: 2, as: UInt8.self)
      }
    }
  }
}
