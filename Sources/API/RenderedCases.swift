internal import Domain
internal import JSON
internal import Synchronization

/// Rendered cases by identity and projection.
///
/// A rendering is a pure function of a case's version and the projection, and it is used only when its version is the one
/// the reader's snapshot holds: it can be missing, but never be stale. Two generations bound the memory: when the young
/// one is full it becomes the old one, and the old one is dropped.
final class RenderedCases: Sendable {
  private struct Key: Hashable {
    let id: CaseID
    let projection: Projection
  }

  private struct Rendering {
    let version: Int
    let json: [UInt8]
  }

  private struct Generations {
    var young: [Key: Rendering] = [:]
    var old: [Key: Rendering] = [:]
    var youngBytes = 0
  }

  private let generations = Mutex(Generations())
  private let generationBytesMax: Int

  init(bytesMax: Int) { generationBytesMax = bytesMax / 2 }

  /// The JSON of the case behind `stub`; nil when it is not at hand.
  func json(_ stub: CaseStub, _ projection: Projection) -> [UInt8]? {
    look(for: Key(id: stub.id, projection: projection), version: stub.version)
  }

  /// Renders a case and keeps what comes of it.
  func render(_ record: Case, _ projection: Projection) -> [UInt8] {
    var writer = JSONWriter(reserving: 4_096)
    CaseJSON.write(record, projection, to: &writer)
    // What is kept takes no more room than it has bytes.
    let json = Array(writer.bytes[...])
    keep(Rendering(version: record.version, json: json), for: Key(id: record.id, projection: projection))
    return json
  }

  private func look(for key: Key, version: Int) -> [UInt8]? {
    generations.withLock { generations in
      if let young = generations.young[key] { return young.version == version ? young.json : nil }
      guard let old = generations.old[key], old.version == version else { return nil }
      insert(old, for: key, &generations)
      return old.json
    }
  }

  private func keep(_ rendering: Rendering, for key: Key) {
    generations.withLock { insert(rendering, for: key, &$0) }
  }

  private func insert(_ rendering: Rendering, for key: Key, _ generations: inout Generations) {
    // 128 bytes stand for the entry itself.
    let bytes = rendering.json.capacity + 128
    if generations.youngBytes + bytes > generationBytesMax {
      generations.old = generations.young
      generations.young = [:]
      generations.youngBytes = 0
    }
    generations.young[key] = rendering
    generations.youngBytes += bytes
  }
}
