internal import Foundation
internal import Merkle
internal import TestSupport
internal import Testing

@testable internal import Sync

/// A record with real keys, in memory.
private final class SignedLog: WitnessedLog {
  let signer: NoteSigner
  let key: WitnessKey
  let pins: Pins
  var leaves: [Hash]
  var listing = WitnessListing()
  /// What is announced, where that is not the number of leaves.
  var announcedSize: Int64?
  private(set) var handedIn: [AnnouncedCheckpoint] = []

  init(leafCount: Int) throws {
    signer = try NoteSigner(name: "log/1", type: .ed25519, seed: [UInt8](repeating: 1, count: 32))
    key = WitnessKey(try NoteSigner(name: "bkn", type: .cosignature, seed: [UInt8](repeating: 2, count: 32)))
    pins = try Pins("log \(signer.verifier.text)")
    leaves = (0..<leafCount).map { Hash(of: Array("\($0)".utf8)) }
  }

  func note(_ size: Int64, _ root: Hash) throws -> SignedNote {
    var note = try SignedNote(text: Checkpoint(origin: "log/1", size: size, root: root).text)
    try note.sign(with: signer)
    return note
  }

  func checkpoint() throws -> AnnouncedCheckpoint {
    try pins.read(note(announcedSize ?? Int64(leaves.count), MerkleTree.root(of: leaves)).bytes)
  }

  func leaves(_ range: Range<Int64>, ofTree size: Int64, _ take: ([Hash]) throws -> Void) throws {
    guard range.upperBound <= leaves.count else { throw SyncFault.refused("the server answers 404", code: "not_found") }
    for index in stride(from: Int(range.lowerBound), to: Int(range.upperBound), by: 100) {
      try take(Array(leaves[index..<min(index + 100, Int(range.upperBound))]))
    }
  }

  func restorations() -> [RestoredEpoch] { [] }

  func cosign(_ announced: AnnouncedCheckpoint, at time: Int64) throws -> AnnouncedCheckpoint {
    try pins.read(key.cosign(announced.note, at: time))
  }

  func witnesses() -> WitnessListing { listing }
  func handIn(_ announced: AnnouncedCheckpoint, registering: Bool) { handedIn.append(announced) }
}

/// What a witness keeps on its disk, and what it refuses.
@Suite struct WitnessStateTests {
  private static let now: Int64 = 1_800_000_000

  private func round(_ log: SignedLog, _ folder: String, at now: Int64 = Self.now) throws -> WitnessOutcome {
    let state = try WitnessState(folder + "/state", key: log.key, makesFolder: true)
    return try WitnessRound(log, state, now: now).run()
  }

  private func expectRefused(_ words: String = "", _ body: () throws -> Void) {
    do {
      try body()
      Issue.record("not refused")
    } catch {
      #expect(words.isEmpty || "\(error)".contains(words), "\(error)")
    }
  }

  @Test func `a round that was cut off leaves hashes that the next one overwrites`() async throws {
    try await withFolder { folder in
      let log = try SignedLog(leafCount: 300)
      _ = try round(log, folder)
      let path = folder + "/state/leaves-1"
      let kept = try Data(contentsOf: URL(filePath: path))
      #expect(kept.count == 32 * 300)
      try (kept + Data(repeating: 7, count: 32 * 40 + 5)).write(to: URL(filePath: path))
      log.leaves += (300..<700).map { Hash(of: Array("\($0)".utf8)) }
      #expect(try round(log, folder).kept.announced.size == 700)
      #expect(try Data(contentsOf: URL(filePath: path)) == Data(log.leaves.flatMap(\.bytes)))
    }
  }

  @Test func `hashes that were lost or changed on the disk are no fault of the record`() async throws {
    try await withFolder { folder in
      let log = try SignedLog(leafCount: 50)
      _ = try round(log, folder)
      let before = try Data(contentsOf: URL(filePath: folder + "/state/checkpoint"))
      let url = URL(filePath: folder + "/state/leaves-1")
      let kept = try Data(contentsOf: url)
      log.leaves.append(Hash(of: [1]))
      try kept.dropLast(3).write(to: url)
      expectRefused("is cut off") { _ = try round(log, folder) }
      var changed = kept
      changed[40] ^= 1
      try changed.write(to: url)
      expectRefused("are damaged") { _ = try round(log, folder) }
      #expect(try Data(contentsOf: URL(filePath: folder + "/state/checkpoint")) == before)
    }
  }

