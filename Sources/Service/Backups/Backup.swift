public import Domain

/// One backup: a whole file of its own that was verified before it got its name.
public struct Backup: Sendable, Equatable {
  /// `netral-YYYYMMDDTHHMMSSZ-SEQ.sqlite`, the time being UTC.
  public var name: String
  /// When its snapshot was taken, to the second.
  public var madeAt: Timestamp
  /// The newest sequence it holds; 0 when nothing has happened.
  public var seq: Int64
  /// Size of the file.
  public var bytes: Int64
  /// SHA-256 of the file in hexadecimal; nil when the file of that sum is missing, and then it is no backup to rely on.
  public var sha256: String?

  /// How far a time may lie ahead: several backups of one second take the next ones, and a clock is set by little steps.
  private static let aheadSecondsMax: Int64 = 300

  /// True when its time has not come yet: the clock ran fast then, is slow now, or the file was named by hand. How old it is
  /// cannot be told.
  public func isAhead(of now: Timestamp) -> Bool { madeAt > now.adding(seconds: Self.aheadSecondsMax) }

  public init(name: String, madeAt: Timestamp, seq: Int64, bytes: Int64, sha256: String?) {
    self.name = name
    self.madeAt = madeAt
    self.seq = seq
    self.bytes = bytes
    self.sha256 = sha256
  }
}

/// How backups stand, for whoever watches over the service.
///
/// The last success is what lies in the folder, whoever made it, so that it survives a restart and counts backups made by
/// the command line. Failures are those of this process.
public struct BackupStatus: Sendable, Equatable {
  /// False when no folder is set: then there are no backups to watch over.
  public var isConfigured = false
  /// True while this process makes one.
  public var isRunning = false
  /// The newest backup in the folder, one whose time has come where there is one; nil when there is none.
  public var newest: Backup?
  /// Backups in the folder.
  public var count = 0
  /// Of them, those whose time has not come yet.
  public var aheadCount = 0
  /// Backups this process has made.
  public var successes = 0
  /// Backups this process could not make.
  public var failures = 0
  /// When one failed last.
  public var lastFailureAt: Timestamp?
  /// Why, in a sentence without names and numbers of people.
  public var lastFailure: String?

  /// No folder, nothing known.
  public init() {}
}
