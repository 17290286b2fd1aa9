public import Domain

/// How a store stands at one moment: what waits, what it has done, and the room it has. It names nobody but agencies.
public struct StoreCondition: Sendable {
  /// The newest sequence.
  public var head: Int64
  /// Writes that wait, by their owners; owners of none are left out.
  public var queued: [KeyOwner: Int]
  /// Writes that may wait in all.
  public var queueMax: Int
  /// How long the oldest write has waited; zero when none waits.
  public var oldestWait: Duration
  /// Pieces of long reading that wait.
  public var longReadsQueued: Int
  /// Requests that wait for a change.
  public var waiters: Int
  /// What has become of commits since the store was opened.
  public var commits: CommitRecord
  /// Length of the file and of its log, in bytes; nil when the file system does not say.
  public var databaseBytes: Int64?
  public var logBytes: Int64?
  /// What the file system has left for this program, in bytes; nil when it does not say.
  public var diskFreeBytes: Int64?

  public init(
    head: Int64, queued: [KeyOwner: Int], queueMax: Int, oldestWait: Duration, longReadsQueued: Int, waiters: Int,
    commits: CommitRecord, databaseBytes: Int64?, logBytes: Int64?, diskFreeBytes: Int64?
  ) {
    self.head = head
    self.queued = queued
    self.queueMax = queueMax
    self.oldestWait = oldestWait
    self.longReadsQueued = longReadsQueued
    self.waiters = waiters
    self.commits = commits
    self.databaseBytes = databaseBytes
    self.logBytes = logBytes
    self.diskFreeBytes = diskFreeBytes
  }

  /// True when one more write would be refused.
  public var isFull: Bool { queued.values.reduce(0, +) >= queueMax }
}

/// What has become of commits since the store was opened. A batch of which every write was refused counts as one, though
/// nothing of it was kept.
public struct CommitRecord: Sendable {
  /// Commits that did not come about; nothing of them was acknowledged.
  public var failures: UInt64 = 0
  /// Writes that shared a commit.
  public var batchSizes = Histogram(bounds: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512])
  /// Seconds from the beginning of a transaction until it was on the disk.
  public var seconds = Histogram(bounds: [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
  ])

  /// Nothing was committed yet.
  public init() {}
}

/// How many open clocks of a kind are in a state.
public struct OpenClockCount: Sendable, Equatable {
  /// `overdue` is not recorded, and follows from the day.
  public enum State: String, Sendable, CaseIterable { case running, paused, overdue }

  public var kind: ClockKind
  public var state: State
  public var count: Int

  public init(kind: ClockKind, state: State, count: Int) {
    self.kind = kind
    self.state = state
    self.count = count
  }
}
