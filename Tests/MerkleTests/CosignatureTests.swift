internal import Testing

@testable import Merkle

@Suite("Cosignatures")
struct CosignatureTests {
  private let witness: NoteSigner
  private let note: SignedNote

  init() throws {
    witness = try NoteSigner(name: "witness.example.com/w1", type: .cosignature, seed: [UInt8](repeating: 7, count: 32))
    var note = try SignedNote(text: CheckpointTests.text)
    try note.sign(with: NoteSigner(name: "example.com/behind-the-sofa", type: .ed25519, seed: 1...32))
    self.note = note
  }

  @Test("are read as tlog-cosignature shows one")
  func example() throws {
    let note = try SignedNote(
      Array(
        """
        \(CheckpointTests.text)
        — example.com/behind-the-sofa \
        Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
        — witness.example.com/w1 \
        jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==

        """.utf8))
    let cosignature = try #require(Cosignature(note.signatures[1].bytes))
    #expect(cosignature.time == 1_679_315_147 && cosignature.bytes == note.signatures[1].bytes)
    // The key of the log is of another kind: its 64 bytes are no cosignature.
    #expect(Cosignature(note.signatures[0].bytes) == nil)
  }

  @Test("stand beside the signature of the log, and say when", arguments: [0, 1, 1_679_315_147, Int64.max])
  func times(time: Int64) throws {
    var note = note
    try note.cosign(with: witness, at: time)
    let read = try SignedNote(note.bytes)
    #expect(try read.cosigningTime(of: witness.verifier) == time && read.signatures.count == 2)
    #expect(read.signatures[1].bytes.count == 72)
  }

  @Test("take the place of an earlier one, and the latest counts where there are several")
  func several() throws {
    var (first, second) = (note, note)
    try first.cosign(with: witness, at: 200)
    try second.cosign(with: witness, at: 100)
    let both = try SignedNote(first.bytes + Array((second.signatures[1].line + "\n").utf8))
    #expect(both.signatures.count == 3)
    #expect(try both.cosigningTime(of: witness.verifier) == 200)
    var renewed = both
    try renewed.cosign(with: witness, at: 300)
    #expect(renewed.signatures.count == 2)
    #expect(try renewed.cosigningTime(of: witness.verifier) == 300)
  }

  @Test("are none where the witness has not signed, under its name or another one")
  func absent() throws {
    #expect(try note.cosigningTime(of: witness.verifier) == nil)
    var other = note
    try other.cosign(with: witness.renamed("witness.example.com/w2"), at: 1)
    try other.cosign(with: NoteSigner.generate(name: witness.name, type: .cosignature), at: 1)
    #expect(try other.cosigningTime(of: witness.verifier) == nil)
  }

  @Test("that were changed make the note unbelievable")
  func wrong() throws {
    var cosigned = note
    try cosigned.cosign(with: witness, at: 1_000)
    let bytes = cosigned.signatures[1].bytes
    let error = NoteError.invalidSignature(name: witness.name)
    var later = bytes
    later[7] ^= 1
    var negative = bytes
    negative[0] |= 0x80
    #expect(Cosignature(negative) == nil && Cosignature(later) != nil)
    for bytes in [later, negative, bytes.dropLast(), bytes + [0], Array(bytes.dropFirst(8)), [0]] as [[UInt8]] {
      var forged = note
      try forged.add(NoteSignature(by: witness.verifier, bytes: bytes))
      #expect(throws: error) { try forged.cosigningTime(of: witness.verifier) }
    }
    // A cosignature of one checkpoint under another.
    var other = try SignedNote(text: CheckpointTests.text + "extended\n")
    try other.add(cosigned.signatures[1])
    #expect(throws: error) { try other.cosigningTime(of: witness.verifier) }
  }

  @Test("are of checkpoints, by keys of witnesses, at times after 1970")
  func uses() throws {
    let log = try NoteSigner.generate(name: "log", type: .ed25519)
    var (note, words) = (note, try SignedNote(text: "Only words.\n"))
    #expect(throws: NoteError.wrongKeyType) { try note.cosign(with: log, at: 1) }
    #expect(throws: NoteError.invalidTime) { try note.cosign(with: witness, at: -1) }
    #expect(throws: NoteError.invalidCheckpoint) { try words.cosign(with: witness, at: 1) }
    #expect(throws: NoteError.wrongKeyType) { try note.cosigningTime(of: log.verifier) }
    let cosignature = try Cosignature(of: note.text, by: witness, at: 1)
    #expect(throws: NoteError.wrongKeyType) { try cosignature.isValid(of: note.text, by: log.verifier) }
    #expect(try cosignature.isValid(of: note.text, by: witness.verifier))
  }
}
