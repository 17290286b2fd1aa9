/// What the key of a log says when another one takes its place: the text of a note that the old key signs.
///
/// It has five lines: what it is, the origin, the size and the root of the tree at that time, and the text of the new key.
/// No checkpoint has an origin in its second line, so that none can be taken for the other.
public struct KeyHandover: Sendable, Hashable {
  /// The first line.
  static let title = "netral key handover v1"

  /// The origin of the checkpoints of that time: the name of the log with its epoch.
  public let origin: String
  /// How many leaves the log had.
  public let size: Int64
  /// The root over these leaves.
  public let root: Hash
  /// The new key, under the name of the log alone.
  public let successor: NoteVerifier

  /// - Throws: `NoteError.invalidHandover` for what cannot be spelled, and for a new key that signs no checkpoints.
  public init(origin: String, size: Int64, root: Hash, successor: NoteVerifier) throws(NoteError) {
    guard size >= 0, NoteKeyType.isName(origin), successor.type == .ed25519 else { throw .invalidHandover }
    (self.origin, self.size, self.root, self.successor) = (origin, size, root, successor)
  }

  /// Reads the text of a note.
  ///
  /// - Throws: `NoteError.invalidHandover` for what is not the one spelling of a handover; what the text of a key throws.
  public init(text: String) throws(NoteError) {
    let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { String($0) ?? "" }
    guard lines.count == 6, lines[0] == Self.title, let size = Int64(lines[2]), let root = Hash(base64: lines[3]) else {
      throw .invalidHandover
    }
    try self.init(origin: lines[1], size: size, root: root, successor: NoteVerifier(lines[4]))
    guard self.text.utf8.elementsEqual(text.utf8) else { throw .invalidHandover }
  }

  /// The text of the note.
  public var text: String { "\(Self.title)\n\(origin)\n\(size)\n\(root.base64)\n\(successor.text)\n" }

  /// The note that the old key signs under the origin.
  ///
  /// - Throws: `NoteError.wrongKeyType` for a key of a witness.
  public func signed(by signer: NoteSigner) throws(NoteError) -> SignedNote {
    var note = try SignedNote(text: text)
    try note.sign(with: signer.renamed(origin))
    return note
  }

  /// Notes one after the other, with an empty line between them.
  public static func joined(_ notes: [[UInt8]]) -> [UInt8] { Array(notes.joined(separator: [UInt8(ascii: "\n")])) }

  /// Reads notes that stand one after the other. Their signatures are not verified yet.
  ///
  /// - Throws: `NoteError.invalidHandover` for what is none; what reading a note throws.
  public static func notes(_ bytes: [UInt8]) throws(NoteError) -> [SignedNote] {
    guard !bytes.isEmpty else { return [] }
    guard let text = String(validating: bytes, as: UTF8.self), text.utf8.last == UInt8(ascii: "\n") else {
      throw .invalidHandover
    }
    // Neither a handover nor its signatures have an empty line: each note is two parts.
    let parts = text.dropLast().split(separator: "\n\n", omittingEmptySubsequences: false)
    guard parts.count.isMultiple(of: 2) else { throw .invalidHandover }
    var notes: [SignedNote] = []
    for place in stride(from: 0, to: parts.count, by: 2) {
      notes.append(try SignedNote(Array("\(parts[place])\n\n\(parts[place + 1])\n".utf8)))
    }
    return notes
  }
}
