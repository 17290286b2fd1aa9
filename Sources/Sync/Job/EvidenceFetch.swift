internal import Crypto
internal import Domain
internal import Foundation
internal import GRDB

/// Brings a folder of files into line with a replica: those that cases of it have are fetched and proven, each as
/// `ab/SHA256.SUFFIX`; those that no case has any more are deleted.
///
/// It may be ended at any point. A file that was cut off is taken up where it ended.
public struct EvidenceFetch {
  /// What was done.
  public struct Outcome: Sendable {
    public var fetched = 0
    public var deleted = 0
    /// Those that nobody gives out: they wait for a scanner, or are harmful.
    public var kept = 0
    /// Those that the service cannot give, though it should: their digests.
    public var missing: [String] = []
  }

  private struct Wanted {
    var caseID: String
    var sha256: String
    var type: FileType
    var byteCount: Int

    var place: String { "\(sha256.prefix(2))/\(sha256).\(type.suffix)" }
  }

  /// Files in a row that cannot be fetched, after which nothing more is tried.
  private static let failuresMax = 3

  private let job: SyncJob
  private let replica: Replica
  private let folder: String
  private let isFresh: Bool

  /// - Parameters:
  ///   - folder: for its owner alone; it is made when it is not there.
  ///   - isFresh: whether the replica was made anew, as after a restoration of the service: then what no case has is set
  ///     aside and not deleted.
  public init(_ job: SyncJob, _ replica: Replica, into folder: String, isFresh: Bool) {
    (self.job, self.replica, self.folder, self.isFresh) = (job, replica, folder, isFresh)
  }

  /// - Throws: `SyncFault`, `ReplicaFailure`.
  public func run() throws -> Outcome {
    var outcome = Outcome()
    let (wanted, withheld) = try self.wanted()
    outcome.kept = withheld
    outcome.deleted = try deleteAllBut(Set(wanted.map(\.place)))
    let missing = wanted.filter { Self.byteCount(of: "\(folder)/\($0.place)") != $0.byteCount }
    job.progress.begin("files", of: missing.count)
    var failures = 0
    for file in missing {
      do {
        try job.asking { try fetch(file) }
        outcome.fetched += 1
      } catch SyncFault.refused(_, "not_found") {
        // It was withdrawn or erased since the replica was compared: the next run knows.
        outcome.kept += 1
      } catch SyncFault.refused(_, "evidence_damaged") {
        outcome.missing.append(file.sha256)
      } catch let fault as SyncFault {
        // One that is cut off time and again may be damaged further on; several in a row are no matter of files.
        guard case .passing = fault, failures < Self.failuresMax else { throw fault }
        outcome.missing.append(file.sha256)
        failures += 1
        continue
      }
      failures = 0
      job.progress.advance(to: outcome.fetched)
    }
    job.progress.end()
    return outcome
  }

  private func wanted() throws -> ([Wanted], withheld: Int) {
    let me = try replica.state().origin.agency
    let rows = try replica.read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT case_id AS id, sha256, media_type, bytes, scan, received_by FROM (
            SELECT *, row_number() OVER (
              PARTITION BY sha256 ORDER BY scan IN ('clean', 'not_scanned') DESC, received_by = ? DESC, case_id) AS standing
            FROM evidence WHERE withdrawn_at IS NULL)
          WHERE standing = 1 ORDER BY sha256
          """, arguments: [me])
    }
    var (wanted, withheld): ([Wanted], Int) = ([], 0)
    for row in rows {
      let (sha256, name, scan): (String, String, String) = (row["sha256"], row["media_type"], row["scan"])
      let isOwn = row["received_by"] == me
      // It becomes a path: it must be what it says.
      guard Self.isDigest(sha256), let type = FileType(rawValue: name) else {
        throw job.unexpected("a file whose name is no SHA-256, or of a type that this program does not know")
      }
      switch EvidenceScan(rawValue: scan) {
      case .infected: withheld += 1
      case .pending where !isOwn: withheld += 1
      default: wanted.append(Wanted(caseID: row["id"], sha256: sha256, type: type, byteCount: row["bytes"]))
      }
    }
    return (wanted, withheld)
  }

  private static func isDigest(_ text: String) -> Bool {
    text.utf8.count == 64 && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
  }

  // MARK: Fetching

  private func fetch(_ file: Wanted) throws {
    let path = "\(folder)/\(file.place)"
    for folder in [folder, "\(folder)/\(file.sha256.prefix(2))"] { try make(folder) }
    let partial = path + ".partial"
    let descriptor = open(partial, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure(partial) }
    defer { close(descriptor) }
    var hash = SHA256()
    var count = try Self.count(descriptor, &hash, bytesMax: file.byteCount)
    if count == file.byteCount, count > 0 {
      // All of it came before the end of an earlier run, or it is something else: which one the digest tells.
    } else {
      try job.transport.fetch(
        "/v1/cases/\(file.caseID)/evidence/\(file.sha256)", from: count, of: file.byteCount
      ) { bytes in
        hash.update(data: bytes)
        var rest = bytes[...]
        while !rest.isEmpty {
          let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
          if written < 0, errno == EINTR { continue }
          guard written > 0 else { throw failure(partial) }
          rest = rest.dropFirst(written)
        }
        count += bytes.count
      }
    }
    guard hash.finalize().hexadecimal == file.sha256 else {
      unlink(partial)
      throw SyncFault.passing("the file \(file.sha256) is not what its name says", retryAfterSeconds: nil)
    }
    guard fsync(descriptor) == 0, rename(partial, path) == 0 else { throw failure(path) }
  }

  /// Reads what an earlier run has left, and stands behind it then.
  private static func count(_ descriptor: CInt, _ hash: inout SHA256, bytesMax: Int) throws -> Int {
    var (buffer, count) = ([UInt8](repeating: 0, count: 1 << 20), 0)
    while true {
      let got = Glibc.read(descriptor, &buffer, buffer.count)
      if got < 0, errno == EINTR { continue }
      guard got > 0 else { break }
      hash.update(data: buffer[..<got])
      count += got
    }
    guard count > bytesMax else { return count }
    hash = SHA256()
    ftruncate(descriptor, 0)
    lseek(descriptor, 0, SEEK_SET)
    return 0
  }

  // MARK: The folder

  /// Deletes files of this job's making that no case has, also those that were cut off.
  private func deleteAllBut(_ places: Set<String>) throws -> Int {
    var count = 0
    for part in Self.entries(folder) where part.utf8.count == 2 {
      for name in Self.entries("\(folder)/\(part)") {
        let whole = name.hasSuffix(".partial") ? String(name.dropLast(8)) : name
        guard Self.isDigest(String(whole.prefix(64))), !places.contains("\(part)/\(whole)") else { continue }
        let path = "\(folder)/\(part)/\(name)"
        if isFresh, whole == name {
          try make("\(folder)/set-aside")
          guard rename(path, "\(folder)/set-aside/\(name)") == 0 else { throw failure(path) }
        } else {
          unlink(path)
        }
        count += 1
      }
    }
    return count
  }

  private static func entries(_ path: String) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
  }

  private static func byteCount(of path: String) -> Int? {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : nil
  }

  private func make(_ folder: String) throws {
    guard mkdir(folder, 0o700) != 0, errno != EEXIST else { return }
    throw failure(folder)
  }

  private func failure(_ path: String) -> SyncFault {
    .refused("\(path): \(String(cString: strerror(errno)))", code: nil)
  }
}
