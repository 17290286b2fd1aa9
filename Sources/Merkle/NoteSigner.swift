internal import Crypto
internal import Foundation

/// The private key of a log or of a witness, with its name.
///
/// Its text is `PRIVATE+KEY+NAME+ID+KEY`, as Go's `golang.org/x/mod/sumdb/note` writes it: the ID of the public key, and
/// base64 of the type and the 32 bytes of the seed. A description of it shows the public key alone.
public struct NoteSigner: Sendable, CustomStringConvertible, CustomReflectable {
  /// The public key.
  public let verifier: NoteVerifier
  /// The 32 bytes of the private key (RFC 8032, 5.1.5).
  private let seed: [UInt8]

  /// - Parameters:
  ///   - name: without blanks and plus.
  ///   - type: what the key signs.
  ///   - seed: 32 bytes that nobody can guess.
  /// - Throws: `NoteError.invalidName`; `NoteError.invalidKey` unless there are 32 bytes.
  public init(name: String, type: NoteKeyType, seed: some Collection<UInt8>) throws(NoteError) {
    self.seed = Array(seed)
    let publicKey = try Self.key(self.seed).publicKey.rawRepresentation
    verifier = try NoteVerifier(name: name, type: type, publicKey: publicKey)
  }

  /// A new key.
  ///
  /// - Throws: `NoteError.invalidName`.
  public static func generate(name: String, type: NoteKeyType) throws(NoteError) -> NoteSigner {
    try NoteSigner(name: name, type: type, seed: Curve25519.Signing.PrivateKey().rawRepresentation)
  }

  /// Reads the text of a private key.
  ///
  /// - Throws: `NoteError.invalidKey` for another form, `NoteError.invalidName`, `NoteError.unknownKeyType`,
  ///   `NoteError.wrongKeyID` when the ID is not that of the name and the public key.
  public init(_ text: String) throws(NoteError) {
    let parts = text.split(separator: "+", maxSplits: 4, omittingEmptySubsequences: false)
    guard parts.count == 5, parts[0] == "PRIVATE", parts[1] == "KEY" else { throw .invalidKey }
    let (type, seed) = try NoteKeyType.parse(parts[4])
    try self.init(name: String(parts[2]), type: type, seed: seed)
    guard parts[3].utf8.elementsEqual(NoteKeyType.written(id: verifier.keyID).utf8) else { throw .wrongKeyID }
    guard self.text.utf8.elementsEqual(text.utf8) else { throw .invalidKey }
  }

  /// The name in the lines of signatures.
  public var name: String { verifier.name }
  /// What the key signs.
  public var type: NoteKeyType { verifier.type }

  /// The text of the private key. Who has it can sign in the name of the log or the witness.
  public var text: String {
    "PRIVATE+KEY+\(name)+\(NoteKeyType.written(id: verifier.keyID))+\(type.written(seed))"
  }

  public var description: String { "private key of \(verifier.text)" }
  public var customMirror: Mirror { Mirror(self, children: ["verifier": verifier]) }

  /// The same key under another name, and so with another ID. A new epoch of a log has a new origin.
  ///
  /// - Throws: `NoteError.invalidName`.
  public func renamed(_ name: String) throws(NoteError) -> NoteSigner {
    try NoteSigner(name: name, type: type, seed: seed)
  }

  /// The 64 bytes of the Ed25519 signature of a message.
  ///
  /// - Throws: `NoteError.invalidKey` when the library of ciphers refuses.
  func sign(_ message: [UInt8]) throws(NoteError) -> [UInt8] {
    do { return [UInt8](try Self.key(seed).signature(for: message)) } catch { throw .invalidKey }
  }

  private static func key(_ seed: [UInt8]) throws(NoteError) -> Curve25519.Signing.PrivateKey {
    do { return try Curve25519.Signing.PrivateKey(rawRepresentation: seed) } catch { throw .invalidKey }
  }
}
