import Foundation
import TestSupport
import Testing

extension FuzzTarget: CustomTestStringConvertible {
  var testDescription: String { name }

  /// What is kept: hostile inputs by hand, what libFuzzer reached new code with, and what it found.
  func corpus() throws -> [(file: String, bytes: [UInt8])] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "corpus/\(name)")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    return try files.map { ($0, Array(try Data(contentsOf: folder.appending(path: $0)))) }
  }
}

/// The readers of hostile bytes without instrumentation; the long run with it is `scripts/fuzz`.
@Suite("A reader of hostile bytes")
struct FuzzTests {
  @Test("keeps its promises for everything that is kept", arguments: FuzzTarget.all)
  func corpus(_ target: FuzzTarget) throws {
    let corpus = try target.corpus()
    #expect(!corpus.isEmpty)
    for (_, bytes) in corpus { target.run(bytes) }
  }

  @Test("keeps its promises for random changes of it", arguments: FuzzTarget.all)
  func changes(_ target: FuzzTarget) throws {
    let given = ProcessInfo.processInfo.environment["NETRAL_SEED"].flatMap(UInt64.init)
    let seed = given ?? UInt64.random(in: 0...999_999)
    print("NETRAL_SEED=\(seed) (\(target.name))")
    var numbers = SeededGenerator(seed: seed)
    let corpus = try target.corpus().map(\.bytes)
    for _ in 0..<500 {
      let one = corpus.randomElement(using: &numbers) ?? []
      let other = corpus.randomElement(using: &numbers) ?? []
      target.run(Self.changed(one, with: other, by: &numbers))
    }
  }

  /// A few random changes: bytes replaced, taken out, doubled, and pieces of another input put in.
  private static func changed(_ bytes: [UInt8], with other: [UInt8], by numbers: inout SeededGenerator) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &numbers) {
      let place = Int.random(in: 0...bytes.count, using: &numbers)
      let end = Int.random(in: place...min(bytes.count, place + 16), using: &numbers)
      switch Int.random(in: 0..<4, using: &numbers) {
      case 0: bytes.insert(UInt8.random(in: 0...255, using: &numbers), at: place)
      case 1: bytes.removeSubrange(place..<end)
      case 2: bytes.insert(contentsOf: bytes[place..<end], at: place)
      default:
        let start = Int.random(in: 0...other.count, using: &numbers)
        bytes.replaceSubrange(place..<end, with: other[start..<min(other.count, start + 16)])
      }
    }
    return bytes
  }
}
