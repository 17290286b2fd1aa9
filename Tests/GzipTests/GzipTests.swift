internal import Foundation
internal import Gzip
internal import Testing

@Suite struct GzipTests {
  /// Bytes that compress, and bytes that do not.
  private static let texts: [[UInt8]] = [
    [], Array("a".utf8), Array(String(repeating: "kasus ", count: 50_000).utf8),
    (0..<300_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 7) },
  ]

  private static func deflated(_ bytes: [UInt8], pieces: Int) -> [UInt8] {
    let deflater = Deflater()
    var output: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: max(1, bytes.count / pieces)) {
      output += deflater.compress(Array(bytes[start..<min(bytes.count, start + max(1, bytes.count / pieces))]))
    }
    return output + deflater.finish()
  }

  private static func inflated(_ bytes: [UInt8], by step: Int) throws -> [UInt8] {
    let inflater = Inflater()
    var output: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: step) {
      var input = bytes[start..<min(bytes.count, start + step)]
      while let piece = try inflater.next(from: &input) { output += piece }
    }
    try inflater.finish()
    return output
  }

  @Test(arguments: texts.indices, [1, 7])
  func `what is compressed in any pieces is read back in any pieces`(text: Int, pieces: Int) throws {
    let bytes = Self.texts[text]
    let packed = Self.deflated(bytes, pieces: pieces)
    for step in [1, 1_000, packed.count] { #expect(try Self.inflated(packed, by: step) == bytes) }
  }

  @Test func `a few bytes that stand for many come in small pieces`() throws {
    let bomb = Self.deflated([UInt8](repeating: 32, count: 50_000_000), pieces: 1)
    #expect(bomb.count < 300_000)
    let inflater = Inflater()
    var input = bomb[...]
    var total = 0
    while let piece = try inflater.next(from: &input) {
      #expect(piece.count <= 65_536)
      total += piece.count
    }
    #expect(total == 50_000_000)
  }

  @Test(arguments: [1, 7, 100_000])
  func `several members are one text`(step: Int) throws {
    let (one, two) = (Self.deflated(Self.texts[2], pieces: 1), Self.deflated([UInt8]("x".utf8), pieces: 1))
    #expect(try Self.inflated(one + two + one, by: step) == Self.texts[2] + [UInt8]("x".utf8) + Self.texts[2])
    #expect(throws: Inflater.Fault.truncated) { try Self.inflated(one + two.dropLast(3), by: step) }
  }

  @Test func `what is broken, cut off or followed by what is no gzip is refused`() throws {
    let packed = Self.deflated(Self.texts[2], pieces: 1)
    var changed = packed
    changed[packed.count / 2] ^= 0xFF
    #expect(throws: Inflater.Fault.self) { try Self.inflated(changed, by: 1_000) }
    #expect(throws: Inflater.Fault.truncated) { try Self.inflated(Array(packed.dropLast()), by: 1_000) }
    #expect(throws: Inflater.Fault.self) { try Self.inflated(packed + [1, 2, 3], by: 1_000) }
    #expect(throws: Inflater.Fault.corrupt) { try Self.inflated(Array("{\"id\":1}".utf8), by: 3) }
    #expect(throws: Inflater.Fault.truncated) { try Self.inflated([], by: 1) }
  }
}
