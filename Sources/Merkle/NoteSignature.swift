/// A signature of a note as it stands in its line.
public struct NoteSignature: Sendable, Hashable {
  /// The name of the key that it says it is by.
  public let name: String
  /// The ID of that key.
  public let keyID: UInt32
  /// The signature itself, at least one byte. Its form is that of the key's type.
  public let bytes: [UInt8]

  /// A signature by a key.
  init(by verifier: NoteVerifier, bytes: [UInt8]) {
    name = verifier.name
    keyID = verifier.keyID
    self.bytes = bytes
  }

  /// An em dash and a blank.
  private static let start = "\u{2014} "

  /// Reads a line without its newline: an em dash, the name, and base64 of the ID and the bytes.
  ///
  /// - Returns: nil for what is not the one spelling of a signature.
  public init?(line: some StringProtocol) {
    guard line.utf8.starts(with: Self.start.utf8) else { return nil }
    let parts = line.utf8.dropFirst(Self.start.utf8.count)
      .split(separator: UInt8(ascii: " "), maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let name = String(validating: parts[0], as: UTF8.self),
      let spelled = String(validating: parts[1], as: UTF8.self), NoteKeyType.isName(name),
      let bytes = Base64.decode(spelled), bytes.count > 4
    else { return nil }
    self.name = name
    keyID = bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    self.bytes = Array(bytes.dropFirst(4))
  }

  /// The line without its newline.
  public var line: String {
    let id = withUnsafeBytes(of: keyID.bigEndian) { Array($0) }
    return "\(Self.start)\(name) \(Base64.encode(id + bytes))"
  }
}
