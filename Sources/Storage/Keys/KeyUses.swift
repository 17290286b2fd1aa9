internal import Domain
internal import Synchronization

/// The hours in which keys were used last. The commit that comes next writes them down, so that no use costs a commit of
/// its own; what was not written when the process is killed is lost.
final class KeyUses: Sendable {
  /// What one event loop knows, under a lock that nobody else asks for.
  private final class Notes: Sendable {
    let hours = Mutex<[String: Int64]>([:])
  }

  private struct State {
    /// Every key that was used since the store was opened.
    var hours: [String: Int64] = [:]
    /// Of them, those whose hour is not written down.
    var unwritten: Set<String> = []
  }

  private static let hourMilliseconds: Int64 = 3_600_000
  private let notes: [Notes]
  private let state = Mutex(State())

  init(readerCount: Int) { notes = (0..<readerCount).map { _ in Notes() } }

  /// Takes note of a use; all but the first in an hour end at the look into a dictionary.
  func note(_ keyID: String, at now: Timestamp, on reader: Int) {
    let hour = now.milliseconds / Self.hourMilliseconds
    let isKnown = notes[reader].hours.withLock { hours in
      if hours[keyID] == hour { return true }
      hours[keyID] = hour
      return false
    }
    if isKnown { return }
    state.withLock { state in
      guard state.hours[keyID] != hour else { return }
      state.hours[keyID] = hour
      state.unwritten.insert(keyID)
    }
  }

  /// The hours of all keys that were used since the store was opened.
  var all: [String: Timestamp] { state.withLock { $0.hours.mapValues(Self.instant) } }

  /// What is to be written; it counts as written.
  func takeUnwritten() -> [String: Timestamp] {
    state.withLock { state in
      if state.unwritten.isEmpty { return [:] }
      defer { state.unwritten = [] }
      return state.hours.filter { state.unwritten.contains($0.key) }.mapValues(Self.instant)
    }
  }

  /// Takes back what could not be written.
  func keepUnwritten(_ uses: [String: Timestamp]) {
    if uses.isEmpty { return }
    state.withLock { $0.unwritten.formUnion(uses.keys) }
  }

  private static func instant(_ hour: Int64) -> Timestamp { Timestamp(milliseconds: hour * hourMilliseconds) }
}
