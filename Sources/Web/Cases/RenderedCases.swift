internal import Domain
internal import JSON
internal import Synchronization

/// Rendered cases by identity and projection.
///
/// A rendering is a pure function of a case's version and the projection, and it is used only when its version is the one
/// the reader's snapshot holds: it can be missing, but never be stale. What was not asked for since the hand came by last
/// makes room for what comes (the clock algorithm): what is asked for again and again stays.
final class RenderedCases: Sendable {
  private struct Key: Hashable {
    let id: CaseID
    let projection: Projection
  }

  private struct Rendering {
    let key: Key
    let version: Int
    let json: [UInt8]
    var isAskedFor = false

    /// 160 bytes stand for the entry itself.
    var bytes: Int { json.count + 160 }
  }

  private struct Kept {
    /// Where each rendering stands.
    var places: [Key: Int] = [:]
    var renderings: [Rendering] = []
    var bytes = 0
    var hand = 0
  }

  private let kept = Mutex(Kept())
  /// 16 MiB: some 6,000 cases as they usually are, more than all agencies ask for within minutes.
  private static let bytesMax = 16 << 20

  /// The JSON of the case behind `stub`; nil when it is not at hand.
  func json(_ stub: CaseStub, _ projection: Projection) -> [UInt8]? {
    kept.withLock { kept in
      guard let place = kept.places[Key(id: stub.id, projection: projection)],
        kept.renderings[place].version == stub.version
      else { return nil }
      kept.renderings[place].isAskedFor = true
      return kept.renderings[place].json
    }
  }

  /// Forgets every rendering.
  func forget() { kept.withLock { $0 = Kept() } }

  /// Renders a case and keeps what comes of it.
  func render(_ record: Case, _ projection: Projection) -> [UInt8] {
    var writer = JSONWriter(reserving: 4_096)
    CaseJSON.write(record, projection, to: &writer)
    // What is kept takes no more room than it has bytes.
    let json = Array(writer.bytes[...])
    keep(Rendering(key: Key(id: record.id, projection: projection), version: record.version, json: json))
    return json
  }

  private func keep(_ rendering: Rendering) {
    guard rendering.bytes <= Self.bytesMax else { return }
    kept.withLock { kept in
      if let place = kept.places[rendering.key] {
        kept.bytes += rendering.bytes - kept.renderings[place].bytes
        kept.renderings[place] = rendering
      } else {
        kept.places[rendering.key] = kept.renderings.count
        kept.renderings.append(rendering)
        kept.bytes += rendering.bytes
      }
      while kept.bytes > Self.bytesMax { Self.turnHand(&kept) }
    }
  }

  /// Passes by what was asked for, once, and drops what was not.
  private static func turnHand(_ kept: inout Kept) {
    if kept.hand >= kept.renderings.count { kept.hand = 0 }
    let hand = kept.hand
    if kept.renderings[hand].isAskedFor {
      kept.renderings[hand].isAskedFor = false
      kept.hand += 1
      return
    }
    let dropped = kept.renderings[hand]
    kept.bytes -= dropped.bytes
    kept.places[dropped.key] = nil
    // The last one takes the place, so that there are no gaps.
    let last = kept.renderings.removeLast()
    guard hand < kept.renderings.count else {
      // What comes next stands here: it must not be the first to be dropped.
      kept.hand = 0
      return
    }
    kept.renderings[hand] = last
    kept.places[last.key] = hand
    kept.hand += 1
  }
}
