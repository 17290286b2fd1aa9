public import Domain

/// Where files of evidence are kept.
public protocol EvidenceStore: Sendable {
  /// Begins to take a file in. It is nobody's until a write names it (``EvidenceRecording/keep(_:for:)``).
  ///
  /// - Throws: `storage_unavailable` when the disk refuses.
  func takeFile() async throws -> any IncomingFile
  /// Looks whether a file that has come whole is kept already, every byte of it, so that it is not kept twice.
  ///
  /// - Throws: `storage_unavailable` when a new one is not on the disk as it has come.
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
  /// Where an agency is to bring a file to, in the order in which that was announced.
  func awaitedFiles(_ sha256: String, of agency: AgencyCode, after number: Int64, limit: Int) throws -> [AwaitedFile]
  /// What an agency is to bring, newest first.
  func awaitedFiles(of agency: AgencyCode, before number: Int64, limit: Int) throws -> [AwaitedFile]
  /// Where an agency has brought a file that was announced, and its length.
  func broughtFile(_ sha256: String, by agency: AgencyCode, limit: Int) throws -> (cases: [CaseID], byteCount: Int)
}

/// A file that an import line has named, and that is to come.
public struct AwaitedFile: Sendable {
  /// Counts what was announced, by all agencies.
  public let number: Int64
  public let caseID: CaseID
  public let file: AnnouncedFile

  public init(number: Int64, caseID: CaseID, file: AnnouncedFile) {
    (self.number, self.caseID, self.file) = (number, caseID, file)
  }
}

/// Files as a write names them.
public protocol EvidenceRecording {
  /// Whether some case has a file, and it is lost or damaged on the disk.
  func isLost(_ file: any IncomingFile) throws -> Bool
  /// Names a file for a case, in the write that adds it to the case. Where the same bytes are kept already those are named.
  ///
  /// - Parameter isCounted: whether its bytes count against the budget of the write: once for each time they have come.
  func keep(_ file: any IncomingFile, for record: Case, isCounted: Bool) throws
  /// Notes what an agency is to bring to a case, in place of what it was to bring before.
  func announce(_ files: [AnnouncedFile], for record: Case, by agency: AgencyCode) throws
  /// Notes that it has brought one of them.
  func noteBrought(_ sha256: String, for record: Case, by agency: AgencyCode) throws
}
