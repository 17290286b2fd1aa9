internal import Testing

@testable import Merkle

@Suite("Signed notes")
struct SignedNoteTests {
  /// The note in the documentation of Go's `golang.org/x/mod/sumdb/note`.
  private static let text = """
    If you think cryptography is the answer to your problem,
    then you don't know what your problem is.

    """
  private static let line = """
    — PeterNeumann \
    x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
    """
  private static let other = """
    — EnochRoot \
    rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=
    """
  private static let note = "\(text)\n\(line)\n"

  private static func read(_ text: String) throws -> SignedNote { try SignedNote(Array(text.utf8)) }
  private static func verifier() throws -> NoteVerifier { try NoteVerifier(NoteKeyTests.verifierText) }

  @Test("are read, verified, made and written as Go does")
  func known() throws {
    let note = try Self.read(Self.note)
    #expect(note.text == Self.text && note.signatures.map(\.name) == ["PeterNeumann"])
    #expect(try note.isSigned(by: Self.verifier()) && note.bytes == Array(Self.note.utf8))
    var made = try SignedNote(text: Self.text)
    try made.sign(with: NoteSigner(NoteKeyTests.signerText))
    #expect(made == note)
  }

  @Test("keep signatures of unknown keys, which neither help nor harm")
  func unknown() throws {
    let note = try Self.read(Self.note + Self.other + "\n")
    #expect(note.signatures.map(\.name) == ["PeterNeumann", "EnochRoot"] && note.signatures[1].keyID == 0xaf0c_fe78)
    #expect(try note.isSigned(by: Self.verifier()) && note.bytes == Array((Self.note + Self.other + "\n").utf8))
    #expect(try !Self.read("\(Self.text)\n\(Self.other)\n").isSigned(by: Self.verifier()))
    let namesake = try NoteSigner.generate(name: "PeterNeumann", type: .ed25519)
    var signed = try Self.read("\(Self.text)\n\(Self.other)\n")
    try signed.sign(with: namesake)
    #expect(try !signed.isSigned(by: Self.verifier()) && signed.isSigned(by: namesake.verifier))
  }

  @Test("are not to be believed once one signature that names the key is wrong")
  func wrong() throws {
    let verifier = try Self.verifier()
    let forged = try #require(NoteSignature(line: Self.line))
    for bytes in [Array(forged.bytes.dropLast()), forged.bytes + [0], [UInt8](repeating: 0, count: 64), [1]] {
      let line = NoteSignature(by: verifier, bytes: bytes).line
      for note in [[line], [Self.line, line], [line, Self.line]] {
        let note = try Self.read("\(Self.text)\n\(note.joined(separator: "\n"))\n")
        #expect(throws: NoteError.invalidSignature(name: "PeterNeumann")) { try note.isSigned(by: verifier) }
      }
    }
    let changed = try Self.read(Self.note.replacingOccurrences("answer", "Answer"))
    #expect(throws: NoteError.invalidSignature(name: "PeterNeumann")) { try changed.isSigned(by: verifier) }
  }

