/// Digits and lower-case letters, as in keys: 26 characters for sixteen bytes.
public enum Base32 {
  /// In the order of their values.
  public static let alphabet = Array("0123456789abcdefghijklmnopqrstuv".utf8)

  /// True for what is one of them; every key of every request is looked at.
  @inlinable public static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "v")).contains(byte)
  }

  /// Five bits a character, the last one filled up with zeros.
  @inlinable public static func encode(_ bytes: some Sequence<UInt8>) -> String {
    var text: [UInt8] = []
    var (buffer, bits) = (0, 0)
    for byte in bytes {
      buffer = buffer << 8 | Int(byte)
      bits += 8
      while bits >= 5 {
        bits -= 5
        text.append(alphabet[buffer >> bits & 31])
      }
      buffer &= 1 << bits - 1
    }
    if bits > 0 { text.append(alphabet[buffer << (5 - bits) & 31]) }
    return String(decoding: text, as: UTF8.self)
  }
}
