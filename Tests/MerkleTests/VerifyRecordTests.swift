internal import Foundation
internal import TestSupport
internal import Testing

@testable import Merkle

/// `scripts/verify-record` shares no code with the program.
@Suite("The program for auditors", .enabled(if: WorkbookReader.isThere, "needs python3"))
struct VerifyRecordTests {
  private static let tree = NaiveTree(size: 600)
  private static let now = Int64(Date().timeIntervalSince1970)

  /// What it prints, and its status as a last line, such as `= 0`.
  private static func verify(_ record: RecordFolder, _ arguments: [String] = [], key: NoteVerifier? = nil) throws
    -> String
  {
    let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../scripts/verify-record")
    let words =
      ["/usr/bin/python3", script.path, record.path, "--key", (key ?? record.signer.verifier).text] + arguments
    let quoted = words.map { "'\($0)'" }.joined(separator: " ")
    return try Shell.output("\(quoted); echo \"= $?\"")
  }

  /// A record of 600 leaves that both witnesses have cosigned a minute ago.
  private static func withRecord(_ body: (RecordFolder) throws -> Void) async throws {
    try await withFolder { path in
      let record = try RecordFolder(path: path)
      try record.write(tree, size: 600, times: [now - 60, now - 60])
      try body(record)
    }
  }

  @Test("finds a record right with its witnesses, what was seen earlier, and receipts", arguments: [0, 1, 256, 600])
  func right(size: Int) async throws {
    try await withFolder { path in
      let record = try RecordFolder(path: path)
      try record.write(Self.tree, size: size, times: [Self.now - 60, Self.now - 60])
      try record.write(record.checkpoint(Self.tree, size: size / 2).bytes, to: "earlier")
      var arguments = record.witnesses.flatMap { ["--witness", $0.verifier.text] }
      arguments += ["--since", path + "/earlier", "--save", path + "/saved"]
      if size > 0 { arguments += ["--leaf", "\(size - 1):\(Self.tree.leaves[size - 1].base64)"] }
      let output = try Self.verify(record, arguments)
      #expect(output.hasSuffix("all is well\n= 0\n") && output.contains("record.example/1: \(size) leaves"))
      #expect(output.contains("cosigned by w1.example") && output.contains("cosigned by w2.example"))
      #expect(output.contains("extends \(path)/earlier: record.example/1, \(size / 2) leaves"))
      #expect(output.contains("holds the leaf of the receipt at \(size - 1)") == (size > 0))
      #expect(try record.read("saved") == record.read("checkpoint"))
    }
  }

  @Test("finds a log that has forked, and one that was cut short")
  func forks() async throws {
    try await Self.withRecord { record in
      let fork = NaiveTree(size: 600, kind: "other")
      try record.write(record.checkpoint(fork, size: 300).bytes, to: "fork")
      let forked = try Self.verify(record, ["--since", record.path + "/fork"])
      #expect(forked.contains("does not extend") && forked.hasSuffix("the first ones have another root now\n= 1\n"))
      let whole = try record.checkpoint(Self.tree, size: 600).bytes
      try record.write(Self.tree, size: 400)
      try record.write(whole, to: "whole")
      let short = try Self.verify(record, ["--since", record.path + "/whole", "--save", record.path + "/saved"])
      #expect(short.contains("does not extend") && short.hasSuffix("it has only 400\n= 1\n"))
      #expect(throws: (any Error).self) { try record.read("saved") }
    }
  }

  @Test("finds tiles that are cut off, too long, changed or absent")
  func tiles() async throws {
    try await Self.withRecord { record in
      for name in ["tile/0/000", "tile/0/002.p/88"] {
        let bytes = try record.read(name)
        for wrong in [bytes.dropLast(), bytes.dropLast(32), bytes + [0], bytes + bytes, []] as [[UInt8]] {
          try record.write(wrong, to: name)
          #expect(try Self.verify(record).hasSuffix(" bytes, and \(bytes.count) are wanted\n= 1\n"))
        }
        var changed = bytes
        changed[5] ^= 1
        try record.write(changed, to: name)
        #expect(try Self.verify(record).hasSuffix("have another root than its checkpoint\n= 1\n"))
        try FileManager.default.removeItem(atPath: record.path + "/" + name)
        #expect(try Self.verify(record).hasSuffix("= 2\n"))
        try record.write(bytes, to: name)
      }
      // A partial tile may be removed once the full one is there.
      try FileManager.default.removeItem(atPath: record.path + "/tile/0/002.p")
      let leaves = Self.tree.leaves[512...] + NaiveTree(size: 168, kind: "later").leaves
      try record.write(leaves.flatMap(\.bytes), to: "tile/0/002")
      #expect(try Self.verify(record).hasSuffix("= 0\n"))
    }
  }

