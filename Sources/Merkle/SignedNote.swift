/// A text with the signatures of some keys (C2SP signed-note).
///
/// It is written as the text, which ends with a newline, a blank line, and a line for each signature. A text is to be
/// believed only after `isSigned(by:)` has said so for a key that is known.
public struct SignedNote: Sendable, Hashable {
  /// More bytes than a checkpoint with its signatures can need. The limit is this project's own.
  public static let bytesMax = 64 << 10
  /// The limit of Go's `golang.org/x/mod/sumdb/note`.
  public static let signaturesMax = 100

  /// What is signed, with its last newline.
  public let text: String
  /// All signatures in their order, those of unknown keys among them.
  public private(set) var signatures: [NoteSignature] = []

  /// A note that nobody has signed yet.
  ///
  /// - Throws: `NoteError.invalidText` unless the text ends with a newline and holds no other control character;
  ///   `NoteError.tooLarge`.
  public init(text: String) throws(NoteError) {
    guard text.utf8.last == UInt8(ascii: "\n"), Self.isText(text.utf8) else { throw .invalidText }
    guard text.utf8.count <= Self.bytesMax else { throw .tooLarge }
    self.text = text
  }

  /// Reads a note. Its signatures are not verified yet.
  ///
  /// - Throws: `NoteError.tooLarge`, `NoteError.invalidText`, `NoteError.noSignatures`, `NoteError.tooManySignatures`,
  ///   `NoteError.invalidSignatureLine` with the number of the line after the blank one.
  public init(_ bytes: some Collection<UInt8>) throws(NoteError) {
    guard bytes.count <= Self.bytesMax else { throw .tooLarge }
    let bytes = Array(bytes)
    guard Self.isText(bytes) else { throw .invalidText }
    guard bytes.last == UInt8(ascii: "\n"), let split = Self.lastBlankLine(bytes), split + 1 < bytes.count else {
      throw .noSignatures
    }
    guard let text = String(validating: bytes[..<split], as: UTF8.self) else { throw .invalidText }
    try self.init(text: text)
    let lines = bytes[(split + 1)...].dropLast().split(
      separator: UInt8(ascii: "\n"), maxSplits: Self.signaturesMax, omittingEmptySubsequences: false)
    guard lines.count <= Self.signaturesMax else { throw .tooManySignatures }
    for (number, line) in lines.enumerated() {
      guard let line = String(validating: line, as: UTF8.self) else { throw .invalidText }
      guard let signature = NoteSignature(line: line) else { throw .invalidSignatureLine(number + 1) }
      signatures.append(signature)
    }
  }

  /// The note as it is sent and stored.
  public var bytes: [UInt8] {
    Array(text.utf8) + [UInt8(ascii: "\n")] + signatures.flatMap { Array($0.line.utf8) + [UInt8(ascii: "\n")] }
  }

  /// Adds a signature. One by the same key is taken out, as a newer one takes its place.
  ///
  /// - Throws: `NoteError.tooManySignatures`; `NoteError.tooLarge`.
  public mutating func add(_ signature: NoteSignature) throws(NoteError) {
    var signed = self
    signed.signatures.removeAll { $0.keyID == signature.keyID && $0.name.utf8.elementsEqual(signature.name.utf8) }
    signed.signatures.append(signature)
    guard signed.signatures.count <= Self.signaturesMax else { throw .tooManySignatures }
    guard signed.bytes.count <= Self.bytesMax else { throw .tooLarge }
    self = signed
  }

  /// Adds the signature of a key of type `ed25519`.
  ///
  /// - Throws: `NoteError.wrongKeyType` for a key of a witness; what `add` throws.
  public mutating func sign(with signer: NoteSigner) throws(NoteError) {
    guard signer.type == .ed25519 else { throw .wrongKeyType }
    try add(NoteSignature(by: signer.verifier, bytes: signer.sign(Array(text.utf8))))
  }

  /// Whether a key of type `ed25519` has signed the text. Signatures of other keys do not matter.
  ///
  /// - Throws: `NoteError.wrongKeyType` for a key of a witness; `NoteError.invalidSignature` when a signature says that
  ///   it is by this key and is not: then nothing of the note is to be believed.
  public func isSigned(by verifier: NoteVerifier) throws(NoteError) -> Bool {
    guard verifier.type == .ed25519 else { throw .wrongKeyType }
    let claims = signatures.filter(verifier.isNamed)
    for claim in claims where !verifier.hasSigned(Array(text.utf8), with: claim.bytes) {
      throw .invalidSignature(name: verifier.name)
    }
    return !claims.isEmpty
  }

  /// Notes are the same when their bytes are. Swift's strings are the same in either spelling of an accent.
  public static func == (one: SignedNote, other: SignedNote) -> Bool { one.bytes == other.bytes }
  public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }

  private static func isText(_ bytes: some Sequence<UInt8>) -> Bool {
    bytes.allSatisfy { $0 >= 0x20 || $0 == UInt8(ascii: "\n") }
  }

  /// Where the newline stands that is the last blank line: the text may have blank lines, too.
  private static func lastBlankLine(_ bytes: [UInt8]) -> Int? {
    bytes.indices.dropFirst().last { bytes[$0] == UInt8(ascii: "\n") && bytes[$0 - 1] == UInt8(ascii: "\n") }
  }
}
