internal import CSQLite
internal import Domain
internal import Foundation
internal import GRDB
public import Service

/// Backups for whoever has no server: a command beside one, or alone.
public enum Backups {
  /// Makes a backup of a database into the folder the settings name.
  ///
  /// - Throws: `BackupFailure`; `OpenFailure` when the file is none of ours.
  public static func make(of database: String, _ settings: StoreSettings) throws -> Backup {
    guard let folder = settings.backup.folder else { throw BackupFailure.folder(reason: "none is named") }
    return try BackupRun(
      database: try Opening.resolved(database), folder: BackupFolder(folder), settings: settings, stop: BackupStop()
    ).run()
  }
}

/// One backup of a file that a server may be writing to.
///
/// A read-only connection holds one snapshot from the first page to the last, so that what is written meanwhile neither gets
/// into the copy nor makes it begin anew; SQLite's backup interface copies page by page and can pause between two steps,
/// which `VACUUM INTO` cannot. The connection writes nothing to the file and never folds the log into it. While the snapshot
/// stands the log cannot begin anew and grows: beyond `logBytesHurry` the backup pauses no longer, and beyond
/// `logBytesMax` it gives up.
struct BackupRun {
  /// 1 GiB: looking a page up in the index of such a log takes three microseconds.
  static let logBytesHurry: Int64 = 1 << 30
  /// 4 GiB: some two million changes; every read looks through the index of the log.
  static let logBytesMax: Int64 = 4 << 30
  /// While the snapshot stands, half of the way to the lowest priority there is: the log must not grow for long.
  private static let copyNiceness: Int32 = 10
  /// The lowest there is: nobody waits for the proof but who asked for the backup.
  private static let proofNiceness: Int32 = 19
  /// Pages between two pauses: 1 MiB.
  private static let stepPages: CInt = 256

  let database: String
  let folder: BackupFolder
  let settings: StoreSettings
  let stop: BackupStop
  /// True to do everything, and to throw the copy away when it has been proved.
  var dryRun = false

  /// Makes it: copy, proof, name, and then the deletion of those that are too many. The calling thread loses its priority.
  ///
  /// - Throws: `BackupFailure`; `OpenFailure` when the file is none of ours. Nothing is left that looks like a backup.
  func run() throws -> Backup {
    try folder.make()
    try folder.requireClosed()
    let lock = try folder.lock()
    defer { withExtendedLifetime(lock) {} }
    let identity = try readIdentity()
    try BackupOwner.require(identity, in: folder, settings)
    try folder.clear()
    do {
      Self.giveWay(Self.copyNiceness)
      // First the keys: whatever the copy of the record holds, they open it.
      if !dryRun, let keysFolder = settings.backup.keysFolder, access(KeyFile.path(of: database), F_OK) == 0 {
        guard try Opening.resolved(keysFolder) != Opening.resolved(folder.path) else {
          throw BackupFailure.folder(reason: "backups of keys go to a folder of their own")
        }
        try KeyBackups.make(of: database, identity, settings)
      }
      let (name, madeAt, content, erasures) = try copy()
      Self.giveWay(Self.proofNiceness)
      let partial = folder.file(name + ".partial")
      try Connection.settle(partial)
      try prove(partial, holds: content)
      let evidence = try copyEvidence(namedIn: partial)
      let sum = try FileSum.compute(partial, stop)
      var status = stat()
      guard stat(partial, &status) == 0 else { throw BackupFailure.disk(reason: String(cString: strerror(errno))) }
      if dryRun {
        try folder.clear()
      } else {
        try BackupOwner.note(identity, in: folder)
        // A backup is not there without the erasures that whoever restores an older one must repeat.
        try erasures.write(into: ErasureList.path(in: folder.path))
        try folder.publish(name, sum)
        try folder.keep(settings.backup.keep, name, at: settings.now())
        try folder.pruneEvidence(name, evidence.names, at: settings.now())
      }
      // The record is safe; whoever asked for the backup is told all the same.
      if !evidence.lacking.isEmpty {
        let names = evidence.lacking.prefix(5).joined(separator: ", ")
        throw BackupFailure.unsound(
          "\(dryRun ? "" : "\(name) was made, but ")\(evidence.lacking.count) files of evidence are missing or damaged, and "
            + "there is no copy of them: \(names)")
      }
      return Backup(name: name, madeAt: madeAt, seq: content.head, bytes: Int64(status.st_size), sha256: sum)
    } catch {
      // The next run deletes what cannot be deleted now.
      do { try folder.clear() } catch {}
      throw error is OpenFailure ? error : BackupFailure(error)
    }
  }

