public import Domain

/// Waiting for what happens.
public protocol ChangeStore: Sendable {
  /// Returns true when something after `seq` was committed that may be visible to `agency`; false when `duration` has
  /// passed or nobody is to wait any longer.
  ///
  /// - Throws: `too_many_requests` when many requests of the agency wait already; `busy` when many of all do.
  func waitForChange(visibleTo agency: AgencyCode, after seq: Int64, atMost duration: Duration) async throws(Failure)
    -> Bool
  /// Lets everyone go who waits for a change, now and from now on, and breaks off a backup.
  func stopWaiting()
}
