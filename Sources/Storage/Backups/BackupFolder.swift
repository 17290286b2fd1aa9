internal import Crypto
public import Domain
internal import Foundation
public import Service

/// The folder that backups lie in, and the names they have there.
///
/// A backup is `netral-YYYYMMDDTHHMMSSZ-SEQ.sqlite`, with the SHA-256 of it in a file beside, as `sha256sum -c` reads it.
/// Without that, or when it is empty, it is none: it is not counted, and not deleted either. While it is made it is called
/// `….partial`, which no rule here takes for a backup. `netral-database-id` names the database the folder belongs to.
public struct BackupFolder: Sendable {
  let path: String

  /// - Parameter path: an existing folder.
  public init(_ path: String) { self.path = path }

  /// Makes the folder, for its owner alone, when it is not there.
  ///
  /// - Throws: `BackupFailure.folder`.
  func make() throws(BackupFailure) {
    if mkdir(path, 0o700) != 0, errno != EEXIST { throw .folder(reason: String(cString: strerror(errno))) }
  }

  /// Makes sure that not everybody may put files in the place of backups. What the group may do only `netral doctor` speaks
  /// of: a night without a backup would be worse.
  ///
  /// - Throws: `BackupFailure.folder`.
  func requireClosed() throws(BackupFailure) {
    var status = stat()
    guard stat(path, &status) == 0 else { throw .folder(reason: String(cString: strerror(errno))) }
    if status.st_mode & 0o002 != 0 { throw .folder(reason: "everybody may write to it; make it private: chmod 700") }
  }

  /// Keeps every other process out of the folder until it is let go; the kernel does so when the process dies.
  ///
  /// - Throws: `BackupFailure.running`, `.folder`.
  func lock() throws(BackupFailure) -> FolderLock { try FolderLock(path) }

  /// The backups, oldest first.
  ///
  /// Their order is that of their names' times. But what is there was made before now: a time that lies ahead was given by a
  /// clock that ran fast (or by hand), and such a backup goes before all others. The sequence decides only between equal
  /// times, since a database that was set back gives its sequences out again.
  ///
  /// - Throws: `BackupFailure.folder` when it cannot be read.
  public func backups(at now: Timestamp) throws(BackupFailure) -> [Backup] {
    try candidates().filter { $0.sha256 != nil && $0.bytes > 0 }.sorted { Self.isOlder($0, $1, now) }
  }

  /// Every file with the name of a backup, oldest first, also those that are none.
  ///
  /// - Throws: as above.
  func files(at now: Timestamp) throws(BackupFailure) -> [Backup] {
    try candidates().sorted { Self.isOlder($0, $1, now) }
  }

  private static func isOlder(_ one: Backup, _ other: Backup, _ now: Timestamp) -> Bool {
    let (oneIsAhead, otherIsAhead) = (one.isAhead(of: now), other.isAhead(of: now))
    if oneIsAhead != otherIsAhead { return oneIsAhead }
    return (one.madeAt, one.seq) < (other.madeAt, other.seq)
  }

