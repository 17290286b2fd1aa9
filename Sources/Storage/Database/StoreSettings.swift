public import Domain
internal import Foundation

/// Limits of the store.
public struct StoreSettings: Sendable {
  /// Writes that may wait; one more is refused as `busy`. Default 1,024: at 64 writes a commit that is well under a
  /// second of work. As many pieces of long reading may wait.
  public var queueMax = 1_024
  /// Of one agency; one more is refused as `too_many_requests`. Default 512: two agencies together cannot fill the line
  /// for the others.
  public var queuePerOwnerMax = 512
  /// Writes that share one commit. Default 256: beyond that the sync no longer dominates.
  public var batchMax = 256
  /// How long a question may take. Default 5 s.
  public var readTimeout: Duration = .seconds(5)
  /// Requests that may wait for a change; one agency may have half of them. Default 4,000: some 40 MB of connections.
  public var waitersMax = 4_000
  /// Bytes that one agency may store on a day in Jakarta, or half of what the disk had left when the day began, if that is
  /// less. Default 1 GiB: some 300,000 cases, more than all elections have had.
  public var bytesPerAgencyPerDay = 1 << 30
  /// How long an idempotency key is remembered. Default 7 days (the contract).
  public var idempotencyLifetime: Duration = .seconds(7 * 86_400)
  /// Page cache of the writer. Default 64 MiB: the indexes of some 500,000 cases, which an import meets in no order.
  public var writerCacheBytes = 64 << 20
  /// Whether checkpoints are signed: not of a file that is opened for a drill.
  var signsRecord = true
  /// How long after a checkpoint the next one is signed at the earliest. Default 1 s.
  public var checkpointInterval = Duration.seconds(1)
  /// Where the master key stands; nil: beside the database, in `FILE.master`.
  public var masterKeyFile: String?
  /// Backups.
  public var backup = BackupSettings()
  /// How long no write must have come before the index of words is brought up to date. Default 200 ms: nobody waits for it,
  /// and a write that comes meanwhile waits for a commit of the index.
  public var wordsDelay = Duration.milliseconds(200)
  /// Clock; tests fix it.
  public var now: @Sendable () -> Timestamp = { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }

  /// The defaults.
  public init() {}

  /// The same for long reading, where one question may take 60 s: counting a snapshot of ten million cases.
  var forLongReading: StoreSettings {
    var settings = self
    settings.readTimeout = .seconds(60)
    return settings
  }
}
