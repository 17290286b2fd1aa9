internal import Crypto
internal import Foundation

/// The public key of a log or of a witness, with its name: what C2SP signed-note calls a vkey.
///
/// Its text is `NAME+ID+KEY`: the ID as eight hexadecimal digits, the key as base64 of its type and its 32 bytes.
public struct NoteVerifier: Sendable, Hashable {
  /// The name in the lines of signatures. For a log it is the origin of its checkpoints.
  public let name: String
  /// What the key signs.
  public let type: NoteKeyType
  /// The 32 bytes of the Ed25519 key (RFC 8032, 5.1.5).
  public let publicKey: [UInt8]
  /// The number that names the key beside its name. It is no proof: others can make a key with the same ID.
  public let keyID: UInt32

  /// - Parameters:
  ///   - name: without blanks and plus.
  ///   - type: what the key signs.
  ///   - publicKey: 32 bytes.
  /// - Throws: `NoteError.invalidName`; `NoteError.invalidKey` unless there are 32 bytes.
  public init(name: String, type: NoteKeyType, publicKey: some Collection<UInt8>) throws(NoteError) {
    guard NoteKeyType.isName(name) else { throw .invalidName }
    guard publicKey.count == 32 else { throw .invalidKey }
    self.name = name
    self.type = type
    self.publicKey = Array(publicKey)
    keyID = type.keyID(name: name, publicKey: self.publicKey)
  }

  /// Reads the text of a key.
  ///
  /// - Throws: `NoteError.invalidKey` for another form, `NoteError.invalidName`, `NoteError.unknownKeyType`,
  ///   `NoteError.wrongKeyID` when the ID is not that of the name and the key.
  public init(_ text: String) throws(NoteError) {
    // A name holds no plus; base64 may hold some.
    let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3 else { throw .invalidKey }
    let (type, key) = try NoteKeyType.parse(parts[2])
    try self.init(name: String(parts[0]), type: type, publicKey: key)
    guard parts[1].utf8.elementsEqual(NoteKeyType.written(id: keyID).utf8) else { throw .wrongKeyID }
  }

  /// The text of the key.
  public var text: String { "\(name)+\(NoteKeyType.written(id: keyID))+\(type.written(publicKey))" }

  /// The same key under another name, and so with another ID. A new epoch of a log has a new origin.
  ///
  /// - Throws: `NoteError.invalidName`.
  public func renamed(_ name: String) throws(NoteError) -> NoteVerifier {
    try NoteVerifier(name: name, type: type, publicKey: publicKey)
  }

  /// Whether a signature says that it is by this key.
  public func isNamed(by signature: NoteSignature) -> Bool {
    signature.keyID == keyID && signature.name.utf8.elementsEqual(name.utf8)
  }

  /// Whether 64 bytes are this key's Ed25519 signature of a message.
  func hasSigned(_ message: [UInt8], with signature: some Collection<UInt8>) -> Bool {
    guard signature.count == 64, let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else {
      return false
    }
    return key.isValidSignature(Data(signature), for: message)
  }
}