  /// On Linux, 0 is the calling thread alone.
  private static func giveWay(_ niceness: Int32) {
    setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness)
  }

  private func readIdentity() throws -> String {
    let source = try Opening.openReader(database, settings)
    defer { try? source.close() }  // A reader: nothing can be lost.
    do {
      return try source.inDatabase { database in
        if try ClearRemains.areLeft(in: database) {
          throw BackupFailure.unsound("names in clear are left in it: start the server once")
        }
        return try BackupOwner.identity(database)
      }
    } catch {
      throw BackupFailure(error)
    }
  }

  // MARK: Copy

  private func copy() throws -> (name: String, madeAt: Timestamp, FileContent, ErasureList) {
    let source = try Opening.openReader(database, settings)
    defer { try? source.close() }  // A reader: nothing can be lost.
    return try stop.watching(source) { snapshot in
      try snapshot.execute(sql: "BEGIN DEFERRED")
      defer { if snapshot.isInsideTransaction { try? snapshot.execute(sql: "ROLLBACK") } }  // It has only read.
      // The first question takes the snapshot.
      let content = try FileCheck.content(snapshot)
      let (name, madeAt) = try folder.freeName(at: settings.now(), content.head)
      try copy(snapshot, to: folder.file(name + ".partial"))
      return (name, madeAt, content, try Transaction(snapshot, nil).erasureList())
    }
  }

  private func copy(_ snapshot: Database, to path: String) throws {
    try requireRoom(snapshot)
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw BackupFailure.folder(reason: String(cString: strerror(errno))) }
    defer { close(descriptor) }
    var configuration = Configuration()
    configuration.prepareDatabase { database in
      // Until it has its name the copy needs no protection: one that is broken off is deleted. Few pages stay in memory,
      // so that they go to the disk evenly and not all at the end.
      try database.execute(
        sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = 64; PRAGMA temp_store = MEMORY")
    }
    let target = try DatabaseQueue(path: path, configuration: configuration)
    defer { try? target.close() }  // What was not written is found by the proof.
    let pace = Pace(bytesPerSecond: settings.backup.bytesPerSecond)
    try target.inDatabase { target in
      let pageBytes = try Int.fetchOne(snapshot, sql: "PRAGMA page_size") ?? 4_096
      try snapshot.backup(to: target, pagesPerStep: Self.stepPages) { progress in
        try stop.check()
        let log = logBytes
        if log > Self.logBytesMax { throw BackupFailure.logTooLong(bytes: log) }
        // The kernel begins to write now what the sync at the end would else have to wait for, and others with it.
        _ = csqlite_begin_writing(descriptor)
        if !progress.isCompleted, log < Self.logBytesHurry {
          pace.pause(after: progress.completedPageCount * pageBytes)
        }
      }
    }
  }

  /// A full disk would stop the server, too, where both are on one.
  private func requireRoom(_ snapshot: Database) throws {
    let pages = try Int64.fetchOne(snapshot, sql: "PRAGMA page_count") ?? 0
    let bytes = pages * (try Int64.fetchOne(snapshot, sql: "PRAGMA page_size") ?? 4_096)
    guard let space = DiskSpace(of: folder.path) else {
      throw BackupFailure.folder(reason: String(cString: strerror(errno)))
    }
    let source = EvidenceFolder(path: EvidenceFolder.path(of: database))
    let files = EvidenceCopy(source: source, target: folder.evidence).neededBytes(
      for: try Transaction(snapshot, nil).namedFiles())
    // An eighth more: the server's log grows meanwhile.
    let needed = bytes + bytes / 8 + files
    if space.freeBytes < needed { throw BackupFailure.noRoom(bytes: needed) }
  }

  private var logBytes: Int64 {
    var status = stat()
    return stat(database + "-wal", &status) == 0 ? Int64(status.st_size) : 0
  }

  // MARK: Proof and name

  private func prove(_ partial: String, holds content: FileContent) throws {
    let copy = try DatabaseQueue(path: partial, configuration: Connection.configuration(readonly: true))
    defer { try? copy.close() }  // It was only read.
    try stop.watching(copy) { database in
      let vault = try keys(database)
      defer { try? vault?.close() }  // It was only read.
      try FileCheck.prove(database, vault)
      guard try FileCheck.content(database) == content else {
        throw BackupFailure.unsound("it holds other rows than the snapshot")
      }
    }
  }

  /// The files of evidence of a copy of the record.
  private struct Evidence {
    var names: Set<String> = []
    /// Those of which there is no copy, and none can be made.
    var lacking: [String] = []
  }

  /// Copies the files of evidence that are not there yet, and opens those, and some of the others, each once in thirty days.
  private func copyEvidence(namedIn partial: String) throws -> Evidence {
    let copy = try DatabaseQueue(path: partial, configuration: Connection.configuration(readonly: true))
    defer { try? copy.close() }  // It was only read.
    return try stop.watching(copy) { database in
      let vault = try keys(database)
      defer { try? vault?.close() }  // It was only read.
      let files = try Transaction(database, vault).namedFiles()
      let source = EvidenceFolder(path: EvidenceFolder.path(of: self.database))
      let target = dryRun ? source : folder.evidence
      let pace = Pace(bytesPerSecond: settings.backup.bytesPerSecond)
      let evidence = EvidenceCopy(source: source, target: target) { bytes in
        try stop.check()
        pace.pause(after: bytes)
      }
      let today = LegalDate(inJakarta: settings.now()).day
      func isGood(_ file: NamedFile) throws -> Bool {
        guard !dryRun, (file.digest.utf8.reduce(0) { $0 + Int($1) } + today).isMultiple(of: 30) else { return true }
        return try Self.isWhole(file, in: target, vault)
      }
      let outcome = try evidence.copy(files, keeping: isGood)
      var lacking = outcome.lacking
      for file in outcome.copied where try !Self.isWhole(file, in: target, vault) {
        target.delete(file.name)
        lacking.append(file)
      }
      // A file may have been erased since the copy of the record was made.
      let left = try lacking.isEmpty ? [] : lacking.filter { try !isErased($0) }
      return Evidence(names: Set(files.map(\.name)), lacking: left.map(\.name))
    }
  }

  private static func isWhole(_ file: NamedFile, in folder: EvidenceFolder, _ vault: Vault?) throws -> Bool {
    do {
      try EvidenceCheck.prove(file, in: folder, vault, isFull: true)
      return true
    } catch is EvidenceCheck.Fault {
      return false
    }
  }

  private func isErased(_ file: NamedFile) throws -> Bool {
    let live = try Opening.openReader(database, settings)
    defer { try? live.close() }  // It was only read.
    return try live.inDatabase { try !Transaction($0, nil).evidenceNames().contains(file.name) }
  }

  /// What opens the copy; nil where the keys are not at hand: then it is proved without them.
  private func keys(_ copy: Database) throws -> Vault? {
    do {
      return try VaultOpening(path: database, settings: settings).openForReading(copy)
    } catch OpenFailure.keys {
      return nil
    }
  }
}

/// Pauses, so that no more than so many bytes a second go by.
private final class Pace {
  private let bytesPerSecond: Int
  private let start = ContinuousClock.now

  init(bytesPerSecond: Int) { self.bytesPerSecond = bytesPerSecond }

  func pause(after bytes: Int) {
    let due = Double(bytes) / Double(bytesPerSecond)
    let passed = (ContinuousClock.now - start) / .seconds(1)
    // Not longer than a second, so that whoever wants it to stop is heard.
    if due > passed { Thread.sleep(forTimeInterval: min(due - passed, 1)) }
  }
}
