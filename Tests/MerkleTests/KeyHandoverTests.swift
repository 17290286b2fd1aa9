internal import Testing

@testable internal import Merkle

/// The note by which the key of a log hands over to the next one.
@Suite("A handover")
struct KeyHandoverTests {
  private static let old = try? NoteSigner(name: "log", type: .ed25519, seed: [UInt8](repeating: 1, count: 32))
  private static let new = try? NoteSigner(name: "log", type: .ed25519, seed: [UInt8](repeating: 2, count: 32))

  private func handover(_ size: Int64 = 7) throws -> KeyHandover {
    let successor = try #require(Self.new).verifier
    return try KeyHandover(origin: "log/1", size: size, root: Hash(of: [1]), successor: successor)
  }

  @Test("has one spelling, which is that of no checkpoint")
  func text() throws {
    let handover = try handover()
    #expect(
      handover.text == """
        netral key handover v1
        log/1
        7
        \(handover.root.base64)
        \(handover.successor.text)

        """)
    #expect(try KeyHandover(text: handover.text) == handover)
    #expect(throws: NoteError.invalidCheckpoint) { try Checkpoint(text: handover.text) }
    let checkpoint = try Checkpoint(origin: "log/1", size: 7, root: handover.root).text
    #expect(throws: NoteError.invalidHandover) { try KeyHandover(text: checkpoint) }
    for (part, other) in [
      ("v1", "v2"), ("\n7\n", "\n07\n"), ("\n7\n", "\n-7\n"), ("log/1\n", ""), ("\nlog/1", "\nlog 1"),
      (handover.root.base64, "x"), ("log+", "lag+"), (handover.successor.text, "\(handover.successor.text)\nmore"),
    ] {
      #expect(throws: NoteError.self) { try KeyHandover(text: handover.text.replacing(part, with: other)) }
    }
    let witness = try NoteSigner.generate(name: "log", type: .cosignature).verifier
    #expect(throws: NoteError.invalidHandover) {
      try KeyHandover(origin: "log/1", size: 7, root: handover.root, successor: witness)
    }
  }

  @Test("is signed under the origin, and stands among others with an empty line between them")
  func notes() throws {
    let old = try #require(Self.old)
    let notes = try [7, 9].map { try handover($0).signed(by: old) }
    for note in notes { #expect(try note.isSigned(by: old.verifier.renamed("log/1"))) }
    let bytes = KeyHandover.joined(notes.map(\.bytes))
    #expect(try KeyHandover.notes(bytes) == notes)
    #expect(try KeyHandover.notes([]).isEmpty)
    for bad in [Array(bytes.dropLast()), Array(bytes.dropFirst(30)), [10], Array("x\n".utf8), bytes + [10]] {
      #expect(throws: NoteError.self) {
        for note in try KeyHandover.notes(bad) { _ = try KeyHandover(text: note.text) }
      }
    }
  }
}