  private func candidates() throws(BackupFailure) -> [Backup] {
    try names().compactMap { name in
      guard let (madeAt, seq) = Self.parts(of: name) else { return nil }
      var status = stat()
      // One that somebody has taken away meanwhile is no backup.
      guard stat(file(name), &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
      return Backup(name: name, madeAt: madeAt, seq: seq, bytes: Int64(status.st_size), sha256: sum(of: name))
    }
  }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Where copies of files of evidence lie, one for all backups.
  var evidence: EvidenceFolder { EvidenceFolder(path: file("files")) }

  /// Deletes copies of files that no backup names which is there. A backup without its list keeps all of them.
  ///
  /// - Parameters:
  ///   - newest: a backup that was just made.
  ///   - named: the files that it names.
  func pruneEvidence(_ newest: String, _ named: Set<String>, at now: Timestamp) throws {
    guard !named.isEmpty || access(file("files"), F_OK) == 0 else { return }
    let lists = file("files/lists")
    for folder in [file("files"), lists] where mkdir(folder, 0o700) != 0 && errno != EEXIST {
      throw BackupFailure.disk(reason: String(cString: strerror(errno)))
    }
    try PrivateFile.write(named.sorted().map { $0 + "\n" }.joined(), to: "\(lists)/\(newest)")
    var backups = Set(try files(at: now).map(\.name))
    let names = try names().filter { !$0.hasSuffix(".sha256") }
    for name in try FileManager.default.contentsOfDirectory(atPath: lists) {
      // It may be a compressed one.
      if names.contains(where: { $0.hasPrefix(name) }) { backups.insert(name) } else { unlink("\(lists)/\(name)") }
    }
    var kept: Set<String> = []
    for backup in backups {
      guard let text = try? String(contentsOfFile: "\(lists)/\(backup)", encoding: .utf8) else { return }
      kept.formUnion(text.split(separator: "\n").map(String.init))
    }
    for name in evidence.names() where !kept.contains(name) { evidence.delete(name) }
  }

  /// Deletes what a backup that was broken off has left: nothing of it was ever called a backup. Every name is one that a
  /// backup gives, to the last letter.
  func clear() throws(BackupFailure) {
    let names = Set(try names())
    let leftOvers = [".partial", ".partial-journal", ".partial-wal", ".partial-shm", ".sha256.partial"]
    let backups = names.flatMap { name in leftOvers.filter(name.hasSuffix).map { String(name.dropLast($0.count)) } }
    for backup in Set(backups) where Self.parts(of: backup) != nil {
      // The sum had its name already, the backup not yet. Else it is somebody's, of a backup in another form or place.
      let others = names.filter { $0.hasPrefix(backup) }.subtracting(leftOvers.map { backup + $0 })
      if names.contains(backup + ".partial"), others == [backup + ".sha256"] { unlink(file(backup + ".sha256")) }
      for leftOver in leftOvers { unlink(file(backup + leftOver)) }
    }
  }

  /// Deletes the oldest backups, so that `count` are left; never the one that was just made, whatever the clock said.
  func keep(_ count: Int, _ newest: String, at now: Timestamp) throws(BackupFailure) {
    let others = try backups(at: now).filter { $0.name != newest }
    for backup in others.dropLast(max(0, count - 1)) {
      unlink(file(backup.name))
      // It may be the sum of a compressed one, too.
      let left = try names().filter { $0.hasPrefix(backup.name) }
      if left == [backup.name + ".sha256"] { unlink(file(backup.name + ".sha256")) }
    }
  }

  /// A name nobody has yet, and under which nothing else lies, such as a compressed backup and its sum.
  ///
  /// - Throws: `BackupFailure.folder` when it cannot be read.
  func freeName(at now: Timestamp, _ seq: Int64) throws(BackupFailure) -> (name: String, madeAt: Timestamp) {
    let names = try names()
    var madeAt = Timestamp(milliseconds: now.milliseconds / 1_000 * 1_000)
    while names.contains(where: { $0.hasPrefix(Self.name(madeAt, seq)) }) { madeAt = madeAt.adding(seconds: 1) }
    return (Self.name(madeAt, seq), madeAt)
  }

  /// First the sum, then the file: whoever finds the file finds its sum.
  func publish(_ name: String, _ sum: String) throws {
    let (partial, final) = (file(name + ".partial"), file(name))
    try FilePieces.sync(partial)
    let sumPartial = final + ".sha256.partial"
    try PrivateFile.write("\(sum)  \(name)\n", to: sumPartial)
    for (from, to) in [(sumPartial, final + ".sha256"), (partial, final)] {
      guard rename(from, to) == 0 else { throw BackupFailure.disk(reason: String(cString: strerror(errno))) }
    }
    try FilePieces.sync(path)
  }

  // MARK: Names

  static func name(_ madeAt: Timestamp, _ seq: Int64) -> String {
    let digits = madeAt.description.prefix(19).filter { $0 != "-" && $0 != ":" }
    return "netral-\(digits)Z-\(seq).sqlite"
  }

  /// When, and up to which sequence; nil for any other name.
  static func parts(of name: String) -> (madeAt: Timestamp, seq: Int64)? {
    guard let match = name.wholeMatch(of: #/netral-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-(\d{1,18})\.sqlite/#),
      let madeAt = Timestamp("\(match.1)-\(match.2)-\(match.3)T\(match.4):\(match.5):\(match.6)Z"),
      let seq = Int64(match.7)
    else { return nil }
    return (madeAt, seq)
  }

  private func names() throws(BackupFailure) -> [String] {
    guard let folder = opendir(path) else { throw .folder(reason: String(cString: strerror(errno))) }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      names.append(
        withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        })
    }
    return names
  }

  /// What the file of the sum says; nil when there is none, or another thing is in it.
  private func sum(of name: String) -> String? { FileSum.recorded(beside: file(name), of: name) }
}

/// An advisory lock on a folder.
final class FolderLock {
  private let descriptor: Int32

  fileprivate init(_ path: String) throws(BackupFailure) {
    descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .folder(reason: String(cString: strerror(errno))) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let reason = errno
      Glibc.close(descriptor)
      throw reason == EWOULDBLOCK ? .running : .folder(reason: String(cString: strerror(reason)))
    }
  }

  deinit {
    flock(descriptor, LOCK_UN)
    Glibc.close(descriptor)
  }
}
