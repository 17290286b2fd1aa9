internal import Domain
internal import Fairness
internal import Synchronization

/// The requests of one event loop when many wait: owners are served in turn, so that one agency's flood delays another's
/// request by about one request of it.
///
/// A loop runs what is ready in the order of arrival, and cannot know whose it is before the key is read. So everyone is
/// let in quickly as far as the key, and then waits here. Who is served first calls the next one and then does its own
/// work: calls never pile up.
final class LoopTurns: Sendable {
  private struct State {
    var waiting = RoundRobin<KeyOwner, CheckedContinuation<Void, Never>>()
    /// Whether somebody is about to call the next one.
    var isCalling = false
  }

  private let state = Mutex(State())

  /// Requests of one owner that may wait here.
  private let ownerCountMax: Int

  init(ownerCountMax: Int) { self.ownerCountMax = ownerCountMax }

  /// Jobs that may wait on a loop before turns are taken: fewer are done in a millisecond or two.
  private static let crowd = 32

  private enum Place {
    case free, first, queued, refused
  }

  /// Whether a turn must be taken: the question that every request asks, and mostly the only one.
  func isCrowded(_ waiting: Int) -> Bool { waiting >= Self.crowd || state.withLock { $0.isCalling } }

  /// Returns when it is the owner's turn; at once unless the loop is crowded.
  ///
  /// - Throws: `too_many_requests` when many of the owner wait.
  func take(_ owner: KeyOwner, waiting: Int) async throws(Failure) {
    let place = state.withLock { state -> Place in
      if state.isCalling { return state.waiting.count(of: owner) < ownerCountMax ? .queued : .refused }
      guard waiting >= Self.crowd else { return .free }
      state.isCalling = true
      return .first
    }
    switch place {
    case .free: return
    case .refused: throw .tooManyRequests
    case .first:
      // Those who wait on the loop come as far as here before the first one is called.
      await Task.yield()
      callNext()
    case .queued:
      await withCheckedContinuation { continuation in
        let isAlone = state.withLock { state in
          guard state.isCalling else { return true }
          state.waiting.append(continuation, of: owner)
          return false
        }
        if isAlone { continuation.resume() }
      }
      callNext()
    }
  }

  private func callNext() {
    let next = state.withLock { state in
      let next = state.waiting.popFirst()
      state.isCalling = next != nil
      return next
    }
    next?.resume()
  }
}

extension Failure {
  static let tooManyRequests = Failure(
    .tooManyRequests, en: "Too many requests of your agency wait; try again shortly.",
    inIndonesian: "Terlalu banyak permintaan lembaga Anda menunggu; coba lagi sebentar lagi.")
}
