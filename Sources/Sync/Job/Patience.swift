internal import Foundation

/// How often a job asks again after a fault that may pass.
struct Patience {
  let retries: Int
  let progress: ProgressLine

  /// Asks, and asks again with growing pauses after a fault that may pass.
  ///
  /// - Parameter reached: how far the job has come. As long as it advances, the count of tries begins anew.
  func asking<Value>(reached: () throws -> ReplicaState? = { nil }, _ body: () throws -> Value) throws -> Value {
    var (failures, before) = (0, try reached())
    while true {
      do {
        return try body()
      } catch SyncFault.passing(let text, let retryAfterSeconds) {
        let state = try reached()
        if state != before { (failures, before) = (0, state) }
        guard failures < retries else { throw SyncFault.passing(text, retryAfterSeconds: nil) }
        let seconds = min(max(1 << min(failures, 6), retryAfterSeconds ?? 0), 300)
        progress.warn("\(text); asking again in \(seconds) s")
        Thread.sleep(forTimeInterval: TimeInterval(seconds))
        failures += 1
      }
    }
  }
}