  @Test("finds a signature that is changed, whose S has the order added, or that is by another key")
  func signatures() async throws {
    try await Self.withRecord { record in
      let note = try record.checkpoint(Self.tree, size: 600)
      let bytes = note.signatures[0].bytes
      var other = bytes
      other[40] ^= 1
      for bytes in [SignedNoteTests.withOrderAdded(bytes), other, [UInt8](bytes.dropLast()), bytes + [0]] {
        var forged = try SignedNote(text: note.text)
        try forged.add(NoteSignature(by: record.signer.verifier, bytes: bytes))
        try record.write(forged.bytes, to: "checkpoint")
        #expect(try Self.verify(record).hasSuffix("that is not of its text\n= 1\n"))
      }
      try record.write(note.bytes, to: "checkpoint")
      let stranger = try NoteSigner.generate(name: record.signer.name, type: .ed25519)
      #expect(try Self.verify(record, key: stranger.verifier).hasSuffix("is not signed by record.example/1\n= 1\n"))
      let elsewhere = try record.signer.verifier.renamed("elsewhere")
      #expect(try Self.verify(record, key: elsewhere).contains("is of record.example/1, and the key of elsewhere"))
    }
  }

  @Test("refuses other forms of a checkpoint")
  func forms() async throws {
    try await Self.withRecord { record in
      let note = String(decoding: try record.read("checkpoint"), as: UTF8.self)
      let wrong = [
        "", String(note.dropLast()), note + "\n", note.replacing("\u{2014}", with: "-"),
        note.replacing("\n", with: "\r\n"), note.replacing("\n600\n", with: "\n0600\n"),
        note.replacing("=\n", with: "\n"),
      ]
      for text in wrong {
        try record.write(Array(text.utf8), to: "checkpoint")
        #expect(try Self.verify(record).hasSuffix("= 1\n"), "\(text)")
      }
      try record.write([0xFF] + Array(note.utf8), to: "checkpoint")
      #expect(try Self.verify(record).hasSuffix("is not UTF-8\n= 1\n"))
    }
  }

  @Test("names the witnesses that have not cosigned within 24 hours, and counts the others")
  func witnesses() async throws {
    try await Self.withRecord { record in
      let keys = record.witnesses.flatMap { ["--witness", $0.verifier.text] }
      #expect(try Self.verify(record, keys).hasSuffix("all is well\n= 0\n"))
      #expect(try Self.verify(record, keys + keys + ["--quorum", "3"]).hasSuffix("= 3\n"))
      try record.write(Self.tree, size: 600, times: [Self.now - 60, Self.now - 90_000])
      let late = try Self.verify(record, keys)
      #expect(late.contains("NOT cosigned within 24 hours by w2.example") && late.hasSuffix("= 3\n"))
      #expect(late.contains("TOO FEW WITNESSES: 1 within 24 hours, and 2 are wanted"))
      #expect(try Self.verify(record, keys + ["--quorum", "1"]).hasSuffix("= 0\n"))
      try record.write(Self.tree, size: 600, times: [Self.now + 3_600])
      let early = try Self.verify(record, keys)
      #expect(early.contains("within 24 hours by w1.example") && early.contains("NOT cosigned by w2.example"))
      #expect(early.hasSuffix("= 3\n"))
      var forged = try record.checkpoint(Self.tree, size: 600)
      let elsewhere = try record.checkpoint(Self.tree, size: 599, times: [Self.now])
      try forged.add(elsewhere.signatures[1])
      try record.write(forged.bytes, to: "checkpoint")
      #expect(try Self.verify(record, keys).hasSuffix("a cosignature of w1.example that is not of its text\n= 1\n"))
      #expect(try Self.verify(record).hasSuffix("= 0\n"))
    }
  }

