/// What a log says of itself at one size: the text of a note (C2SP tlog-checkpoint).
public struct Checkpoint: Sendable, Hashable {
  /// Which log it is. The name of the log's key is the same.
  public let origin: String
  /// How many leaves the log has.
  public let size: Int64
  /// The root over these leaves.
  public let root: Hash
  /// Lines after the root, none of them empty. Nobody can check what they say.
  public let extensionLines: [String]

  /// - Throws: `NoteError.invalidCheckpoint` for a negative size, and for an origin or a line that is empty or holds a
  ///   control character.
  public init(origin: String, size: Int64, root: Hash, extensionLines: [String] = []) throws(NoteError) {
    guard size >= 0, ([origin] + extensionLines).allSatisfy(Self.isLine) else { throw .invalidCheckpoint }
    self.origin = origin
    self.size = size
    self.root = root
    self.extensionLines = extensionLines
  }

  /// Reads the text of a note.
  ///
  /// - Throws: `NoteError.invalidCheckpoint` for what is not the one spelling of a checkpoint.
  public init(text: String) throws(NoteError) {
    var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { String($0) ?? "" }
    // The text ends with a newline, after which nothing stands.
    guard lines.popLast()?.isEmpty == true, lines.count >= 3, let size = Int64(lines[1]),
      let root = Hash(base64: lines[2])
    else { throw .invalidCheckpoint }
    try self.init(origin: lines[0], size: size, root: root, extensionLines: Array(lines.dropFirst(3)))
    guard self.text.utf8.elementsEqual(text.utf8) else { throw .invalidCheckpoint }
  }

  /// The text of the note.
  public var text: String { ([origin, String(size), root.base64] + extensionLines).map { $0 + "\n" }.joined() }

  /// Checkpoints are the same when their bytes are. Swift's strings are the same in either spelling of an accent.
  public static func == (one: Checkpoint, other: Checkpoint) -> Bool { one.text.utf8.elementsEqual(other.text.utf8) }
  public func hash(into hasher: inout Hasher) { hasher.combine(Array(text.utf8)) }

  private static func isLine(_ line: String) -> Bool { !line.isEmpty && line.utf8.allSatisfy { $0 >= 0x20 } }
}
