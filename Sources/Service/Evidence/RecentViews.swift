internal import Domain
internal import Synchronization

/// Which files keys were given a short while ago, so that a video that is wound is one view. It is kept in memory: after a
/// start one more view is on record.
final class RecentViews: Sendable {
  struct View: Hashable {
    let keyID: String
    let id: CaseID
    let sha256: String
  }

  private enum Entry {
    case recorded(Timestamp)
    /// It is being recorded; those who wait are told whether it was.
    case recording([CheckedContinuation<Bool, Never>])
  }

  private static let hour: Int64 = 3_600_000
  /// Some megabytes of them.
  private static let countMax = 20_000

  private let entries = Mutex<[View: Entry]>([:])

  /// Records a view unless that was done within the hour. Whoever asks while another one records waits for that one.
  ///
  /// - Throws: what `record` throws.
  func once(_ view: View, at now: Timestamp, _ record: () async throws -> Void) async throws {
    while true {
      let isMine = entries.withLock { entries -> Bool? in
        switch entries[view] {
        case .recorded(let time)? where now.milliseconds - time.milliseconds < Self.hour: return false
        case .recording?: return nil
        case .recorded?, nil:
          makeRoom(in: &entries, at: now)
          entries[view] = .recording([])
          return true
        }
      }
      if isMine == false { return }
      if isMine == true { break }
      let wasRecorded = await withCheckedContinuation { continuation in
        let isOver = entries.withLock { entries in
          guard case .recording(let waiting)? = entries[view] else { return true }
          entries[view] = .recording(waiting + [continuation])
          return false
        }
        if isOver { continuation.resume(returning: false) }
      }
      if wasRecorded { return }
    }
    do {
      try await record()
    } catch {
      settle(view, nil)
      throw error
    }
    settle(view, .recorded(now))
  }

  private func settle(_ view: View, _ entry: Entry?) {
    let waiting = entries.withLock { entries in
      defer { entries[view] = entry }
      if case .recording(let waiting)? = entries[view] { return waiting }
      return []
    }
    for continuation in waiting { continuation.resume(returning: entry != nil) }
  }

  private func makeRoom(in entries: inout [View: Entry], at now: Timestamp) {
    guard entries.count >= Self.countMax else { return }
    func isRecent(_ entry: Entry) -> Bool {
      if case .recorded(let time) = entry { now.milliseconds - time.milliseconds < Self.hour } else { true }
    }
    func isRecording(_ entry: Entry) -> Bool { if case .recording = entry { true } else { false } }
    entries = entries.filter { isRecent($0.value) }
    if entries.count >= Self.countMax { entries = entries.filter { isRecording($0.value) } }
  }
}
