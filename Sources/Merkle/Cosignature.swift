/// What a witness says of a checkpoint (C2SP tlog-cosignature, Ed25519): at this time it was the largest tree of this log
/// that the witness had seen, and it extended all earlier ones.
public struct Cosignature: Sendable, Hashable {
  /// When the witness signed, in seconds since 1970.
  public let time: Int64
  /// The Ed25519 signature, 64 bytes.
  let signature: [UInt8]

  /// Signs a checkpoint.
  ///
  /// - Parameters:
  ///   - text: of the checkpoint.
  ///   - signer: a key of type `cosignature`.
  ///   - time: in seconds since 1970.
  /// - Throws: `NoteError.wrongKeyType`, `NoteError.invalidTime`; `NoteError.invalidCheckpoint` for another text, which
  ///   a witness has nothing to say about.
  public init(of text: String, by signer: NoteSigner, at time: Int64) throws(NoteError) {
    guard signer.type == .cosignature else { throw .wrongKeyType }
    guard time >= 0 else { throw .invalidTime }
    _ = try Checkpoint(text: text)
    self.time = time
    signature = try signer.sign(Self.message(text, time))
  }

  /// Reads the bytes of a signature.
  ///
  /// - Returns: nil unless there are 72 bytes with a time that is less than 2^63.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == 72, bytes[0] < 0x80 else { return nil }
    time = bytes.prefix(8).reduce(0) { $0 << 8 | Int64($1) }
    signature = Array(bytes.dropFirst(8))
  }

  /// The bytes of the signature in a note: the time, highest byte first, and the Ed25519 signature.
  public var bytes: [UInt8] { withUnsafeBytes(of: time.bigEndian) { Array($0) } + signature }

  /// Whether a key has signed a checkpoint at this time.
  ///
  /// - Throws: `NoteError.wrongKeyType` for a key of another type than `cosignature`.
  public func isValid(of text: String, by verifier: NoteVerifier) throws(NoteError) -> Bool {
    guard verifier.type == .cosignature else { throw .wrongKeyType }
    return verifier.hasSigned(Self.message(text, time), with: signature)
  }

  private static func message(_ text: String, _ time: Int64) -> [UInt8] {
    Array("cosignature/v1\ntime \(time)\n\(text)".utf8)
  }
}

extension SignedNote {
  /// Adds the cosignature of a witness; an earlier one of the same key is taken out.
  ///
  /// - Parameters:
  ///   - signer: a key of type `cosignature`.
  ///   - time: in seconds since 1970.
  /// - Throws: what `Cosignature(of:by:at:)` and `add` throw.
  public mutating func cosign(with signer: NoteSigner, at time: Int64) throws(NoteError) {
    try add(NoteSignature(by: signer.verifier, bytes: Cosignature(of: text, by: signer, at: time).bytes))
  }

  /// When a witness cosigned, in seconds since 1970; the latest time where it did so more than once.
  ///
  /// - Returns: nil when it has not.
  /// - Throws: `NoteError.wrongKeyType` for a key of another type than `cosignature`; `NoteError.invalidSignature` when a
  ///   signature says that it is by this key and is not: then nothing of the note is to be believed.
  public func cosigningTime(of verifier: NoteVerifier) throws(NoteError) -> Int64? {
    guard verifier.type == .cosignature else { throw .wrongKeyType }
    var latest: Int64?
    for claim in signatures where verifier.isNamed(by: claim) {
      guard let cosignature = Cosignature(claim.bytes), try cosignature.isValid(of: text, by: verifier) else {
        throw .invalidSignature(name: verifier.name)
      }
      latest = max(latest ?? 0, cosignature.time)
    }
    return latest
  }
}
