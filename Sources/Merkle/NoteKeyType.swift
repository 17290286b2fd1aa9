/// What a key signs: the byte before its 32 bytes (C2SP signed-note, "Signature types").
public enum NoteKeyType: UInt8, Sendable {
  /// Ed25519 over the text of a note: the key of a log.
  case ed25519 = 0x01
  /// Ed25519 over a time and the text of a checkpoint: the key of a witness (C2SP tlog-cosignature).
  case cosignature = 0x04

  /// The first four bytes of SHA-256 over the name, a newline, the type and the public key.
  func keyID(name: String, publicKey: [UInt8]) -> UInt32 {
    let hash = Hash(of: Array(name.utf8) + [0x0A, rawValue] + publicKey)
    return hash.bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// Whether a name can stand in a key and in the line of a signature.
  static func isName(_ name: some StringProtocol) -> Bool {
    !name.isEmpty && name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0 != "+" && !$0.properties.isWhitespace }
  }

  /// A type and the 32 bytes of a key in their spelling within a key's text.
  func written(_ key: [UInt8]) -> String { Base64.encode([rawValue] + key) }

  /// - Throws: `NoteError.invalidKey` for what is not the one spelling of a type and 32 bytes,
  ///   `NoteError.unknownKeyType` for another type.
  static func parse(_ text: some StringProtocol) throws(NoteError) -> (type: NoteKeyType, key: [UInt8]) {
    guard let bytes = Base64.decode(text), let first = bytes.first else { throw .invalidKey }
    guard let type = NoteKeyType(rawValue: first) else { throw .unknownKeyType(first) }
    guard bytes.count == 33 else { throw .invalidKey }
    return (type, Array(bytes.dropFirst()))
  }

  /// An ID as eight hexadecimal digits.
  static func written(id: UInt32) -> String {
    let digits = String(id, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}
