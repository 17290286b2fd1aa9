/// A set of ASCII bytes, as two words, so that a test is a shift and a mask.
struct ByteSet: Sendable {
  private let low: UInt64
  private let high: UInt64

  private init(_ low: UInt64, _ high: UInt64) {
    self.low = low
    self.high = high
  }

  @inline(__always)
  func contains(_ byte: UInt8) -> Bool {
    let word = byte < 64 ? low : high
    return byte < 128 && (word >> UInt64(byte & 63)) & 1 == 1
  }

  /// `tchar` of RFC 9110 section 5.6.2.
  static var token: ByteSet { ByteSet(0x03FF_6CFA_0000_0000, 0x57FF_FFFF_C7FF_FFFE) }

  /// Bytes of a `reg-name` (RFC 3986 section 3.2.2), `%` included.
  static var registeredName: ByteSet { ByteSet(0x2BFF_7FF2_0000_0000, 0x47FF_FFFE_87FF_FFFE) }

  /// Hexadecimal digits, `:` and `.`: what an IPv6 literal may hold.
  static var addressLiteral: ByteSet { ByteSet(0x07FF_4000_0000_0000, 0x0000_007E_0000_007E) }

  /// Bytes of a path (RFC 3986 section 3.3, `%` and `/` included), and `[`, `]`, `|`, which browsers send bare.
  static var path: ByteSet { ByteSet(0x2FFF_FFF2_0000_0000, 0x57FF_FFFE_AFFF_FFFF) }

  /// Bytes of a query: all visible ASCII except `"`, `#`, `<` and `>`, since browsers send the others bare.
  static var query: ByteSet { ByteSet(0xAFFF_FFF2_0000_0000, 0x7FFF_FFFF_FFFF_FFFF) }
}

extension UInt8 {
  static var tab: UInt8 { 0x09 }
  static var lineFeed: UInt8 { 0x0A }
  static var carriageReturn: UInt8 { 0x0D }
  static var space: UInt8 { 0x20 }

  /// The value of an ASCII digit, or nil; there is no sign, no space and no other script here.
  @inline(__always)
  var digitValue: Int? {
    let value = self &- UInt8(ascii: "0")
    return value < 10 ? Int(value) : nil
  }

  /// The value of an ASCII hexadecimal digit, or nil.
  @inline(__always)
  var hexDigitValue: Int? {
    if let digitValue { return digitValue }
    let value = (self | 0x20) &- UInt8(ascii: "a")
    return value < 6 ? Int(value) + 10 : nil
  }

  /// The byte with ASCII capitals made small.
  @inline(__always)
  var lowercased: UInt8 {
    self &- UInt8(ascii: "A") < 26 ? self | 0x20 : self
  }

  /// Whether a field value may hold this byte: visible, space, tab or obs-text (RFC 9110 section 5.5).
  @inline(__always)
  var isFieldContent: Bool {
    (self >= 0x20 && self != 0x7F) || self == .tab
  }
}