  @Test("follows the handovers of a key that was replaced, and no others")
  func handovers() async throws {
    try await Self.withRecord { record in
      let name = "record.example"
      let keys = try (0..<3).map { _ in try NoteSigner.generate(name: name, type: .ed25519) }
      func handover(_ old: NoteSigner, _ new: NoteSigner, size: Int, tree: NaiveTree = Self.tree) throws -> [UInt8] {
        let root = try MerkleProof.root(size: Int64(size), node: tree.node(size: size))
        return try KeyHandover(origin: record.signer.name, size: Int64(size), root: root, successor: new.verifier)
          .signed(by: old).bytes
      }
      try record.write(record.checkpoint(Self.tree, size: 300).bytes, to: "earlier")
      var note = try SignedNote(text: record.checkpoint(Self.tree, size: 600).text)
      try note.sign(with: keys[1].renamed(record.signer.name))
      try record.write(note.bytes, to: "checkpoint")
      let since = ["--since", record.path + "/earlier"]
      #expect(try Self.verify(record).hasSuffix("= 1\n"))

      let first = try handover(record.signer, keys[0], size: 400)
      let second = try handover(keys[0], keys[1], size: 500)
      try record.write(KeyHandover.joined([first, second]), to: "keys")
      for key in [record.signer.verifier, keys[0].verifier] {
        let pinned = try key.renamed(record.signer.name)
        let followed = try Self.verify(record, key == record.signer.verifier ? since : [], key: pinned)
        #expect(followed.hasSuffix("all is well\n= 0\n"), "\(followed)")
        #expect(followed.contains("pin the new one: \(try keys[1].verifier.renamed(record.signer.name).text)"))
      }
      #expect(try Self.verify(record, key: keys[1].verifier.renamed(record.signer.name)).hasSuffix("= 0\n"))
      #expect(try Self.verify(record, key: keys[2].verifier.renamed(record.signer.name)).hasSuffix("= 1\n"))
      let forged = try handover(keys[2], keys[1], size: 500)
      let elsewhere = try handover(keys[0], keys[1], size: 500, tree: NaiveTree(size: 600, kind: "other"))
      for bad in [
        [first], [second], [first, forged], [first, elsewhere], [first.map { $0 == 52 ? 53 : $0 }, second],
      ] {
        try record.write(KeyHandover.joined(bad), to: "keys")
        #expect(try Self.verify(record).hasSuffix("= 1\n"))
      }
    }
  }

  @Test("takes another epoch only where it is told so, and only with the same key")
  func epochs() async throws {
    try await Self.withRecord { record in
      let later = try record.signer.renamed("record.example/2")
      var note = try SignedNote(text: record.checkpoint(Self.tree, size: 600).text.replacing("/1\n", with: "/2\n"))
      try note.sign(with: later)
      try record.write(record.read("checkpoint"), to: "earlier")
      try record.write(note.bytes, to: "checkpoint")
      let since = ["--since", record.path + "/earlier"]
      #expect(try Self.verify(record, since, key: later.verifier).hasSuffix("key of record.example/2\n= 1\n"))
      #expect(try Self.verify(record, since + ["--accept-epoch", "2"], key: later.verifier).hasSuffix("= 0\n"))
      #expect(try Self.verify(record, since + ["--accept-epoch", "2"]).hasSuffix("= 0\n"))
      #expect(try Self.verify(record, since + ["--accept-epoch", "3"]).hasSuffix("= 1\n"))
      #expect(try Self.verify(record, since).hasSuffix("= 1\n"))
    }
  }

  @Test("finds a receipt that the record does not hold, and refuses arguments that are none")
  func receipts() async throws {
    try await Self.withRecord { record throws in
      let leaf = Self.tree.leaves[5].base64
      #expect(try Self.verify(record, ["--leaf", "5:\(leaf)"]).hasSuffix("= 0\n"))
      for receipt in ["4:\(leaf)", "600:\(leaf)"] {
        #expect(try Self.verify(record, ["--leaf", receipt]).contains("does not hold the leaf of the receipt"))
        #expect(try Self.verify(record, ["--leaf", receipt]).hasSuffix("= 1\n"))
      }
      let wrong = [
        ["--leaf", "05:\(leaf)"], ["--leaf", leaf], ["--since", "/nowhere"],
        ["--witness", record.signer.verifier.text],
        ["--key", record.signer.verifier.text + "A"], ["--quorum", "two"], ["--other"],
      ]
      for arguments in wrong {
        #expect(try Self.verify(record, arguments).hasSuffix("= 2\n"), "\(arguments)")
      }
      #expect(try Self.verify(RecordFolder(path: "/nowhere")).hasSuffix("= 2\n"))
      #expect(try Self.verify(RecordFolder(path: "http://127.0.0.1:1")).hasSuffix("= 2\n"))
    }
  }
}
