internal import Domain
internal import Foundation
internal import Merkle
internal import Synchronization

/// Signs how far the record has come: soon after a commit, and at least once in every interval in which something was
/// committed. What it signs is on the disk, beside the key, before anybody is shown it.
final class CheckpointSigner: @unchecked Sendable {
  fileprivate struct State {
    var edge: TreeEdge
    var note: SignedNote
    var failures = 0
    /// Whether the thread waits for a commit: only then is it woken.
    var isIdle = false
    var isClosed = false
  }

  /// Where the newest checkpoint of a database stands.
  static func path(of database: String) -> String { database + ".checkpoint" }

  private let path: String
  private let signer: NoteSigner
  private let interval: TimeInterval
  private let state: Mutex<State>
  private let condition = NSCondition()
  private let running = DispatchGroup()

  /// - Parameters:
  ///   - signer: the key, with the origin of the epoch as its name.
  ///   - edge: what is committed.
  ///   - last: the last checkpoint of this epoch, which is on the disk; nil before there is one.
  /// - Throws: when the first checkpoint of an epoch cannot be written.
  init(
    _ database: String, _ signer: NoteSigner, _ edge: TreeEdge, after last: SignedNote?, interval: Duration
  ) throws {
    path = Self.path(of: database)
    self.signer = signer
    self.interval = interval / .seconds(1)
    let note = try last ?? Self.sign(edge, signer)
    if last == nil { try DurableFile.write(note.bytes, to: path) }
    state = Mutex(State(edge: edge, note: note))
  }

  static func sign(_ edge: TreeEdge, _ signer: NoteSigner) throws -> SignedNote {
    var note = try SignedNote(text: Checkpoint(origin: signer.name, size: edge.size, root: edge.root).text)
    try note.sign(with: signer)
    return note
  }

  /// The public key, with the origin of the epoch as its name.
  var verifier: NoteVerifier { signer.verifier }

  /// The newest checkpoint that is on the disk.
  var newest: SignedNote { state.withLock { $0.note } }

  /// Takes note of what was committed.
  func advance(to edge: TreeEdge) {
    let isIdle = state.withLock { state in
      state.edge = edge
      return state.isIdle
    }
    if isIdle { wake() }
  }

  func start() {
    running.enter()
    let thread = Thread { [self] in
      while waitForCommit() {
        signNewest()
        // What is committed meanwhile is signed together.
        rest()
      }
      signNewest()
      running.leave()
    }
    thread.name = "checkpoints"
    thread.start()
  }

  /// Signs what is committed, and ends.
  func close() {
    state.withLock { $0.isClosed = true }
    wake()
    running.wait()
  }

  private func wake() {
    condition.lock()
    condition.broadcast()
    condition.unlock()
  }

  /// Waits until the next checkpoint may be signed, or until it is closed.
  private func rest() {
    condition.lock()
    defer { condition.unlock() }
    let end = Date(timeIntervalSinceNow: interval)
    while !state.withLock({ $0.isClosed }) {
      if !condition.wait(until: end) { return }
    }
  }

  /// False when it is closed.
  private func waitForCommit() -> Bool {
    condition.lock()
    defer { condition.unlock() }
    while true {
      let (isClosed, isBehind) = state.withLock { state in
        state.isIdle = !state.isClosed && !state.isBehind
        return (state.isClosed, state.isBehind)
      }
      if isClosed { return false }
      if isBehind { return true }
      // Who wakes takes the lock first, so that no word is missed between the look and the wait.
      condition.wait()
    }
  }

  /// A disk that is full is tried again with the next interval: what was signed before is served on.
  private func signNewest() {
    let edge = state.withLock { $0.isBehind ? $0.edge : nil }
    guard let edge else { return }
    do {
      let note = try Self.sign(edge, signer)
      try DurableFile.write(note.bytes, to: path)
      state.withLock { $0.note = note }
    } catch {
      state.withLock { $0.failures += 1 }
    }
  }
}

extension CheckpointSigner.State {
  fileprivate var isBehind: Bool { (try? Checkpoint(text: note.text).size) != edge.size }
}
