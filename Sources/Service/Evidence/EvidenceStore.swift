public import Domain

/// Where files of evidence are kept.
public protocol EvidenceStore: Sendable {
  /// Begins to take a file in. It is nobody's until a write names it (``EvidenceRecording/keep(_:for:)``).
  ///
  /// - Throws: `storage_unavailable` when the disk refuses.
  func takeFile() async throws -> any IncomingFile
  /// Looks whether a file that has come whole is kept already, every byte of it, so that it is not kept twice.
  func compare(_ file: any IncomingFile) async throws
  /// Opens a file of a case.
  ///
  /// - Throws: `evidence_damaged`.
  func open(_ place: any FilePlace) async throws -> any KeptFile
  /// Deletes files on the disk that no case names, of an upload that was cut off or of an erasure. Asked once, at the start:
  /// after a restoration they are set aside instead.
  func deleteOrphans() async throws
}

/// A file that is being brought. One task at a time uses it.
public protocol IncomingFile: Sendable {
  /// - Throws: `storage_unavailable` when the disk refuses.
  func append(_ bytes: [UInt8]) async throws
  /// Says that all has come: then it is on the disk, and can be looked into.
  ///
  /// - Throws: as above.
  func finish() async throws -> BroughtFile
  /// Says how the write has ended that was to name the file, which is deleted unless it is named. Where nobody can tell
  /// whether the write is on the disk the file stays until the next start.
  ///
  /// - Parameter failure: what the write has thrown; nil when it was committed.
  func settle(_ failure: Failure?) async
}

/// Where a file of a case stands, and what opens it.
public protocol FilePlace: Sendable {}

/// What a file that was brought turned out to be.
public struct BroughtFile: Sendable {
  /// In 64 hexadecimal digits.
  public let sha256: String
  public let byteCount: Int
  /// What is in it, as ``FileInspection`` has found.
  public let finding: FileInspection.Finding

  public init(sha256: String, byteCount: Int, finding: FileInspection.Finding) {
    (self.sha256, self.byteCount, self.finding) = (sha256, byteCount, finding)
  }
}

/// A file of a case, open for reading.
public protocol KeptFile: Sendable {
  var byteCount: Int { get }
  /// Bytes at a range that lies in it, each proven to be what was sealed. They come on a thread that may wait for the disk.
  ///
  /// - Throws: `evidence_damaged`.
  func read(_ range: Range<Int>) async throws -> [UInt8]
}

/// Questions about files.
public protocol EvidenceQuestions {
  /// Where a file stands that a case has; nil for none.
  func filePlace(_ sha256: String, of id: CaseID) throws -> (any FilePlace)?
  /// Cases with files that wait for a scanner, oldest first.
  func casesAwaitingScan(limit: Int) throws -> [CaseID]
}

/// Files as a write names them.
public protocol EvidenceRecording {
  /// Whether some case has a file, and it is lost or damaged on the disk.
  func isLost(_ file: any IncomingFile) throws -> Bool
  /// Names a file for a case, in the write that adds it to the case. Where the same bytes are kept already those are named.
  func keep(_ file: any IncomingFile, for record: Case) throws
}
