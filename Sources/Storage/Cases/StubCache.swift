internal import Domain
internal import Synchronization

/// What decides the visibility of cases read lately, so that the hottest question needs no database.
///
/// Exact, because one process owns the file: the writer drops what a commit has changed before it acknowledges anything,
/// and a reader keeps what it has read only when nothing was committed meanwhile.
final class StubCache: Sendable {
  /// Counts commits; tells a reader whether what it read may already be old.
  typealias Generation = UInt64

  private struct Content {
    var stubs: [CaseID: CaseStub] = [:]
    var generation: Generation = 0
  }

  private let content = Mutex(Content())
  /// Entries kept; about 100 bytes each. When it is full it starts anew.
  private let countMax = 32_768

  /// The stub, or the generation to hand in with what is read instead.
  func look(for id: CaseID) -> (stub: CaseStub?, generation: Generation) {
    content.withLock { ($0.stubs[id], $0.generation) }
  }

  func keep(_ stub: CaseStub, readAt generation: Generation) {
    content.withLock { content in
      guard content.generation == generation else { return }
      if content.stubs.count >= countMax { content.stubs.removeAll(keepingCapacity: true) }
      content.stubs[stub.id] = stub
    }
  }

  /// Drops what a commit has changed.
  func drop(_ changed: Set<CaseID>) {
    content.withLock { content in
      content.generation += 1
      for id in changed { content.stubs[id] = nil }
    }
  }
}