  @Test("refuse a signature with the order of the curve added to S (RFC 8032, 5.1.7)")
  func malleable() throws {
    let bytes = Self.withOrderAdded(try #require(NoteSignature(line: Self.line)).bytes)
    let verifier = try Self.verifier()
    let note = try Self.read("\(Self.text)\n\(NoteSignature(by: verifier, bytes: bytes).line)\n")
    #expect(throws: NoteError.invalidSignature(name: "PeterNeumann")) { try note.isSigned(by: verifier) }
  }

  /// An Ed25519 signature with the order of the curve added to S.
  static func withOrderAdded(_ signature: [UInt8]) -> [UInt8] {
    let order: [UInt8] =
      [0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14]
      + [UInt8](repeating: 0, count: 15) + [0x10]
    var (bytes, carry) = (signature, 0)
    for index in 0..<32 {
      let sum = Int(bytes[32 + index]) + Int(order[index]) + carry
      (bytes[32 + index], carry) = (UInt8(sum & 255), sum >> 8)
    }
    return bytes
  }

  @Test(
    "take the last blank line as the end of the text", arguments: ["\n", "\n\n", "a\n\n", "a\n\nb\n", "— a b\n\nc\n"])
  func blankLines(text: String) throws {
    var note = try SignedNote(text: text)
    try note.sign(with: NoteSigner(NoteKeyTests.signerText))
    let read = try SignedNote(note.bytes)
    #expect(read == note && read.text == text)
    #expect(try read.isSigned(by: Self.verifier()))
  }

  @Test("keep a line that stands twice, and verify both")
  func twice() throws {
    let note = try Self.read(Self.note + Self.line + "\n")
    #expect(note.signatures.count == 2)
    #expect(try note.isSigned(by: Self.verifier()))
    var signed = note
    try signed.sign(with: NoteSigner(NoteKeyTests.signerText))
    #expect(try signed == Self.read(Self.note))
  }

  @Test("refuse a prefix of a note, wherever it is cut off")
  func truncated() {
    let bytes = Array(Self.note.utf8)
    for length in bytes.indices { #expect(throws: NoteError.self) { try SignedNote(bytes.prefix(length)) } }
  }

  @Test(
    "refuse another form",
    arguments: [
      ("", .noSignatures), ("\n\n", .noSignatures), (text, .noSignatures), ("\(text)\n", .noSignatures),
      ("\(text)\(line)\n", .noSignatures), ("\n\(line)\n", .noSignatures), ("\(text)\n\(line)", .noSignatures),
      ("\(text)\n\(line)\n\n", .noSignatures), (text + "\n- PeterNeumann x08go/Y=\n", .invalidSignatureLine(1)),
      ("\(text)\n\(line)\n\u{2013}\(line.dropFirst())\n", .invalidSignatureLine(2)),
      ("\(text)\n \(line)\n", .invalidSignatureLine(1)), ("\(text)\n\(line) \n", .invalidSignatureLine(1)),
      ("\(text)\n\u{2014} PeterNeumann\n", .invalidSignatureLine(1)),
      ("\(text)\n\u{2014} \n", .invalidSignatureLine(1)),
      ("\(text)\n\u{2014} PeterNeumann \n", .invalidSignatureLine(1)),
      ("\(text)\n\u{2014}  x08go/Y=\n", .invalidSignatureLine(1)),
      ("\(text)\n\u{2014} Peter+Neumann x08go/Y=\n", .invalidSignatureLine(1)),
      ("\(text)\n\u{2014} Peter\u{2003}Neumann x08go/Y=\n", .invalidSignatureLine(1)),
      // Four bytes are an ID without a signature.
      ("\(text)\n\u{2014} PeterNeumann x08gow==\n", .invalidSignatureLine(1)),
      // The last bits of the base64 are not zero, it has no padding, or letters of addresses.
      ("\(text)\n\u{2014} PeterNeumann x08go/Z=\n", .invalidSignatureLine(1)),
      ("\(text)\n\u{2014} PeterNeumann x08go/Y\n", .invalidSignatureLine(1)),
      ("\(text)\n\u{2014} PeterNeumann x08go_Y=\n", .invalidSignatureLine(1)),
      ("\(text)\n\u{2014} PeterNeumann x08g o/Y=\n", .invalidSignatureLine(1)),
      (note.replacingOccurrences("\n", "\r\n"), .invalidText), ("a\tb\n\n\(line)\n", .invalidText),
      ("a\0b\n\n\(line)\n", .invalidText), ("\(text)\n\(line)\r\n", .invalidText),
    ] as [(String, NoteError)])
  func otherForms(text: String, error: NoteError) { #expect(throws: error) { try Self.read(text) } }

  @Test("refuse what is not UTF-8, in the text and in a line")
  func encoding() {
    let bytes = Array(Self.note.utf8)
    for (position, insert) in [(0, [0xFF]), (3, [0xC0, 0x80]), (5, [0xED, 0xA0, 0x80]), (bytes.count - 1, [0x80])] {
      var wrong = bytes
      wrong.insert(contentsOf: insert.map(UInt8.init), at: position)
      #expect(throws: NoteError.invalidText) { try SignedNote(wrong) }
    }
  }

  @Test("end at 100 signatures and at 64 KiB")
  func limits() throws {
    let lines = (1...101).map { "— name\($0) AAAAAAA=\n" }
    #expect(try Self.read("a\n\n" + lines.prefix(100).joined()).signatures.count == 100)
    #expect(throws: NoteError.tooManySignatures) { try Self.read("a\n\n" + lines.joined()) }
    var full = try Self.read("a\n\n" + lines.prefix(100).joined())
    #expect(throws: NoteError.tooManySignatures) { try full.sign(with: NoteSigner(NoteKeyTests.signerText)) }
    #expect(full.signatures.count == 100)
    let rest = 65_536 - 2 - Self.line.utf8.count - 1
    let largest = String(repeating: "a", count: rest) + "\n\n\(Self.line)\n"
    #expect(try Self.read(largest).bytes.count == 65_536)
    #expect(throws: NoteError.tooLarge) { try Self.read("a" + largest) }
    var unsigned = try SignedNote(text: String(repeating: "a", count: 65_535) + "\n")
    #expect(throws: NoteError.tooLarge) { try unsigned.sign(with: NoteSigner(NoteKeyTests.signerText)) }
    #expect(throws: NoteError.tooLarge) { try SignedNote(text: String(repeating: "a", count: 65_536) + "\n") }
  }

  @Test("refuse a text that cannot be read back", arguments: ["", "a", "a\r\n", "\ta\n", "a\n\u{7}\n"])
  func texts(text: String) { #expect(throws: NoteError.invalidText) { try SignedNote(text: text) } }

  @Test("come out as they went in, or not at all, whatever byte is changed")
  func changes() throws {
    let bytes = Array((Self.note + Self.other + "\n").utf8)
    let verifier = try Self.verifier()
    var generator = SystemRandomNumberGenerator()
    for position in bytes.indices {
      var changed = bytes
      changed[position] ^= UInt8.random(in: 1...255, using: &generator)
      guard let note = try? SignedNote(changed) else { continue }
      #expect(note.bytes == changed)
      if note.text != Self.text { #expect((try? note.isSigned(by: verifier)) != true) }
    }
  }

  @Test("of a log are not signed with the key of a witness")
  func types() throws {
    let witness = try NoteSigner.generate(name: "witness", type: .cosignature)
    var note = try Self.read(Self.note)
    #expect(throws: NoteError.wrongKeyType) { try note.sign(with: witness) }
    #expect(throws: NoteError.wrongKeyType) { try note.isSigned(by: witness.verifier) }
  }
}

extension String {
  /// The text with one part in the place of another, as bytes: `\r\n` is one character.
  fileprivate func replacingOccurrences(_ part: String, _ other: String) -> String {
    unicodeScalars.split(separator: Array(part.unicodeScalars), omittingEmptySubsequences: false)
      .map { String(String.UnicodeScalarView($0)) }.joined(separator: other)
  }
}
