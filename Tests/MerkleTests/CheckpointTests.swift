internal import Testing

@testable import Merkle

@Suite("Checkpoints")
struct CheckpointTests {
  /// The example of C2SP tlog-checkpoint and tlog-cosignature.
  static let text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
  private static let root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="

  @Test("are read and written as tlog-checkpoint shows one")
  func example() throws {
    let checkpoint = try Checkpoint(text: Self.text)
    #expect(checkpoint.origin == "example.com/behind-the-sofa" && checkpoint.size == 20_852_163)
    #expect(checkpoint.root.base64 == Self.root && checkpoint.extensionLines.isEmpty && checkpoint.text == Self.text)
  }

  @Test("keep extension lines, blanks in an origin, and the smallest and the largest size")
  func others() throws {
    let texts = [
      Self.text + "one\ntwo words\n", "go.sum database tree\n0\n\(Self.root)\n",
      "a\n9223372036854775807\n\(Self.root)\n", "é\n1\n\(Self.root)\n— x\n",
    ]
    for text in texts { #expect(try Checkpoint(text: text).text == text) }
    #expect(try Checkpoint(text: texts[0]).extensionLines == ["one", "two words"])
  }

  @Test("are not the same in two spellings of an accent, nor are notes and names")
  func spellings() throws {
    let (one, other) = ("\u{E9}", "e\u{301}")
    #expect(one == other)
    let root = MerkleTree.emptyRoot
    let first = try Checkpoint(origin: one, size: 0, root: root)
    let second = try Checkpoint(origin: other, size: 0, root: root)
    #expect(first != second && Set([first, second, first]).count == 2)
    #expect(try SignedNote(text: first.text) != SignedNote(text: second.text))
    let signer = try NoteSigner.generate(name: one, type: .ed25519)
    var note = try SignedNote(text: first.text)
    try note.sign(with: signer)
    #expect(try !note.isSigned(by: signer.verifier.renamed(other)) && note.isSigned(by: signer.verifier))
  }

  @Test("refuse a prefix, wherever it is cut off")
  func truncated() {
    for length in 0..<Self.text.count {
      #expect(throws: NoteError.invalidCheckpoint) { try Checkpoint(text: String(Self.text.prefix(length))) }
    }
  }

  @Test(
    "refuse another spelling",
    arguments: [
      "\n1\n\(root)\n", "a\n01\n\(root)\n", "a\n00\n\(root)\n", "a\n+1\n\(root)\n", "a\n-1\n\(root)\n",
      "a\n-0\n\(root)\n", "a\n 1\n\(root)\n", "a\n1 \n\(root)\n", "a\n1.0\n\(root)\n", "a\n1e3\n\(root)\n",
      "a\n0x1\n\(root)\n", "a\n\n\(root)\n", "a\n٣\n\(root)\n", "a\n9223372036854775808\n\(root)\n",
      "a\n99999999999999999999999999999\n\(root)\n", "a\n1\n\(root)", "a\n1\n\(root)\n\n", "a\n1\n\(root)\n\nb\n",
      "a\r\n1\r\n\(root)\r\n", "a\n1\r\n\(root)\n", "a\n1\n\(root)\r\n", "a\n1\n\(root)\nb\tc\n", "a\tb\n1\n\(root)\n",
      "a\n1\n\(root.dropLast())\n", "a\n1\n\(root.dropLast(2))J=\n", "a\n1\n\(root) \n",
      "a\n1\nCsUYapGGPo4dkMgIAUqom_Xajj7h2fB2MPA3j2jxq2I=\n", "a\n1\nCsUYapGGPo4dkMgIAUqomw==\n",
      "a\n1\n0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62\n", "\(root)\n1\na\n",
    ])
  func otherSpellings(text: String) {
    #expect(throws: NoteError.invalidCheckpoint) { try Checkpoint(text: text) }
  }

  @Test("are not made of what could not be read back")
  func makings() throws {
    let root = MerkleTree.emptyRoot
    for origin in ["", "a\nb", "a\r", "\0"] {
      #expect(throws: NoteError.invalidCheckpoint) { try Checkpoint(origin: origin, size: 0, root: root) }
      #expect(throws: NoteError.invalidCheckpoint) {
        try Checkpoint(origin: "a", size: 0, root: root, extensionLines: [origin])
      }
    }
    #expect(throws: NoteError.invalidCheckpoint) { try Checkpoint(origin: "a", size: -1, root: root) }
  }
}
