internal import Crypto
internal import Domain
internal import Foundation
internal import GRDB
internal import Service

/// A backup, brought back as a new file.
public struct Restoration: Sendable {
  /// The backup it was made of.
  public let source: String
  /// What it holds.
  public let content: FileContent
  /// Whether the first start migrates it.
  public let schema: FileSchema
  /// Whether values of cases are sealed in it, and whether they were opened.
  public let isSealed: Bool
  public let keysWereUsed: Bool
  /// How many cases were erased, by the newest list: the keys of those that the backup still has are destroyed.
  public let erasureCount: Int
  /// How many files of evidence were brought back beside it.
  public let evidenceCount: Int
  /// False when no sum lay beside the backup, which the caller had allowed.
  public let sumWasChecked: Bool

  /// Copies a backup into a new file and proves it: its sum, every page, index and reference, that it is ours, and no newer
  /// than this program. Nothing that exists is changed, least of all a database in use; the file gets its name last. Sequences
  /// and numbers that may have been given out since the backup are passed over (`SequenceGap`).
  ///
  /// - Parameters:
  ///   - source: a backup, or a folder of backups, of which the newest is meant.
  ///   - target: a new file.
  ///   - opening: opens it as a server with these settings would, too, which migrates an older one; nil: does not.
  ///   - keys: opens what is sealed; nil: that is proved as far as it can be without keys, and the file is not opened.
  ///   - erasures: the newest list of erasures, or a replica; nil: the one that lies beside the backup.
  ///   - lastCheckpoint: the last checkpoint of the record that anybody knows of, as a witness has it; the new epoch says so.
  ///   - withoutSum: takes a backup also when no sum lies beside it: then an altered value may go unseen.
  /// - Throws: `OpenFailure` when a file is foreign, newer or there already; `BackupFailure` for everything else.
  public init(
    from source: String, into target: String, opening: StoreSettings? = nil, withoutSum: Bool = false,
    keys: KeySource? = nil, erasures: String? = nil, lastCheckpoint: String? = nil
  ) throws {
    let source = try Self.backup(at: source, withoutSum)
    try Self.requireAtRest(source)
    // A log that lies there from an earlier file would be taken for one of the new file.
    try Self.requireAbsent(target, "-wal", "-shm", "-journal")
    if keys != nil || opening != nil {
      try Self.requireAbsent(target + ".keys", "-wal", "-shm", "-journal")
      try Self.requireAbsent(target + ".master")
    }
    // Of this run alone: two that make one target do not meet before one of them gives it its name.
    let partial = "\(target).\(UUID().uuidString.prefix(8).lowercased()).partial"
    try Self.requireAbsent(partial, "-wal", "-shm", "-journal", ".lock", ".before-migration")
    let descriptor = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw OpenFailure.unreadable(target, reason: String(cString: strerror(errno))) }
    // From here on these names are ours, and what the proof puts beside the file holds personal data as well.
    defer {
      for suffix in Self.ownSuffixes { unlink(partial + suffix) }
    }
    do {
      let sum = try Self.copy(source, to: descriptor)
      sumWasChecked = try Self.check(sum, of: source, withoutSum)
      if let keys { try keys.copy(beside: partial) }
      let (content, schema, isSealed) = try Opening.explaining(source) { try Self.prove(partial, of: source, keys) }
      keysWereUsed = isSealed && keys != nil
      self.isSealed = isSealed
      (self.source, self.content, self.schema) = (source, content, schema)
      let list = try RestoredErasures(of: partial, from: source, beside: target, given: erasures).list
      erasureCount = list.count
      evidenceCount = try Self.copyEvidence(of: partial, from: source, beside: target, list, keysWereUsed)
      if keysWereUsed { try keys?.destroy(list, in: partial) }
      try SequenceGap.declare(in: partial, at: opening?.now() ?? StoreSettings().now(), lastCheckpoint)
      try Connection.settle(partial)
      if let opening, !isSealed || keys != nil {
        try Self.start(partial, opening, expecting: content.head)
        try Connection.settle(partial)
      }
      // Those that were given, or those that an earlier schema was sealed by when it was opened.
      if list.count > 0 { try list.write(into: ErasureList.path(of: target)) }
      for suffix in [".master", ".keys"] where access(partial + suffix, F_OK) == 0 {
        try Self.publish(partial + suffix, as: target + suffix)
      }
      try Self.publish(partial, as: target)
    } catch {
      throw error is OpenFailure ? error : BackupFailure(error)
    }
  }

  /// Opens the copy as a server would, and closes it.
  private static func start(_ partial: String, _ settings: StoreSettings, expecting head: Int64) throws {
    var settings = settings
    settings.signsRecord = false
    let store = try SQLiteStore(path: partial, readerCount: 1, settings: settings)
    let found = store.revision.seq
    try store.close()
    guard found == head else { throw BackupFailure.unsound("the store finds another sequence") }
  }

  /// Brings back the files that the copy names, and opens each of them where the keys are at hand. Those of cases that are to
  /// be erased may be gone.
  private static func copyEvidence(
    of partial: String, from source: String, beside target: String, _ erased: ErasureList, _ hasKeys: Bool
  ) throws -> Int {
    let queue = try DatabaseQueue(path: partial, configuration: Connection.configuration(readonly: true))
    defer { try? queue.close() }  // It was only read.
    return try queue.inDatabase { database in
      let vault =
        hasKeys ? try VaultOpening(path: partial, settings: StoreSettings()).openForReading(database) : nil
      defer { try? vault?.close() }  // It was only read.
      let files = try Transaction(database, vault).namedFiles()
      let folder = BackupFolder(URL(filePath: source).deletingLastPathComponent().path)
      let place = EvidenceFolder(path: EvidenceFolder.path(of: target))
      func isLeftOut(_ file: NamedFile) -> Bool { file.holders.allSatisfy { erased.days[$0.id] != nil } }
      func isWhole(_ file: NamedFile) throws -> Bool {
        do {
          try EvidenceCheck.prove(file, in: place, vault, isFull: true)
          return true
        } catch is EvidenceCheck.Fault {
          return false
        }
      }
      let outcome = try EvidenceCopy(source: folder.evidence, target: place).copy(files, keeping: isWhole)
      let damaged = try outcome.copied.filter { try !isWhole($0) && !isLeftOut($0) }
      let lacking = outcome.lacking.filter { !isLeftOut($0) }
      guard let first = (lacking + damaged).first else { return files.count }
      // What has come with this run goes with it.
      for file in outcome.copied { place.delete(file.name) }
      throw BackupFailure.unsound(
        "the file of evidence \(first.name) is \(lacking.isEmpty ? "not what was sealed" : "missing or cut off") in "
          + "\(folder.evidence.path), and \(lacking.count + damaged.count - 1) more are")
    }
  }

  // MARK: Before

  private static func backup(at path: String, _ withoutSum: Bool) throws -> String {
    var status = stat()
    guard stat(path, &status) == 0 else { throw OpenFailure.unreadable(path, reason: String(cString: strerror(errno))) }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      guard status.st_mode & S_IFMT == S_IFREG else {
        throw OpenFailure.unreadable(path, reason: "it is no regular file")
      }
      return path
    }
    let (folder, now) = (BackupFolder(path), StoreSettings().now())
    let backups = try folder.backups(at: now)
    if let newest = backups.last { return folder.file(newest.name) }
    guard let newest = try folder.files(at: now).last(where: { $0.bytes > 0 }) else {
      throw BackupFailure.folder(reason: "there is no backup in it")
    }
    guard withoutSum else {
      throw BackupFailure.folder(
        reason: "there is no backup in it with its SHA-256 beside it; --without-sum takes one without")
    }
    return folder.file(newest.name)
  }

  /// A file with a log beside it is in use, or was when its process died: without the log it is not whole.
  private static func requireAtRest(_ path: String) throws {
    for suffix in ["-wal", "-journal"] {
      var status = stat()
      guard stat(path + suffix, &status) == 0, status.st_size > 0 else { continue }
      throw OpenFailure.unreadable(path, reason: "it is a database in use and no backup; use netral backup")
    }
  }

  private static func requireAbsent(_ target: String, _ suffixes: String...) throws {
    for path in [target] + suffixes.map({ target + $0 }) {
      var status = stat()
      if lstat(path, &status) == 0 { throw OpenFailure.exists(path) }
    }
  }

  // MARK: Copy and proof

  /// Copies the file, closes the copy and returns its sum.
  private static func copy(_ source: String, to descriptor: Int32) throws -> String {
    defer { close(descriptor) }
    var hash = SHA256()
    try FilePieces.read(source) { piece in
      hash.update(bufferPointer: piece)
      var rest = piece[...]
      while !rest.isEmpty {
        let count = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { throw BackupFailure.disk(reason: String(cString: strerror(errno))) }
        rest = rest.dropFirst(count)
      }
    }
    return hash.finalize().hexadecimal
  }

  /// False when there is no sum, which is allowed only where the caller says so.
  private static func check(_ sum: String, of source: String, _ withoutSum: Bool) throws -> Bool {
    guard let recorded = FileSum.recorded(beside: source, of: URL(filePath: source).lastPathComponent) else {
      guard access(source + ".sha256", F_OK) != 0 else {
        throw BackupFailure.unsound("the file of its SHA-256 is malformed or of another backup")
      }
      guard withoutSum else {
        throw BackupFailure.unsound("no SHA-256 lies beside the backup; --without-sum takes it all the same")
      }
      return false
    }
    guard recorded == sum else { throw BackupFailure.unsound("its SHA-256 is another one") }
    return true
  }

  /// What a run puts beside its file.
  private static let ownSuffixes =
    [".lock", ".before-migration", ".master", ".words", ".words-wal", ".words-shm"]
    + ["", ".keys"].flatMap { file in ["", "-wal", "-shm", "-journal"].map { file + $0 } }

  private static func prove(_ partial: String, of source: String, _ keys: KeySource?) throws -> (
    FileContent, FileSchema, isSealed: Bool
  ) {
    try Connection.settle(partial)
    let queue = try DatabaseQueue(
      path: partial, configuration: Connection.configuration(readonly: true))
    defer { try? queue.close() }  // It was only read.
    return try queue.inDatabase { database in
      guard try Int.fetchOne(database, sql: "PRAGMA application_id") == Opening.applicationID else {
        throw OpenFailure.foreign(source)
      }
      let schema = try Opening.schema(database)
      if schema == .newer { throw OpenFailure.newer(source) }
      let opening = VaultOpening(path: partial, settings: StoreSettings())
      let isSealed = try opening.isSealed(database)
      let vault = keys == nil ? nil : try opening.openForReading(database)
      defer { try? vault?.close() }  // It was only read.
      try FileCheck.prove(database, vault)
      return (try FileCheck.content(database), schema, isSealed)
    }
  }

  /// A link and no renaming: it never takes the place of a file that has come meanwhile.
  private static func publish(_ partial: String, as target: String) throws {
    try FilePieces.sync(partial)
    guard link(partial, target) == 0 else {
      throw errno == EEXIST
        ? OpenFailure.exists(target) : BackupFailure.disk(reason: String(cString: strerror(errno)))
    }
    try FilePieces.sync(URL(filePath: target).deletingLastPathComponent().path)
  }
}
