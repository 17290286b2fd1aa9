internal import CSQLite
internal import Foundation

/// What can be told of the disk and the clock under a database, from outside the database.
enum DiskProbe {
  /// File systems by their number (statfs(2)): those that lose files with the machine, and those whose locks or syncs
  /// depend on another machine (https://sqlite.org/howtocorrupt.html, section 2).
  private static let volatile: [Int: String] = [0x0102_1994: "tmpfs", 0x8584_58F6: "ramfs"]
  private static let distant: [Int: String] = [
    0x6969: "NFS", 0xFF53_4D42: "CIFS", 0xFE53_4D42: "SMB", 0x517B: "SMB", 0x6573_5546: "FUSE", 0x0102_1997: "9P",
    0x00C3_6400: "Ceph", 0x0BD0_0BD0: "Lustre", 0x5346_414F: "AFS",
  ]
  private static let overlay = 0x794C_7630

  /// Least free space: a day of busy writing, and a log at its longest.
  static let freeBytesMin: Int64 = 1 << 30

  /// A disk that answers faster does not wait for its medium. The fastest that keep what they were given without power,
  /// with a condenser or Optane, take some 10 to 20 microseconds for a sync; a file system adds its own.
  private static let syncMicrosecondsMin = 8.0
  private static let syncCount = 50

  static func fileSystem(_ folder: String) -> Finding {
    let type = csqlite_file_system_type(folder)
    if let name = volatile[type] {
      return Finding(
        "file system", .fault, "the database lies on \(name), which is lost with the machine's power",
        "move it to a disk")
    }
    if let name = distant[type] {
      return Finding(
        "file system", .warning, "the database lies on \(name), where locks and syncs depend on another machine",
        "move it to a local disk")
    }
    if type == overlay {
      return Finding(
        "file system", .warning, "the database lies in the layers of a container, and goes away with it",
        "mount a volume for it")
    }
    return Finding("file system", .ok, "the file system is local")
  }

  /// Times syncs of one page in a file of its own beside the database.
  static func syncs(_ folder: String) -> Finding {
    let path = "\(folder)/.netral-doctor-\(getpid())"
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      return Finding(
        "sync", .warning, "syncs cannot be timed: \(String(cString: strerror(errno)))",
        "run it as the user of the server")
    }
    defer {
      close(descriptor)
      unlink(path)
    }
    let page = [UInt8](repeating: 0x4E, count: 4_096)
    var times: [Double] = []
    for _ in 0..<syncCount {
      let start = ContinuousClock.now
      guard pwrite(descriptor, page, page.count, 0) == page.count, fdatasync(descriptor) == 0 else {
        return Finding("sync", .fault, "a sync fails: \(String(cString: strerror(errno)))", "look at the disk")
      }
      times.append((ContinuousClock.now - start) / .microseconds(1))
    }
    return judgement(times.sorted()[syncCount / 2])
  }

  /// What a median of so many microseconds tells.
  static func judgement(_ median: Double) -> Finding {
    let figure = "\(Int(median.rounded())) microseconds"
    if median < syncMicrosecondsMin {
      return Finding(
        "sync", .fault, "a sync takes \(figure), faster than any disk: it does not reach one",
        "look for eatmydata, a mount without barriers, or a virtual disk with the cache mode unsafe")
    }
    if median > 50_000 {
      return Finding("sync", .warning, "a sync takes \(figure): every write waits for it", "use a faster disk")
    }
    return Finding(
      "sync", .ok,
      "a sync takes \(figure), which a real disk can do; whether its own cache survives a power cut cannot be told")
  }

  static func room(_ folder: String, _ what: String) -> Finding {
    guard let space = DiskSpace(of: folder) else {
      return Finding("room", .warning, "the free space for \(what) cannot be told", "look at the folder's mode")
    }
    let (free, text) = (space.freeBytes, "\(space.freeBytes >> 20) MiB are free for \(what)")
    if free < min(freeBytesMin / 8, space.totalBytes / 50) {
      return Finding("room", .fault, text, "make room: without it writes are refused")
    }
    if free < freeBytesMin { return Finding("room", .warning, text, "make room") }
    return Finding("room", .ok, text)
  }

  /// Whether the kernel's clock is kept by a time server (adjtimex(2)); deadlines are dates.
  static func clock() -> Finding {
    switch csqlite_clock_is_synchronised() {
    case 1: Finding("clock", .ok, "the clock is synchronised")
    case 0:
      Finding(
        "clock", .warning, "the kernel knows of no synchronisation of the clock",
        "run systemd-timesyncd or chrony, unless the host of this machine keeps its time")
    default: Finding("clock", .warning, "whether the clock is synchronised cannot be told", nil)
    }
  }

  /// A file or folder that others than its owner may read, or that somebody else owns.
  ///
  /// - Parameters:
  ///   - path: nil is answered when there is nothing.
  ///   - owners: who may own it; nil: anybody.
  static func privacy(_ path: String, _ what: String, owners: Set<uid_t>? = nil) -> Finding? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    if let finding = foreignOwner(status, what, owners) { return finding }
    let mode = status.st_mode & 0o777
    if mode & 0o077 != 0 {
      let isFolder = status.st_mode & S_IFMT == S_IFDIR
      return Finding(
        "modes", .fault, "\(what) has the mode 0\(String(mode, radix: 8)): others than its owner may use it",
        "chmod \(isFolder ? "700" : "600")")
    }
    return Finding("modes", .ok, "\(what) is for its owner alone")
  }

  /// A folder in which others than its owner may make, replace and delete files, or that somebody else owns. That others may
  /// read its names is no fault.
  static func folder(_ path: String, _ what: String, owners: Set<uid_t>?) -> Finding? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    if let finding = foreignOwner(status, what, owners) { return finding }
    let mode = status.st_mode & 0o7777
    if mode & 0o022 != 0 {
      return Finding(
        "modes", .fault,
        "\(what) has the mode 0\(String(mode, radix: 8)): others may put files in the place of its own",
        "chmod 700")
    }
    return Finding("modes", .ok, "only its owner may write to \(what)")
  }

  private static func foreignOwner(_ status: stat, _ what: String, _ owners: Set<uid_t>?) -> Finding? {
    guard let owners, !owners.contains(status.st_uid) else { return nil }
    return Finding(
      "modes", .fault, "\(what) belongs to the user \(status.st_uid), who may do with it what they like",
      "chown it to the user of the server")
  }
}