  @Test func `an unchanged checkpoint is cosigned anew after a day, and handed in until the service has it`()
    async throws
  {
    try await withFolder { folder in
      let log = try SignedLog(leafCount: 3)
      for (time, expected) in [(0, 0), (86_399, 0), (86_400, 86_400), (86_500, 86_400)] as [(Int64, Int64)] {
        #expect(try round(log, folder, at: Self.now + time).kept.cosignedAt == Self.now + expected)
      }
      #expect(log.handedIn.count == 4)
      log.listing.own = .init(
        agency: "BKN", announced: try #require(log.handedIn.last), time: Self.now + 86_400)
      _ = try round(log, folder, at: Self.now + 86_500)
      #expect(log.handedIn.count == 4)
    }
  }

  @Test func `two jobs of one agency, each with a disk of its own, hand in what the other has not`() async throws {
    try await withFolder { folder in
      let log = try SignedLog(leafCount: 5)
      try FileManager.default.createDirectory(atPath: folder + "/other", withIntermediateDirectories: true)
      func run(_ name: String, at seconds: Int64, handsIn: Bool) throws -> WitnessOutcome {
        let count = log.handedIn.count
        let outcome = try round(log, folder + name, at: Self.now + seconds)
        #expect(log.handedIn.count == count + (handsIn ? 1 : 0), "\(name) at \(seconds)")
        if handsIn, let last = log.handedIn.last {
          log.listing.own = .init(agency: "BKN", announced: last, time: outcome.kept.cosignedAt ?? 0)
        }
        return outcome
      }
      _ = try run("", at: 0, handsIn: true)
      // The later of two cosignatures of one tree stands for both.
      log.listing.own?.time = Self.now - 1
      _ = try run("/other", at: 1, handsIn: true)
      #expect(try run("", at: 2, handsIn: false).warnings.isEmpty)
      log.leaves += (5..<9).map { Hash(of: Array("\($0)".utf8)) }
      _ = try run("/other", at: 3, handsIn: true)
      #expect(try run("", at: 3, handsIn: false).warnings.isEmpty)
      // A service that shows less than the agency has cosigned elsewhere, or something else.
      log.leaves.append(Hash(of: [1]))
      _ = try run("/other", at: 4, handsIn: true)
      log.leaves.removeLast()
      #expect(try run("", at: 5, handsIn: false).warnings.first?.contains("speaks of 10 leaves") == true)
      log.leaves.append(Hash(of: [2]))
      expectRefused("was shown other leaves") { _ = try run("", at: 6, handsIn: false) }
    }
  }

  @Test func `a size that does not exist stores nothing`() async throws {
    try await withFolder { folder in
      let log = try SignedLog(leafCount: 5)
      for size in [6, 1 << 40, .max] as [Int64] {
        log.announcedSize = size
        expectRefused("404") { _ = try round(log, folder) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/state") == ["state.lock"])
      }
      // Fewer leaves than the root is made of.
      log.announcedSize = 4
      expectRefused("do not have the root") { _ = try round(log, folder) }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/state") == ["state.lock"])
      #expect(log.handedIn.isEmpty)
    }
  }

  @Test func `others count when they have cosigned within a day, and not in the future`() async throws {
    try await withFolder { folder in
      let log = try SignedLog(leafCount: 5)
      let small = try log.pins.read(log.note(3, MerkleTree.root(of: log.leaves.prefix(3))).bytes)
      let large = try log.pins.read(log.note(9, Hash(of: [9])).bytes)
      log.listing.others = [
        .init(agency: "A", announced: small, time: Self.now - 86_400),
        .init(agency: "B", announced: small, time: Self.now - 86_401),
        .init(agency: "C", announced: small, time: Self.now + 300),
        .init(agency: "D", announced: small, time: Self.now + 301),
        .init(agency: "E", announced: large, time: Self.now),
      ]
      let outcome = try round(log, folder)
      #expect(outcome.fresh == ["A", "C"])
      for words in ["B has not cosigned for 24 hours", "clock of D goes ahead", "E speaks of 9 leaves"] {
        #expect(outcome.warnings.contains { $0.contains(words) }, "\(outcome.warnings)")
      }
      let other = try log.pins.read(log.note(4, Hash(of: [4])).bytes)
      // Neither an old time nor one in the future makes another history a harmless one.
      for time in [0, Self.now, Self.now + 100_000] {
        log.listing.others = [.init(agency: "F", announced: other, time: time)]
        expectRefused("F was shown other leaves") { _ = try round(log, folder) }
      }
    }
  }

  @Test func `one process at a time uses a state`() async throws {
    try await withFolder { folder in
      let state = try WitnessState(folder + "/state", key: nil, makesFolder: true)
      expectRefused("another run") { _ = try WitnessState(folder + "/state", key: nil, makesFolder: true) }
      #expect(try state.note() == nil)
    }
  }

  @Test func `pins are read line by line, and a line that is wrong is named`() throws {
    let log = try NoteSigner(name: "log", type: .ed25519, seed: [UInt8](repeating: 1, count: 32)).verifier
    let keys = try (1...2).map { number in
      try NoteSigner(name: "w\(number)", type: .cosignature, seed: [UInt8](repeating: UInt8(number), count: 32))
        .verifier
        .text
    }
    let good = "# comment\n\n  log \(log.text) # the record\nwitness BKN \(keys[0])\r\nwitness KASN\t\(keys[1])\n"
    let pins = try Pins(good)
    #expect(pins.logs == [log] && pins.witnesses.map(\.agency) == ["BKN", "KASN"])
    #expect(try Pins("log \(log.renamed("log/7").text)").logs == [log])
    let bad: [(String, String)] = [
      ("", "no line"), ("witness BKN \(keys[0])", "no line"), ("log", "line 1: write"),
      ("log \(keys[0])", "line 1: is no"),
      ("log \(log.text) x", "line 1: write"), ("log \(log.text.dropLast())", "line 1: is no"),
      ("log \(log.text)\nwitness BKN \(log.text)", "line 2: is no"), ("log \(log.text)\nkey x", "line 2: write"),
      ("log \(log.text)\nwitness A \(keys[0])\nwitness A \(keys[1])", "line 3: this agency"),
      ("log \(log.text)\nwitness A \(keys[0])\nwitness B \(keys[0])", "line 3: this agency"),
      ("log \(log.text)\nlog \(try log.renamed("other").text)", "more than one record"),
    ]
    for (text, words) in bad { expectRefused(words) { _ = try Pins(text) } }
  }

  @Test func `a note is taken only as it is spelled, of the record that is pinned, and signed by it`() throws {
    let log = try SignedLog(leafCount: 2)
    let note = try log.note(2, MerkleTree.root(of: log.leaves))
    #expect(try log.pins.read(note.bytes).epoch == 1)
    let stranger = try NoteSigner(name: "log/1", type: .ed25519, seed: [UInt8](repeating: 9, count: 32))
    var forged = try SignedNote(text: note.text)
    try forged.sign(with: stranger)
    let epochs = ["log", "log/0", "log/01", "log/-1", "other/1", "log/1/1", "log/", "/1", "log/99999999999999999999"]
    var notes = try epochs.map { origin -> [UInt8] in
      let signer = try log.signer.renamed(origin)
      var note = try SignedNote(text: Checkpoint(origin: origin, size: 2, root: Hash(of: [1])).text)
      try note.sign(with: signer)
      return note.bytes
    }
    notes += [forged.bytes, Array(note.text.utf8), Array(note.bytes.dropLast()), note.bytes + [10], [], [0xFF]]
    // Only a line of a witness.
    notes.append(try log.key.cosign(forged.bytes, at: 1))
    for bytes in notes { expectRefused { _ = try log.pins.read(bytes) } }
    // A signature that says it is by the record and is not spoils the note.
    var spoiled = String(decoding: note.bytes, as: UTF8.self)
    spoiled += "\(spoiled.split(separator: "\n").last ?? "")\n".replacing("A", with: "B").replacing("a", with: "b")
    expectRefused { _ = try log.pins.read(Array(spoiled.utf8)) }
  }
}
