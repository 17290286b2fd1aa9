internal import Foundation
internal import Merkle
internal import TestSupport
internal import Testing

@testable internal import Sync

/// A record whose key was replaced, in memory.
private final class ReplacedLog: WitnessedLog {
  let keys = (1...4).compactMap {
    try? NoteSigner(name: "log", type: .ed25519, seed: [UInt8](repeating: $0, count: 32))
  }
  let witness: WitnessKey
  var leaves = (0..<20).map { Hash(of: Array("\($0)".utf8)) }
  /// Which key signs.
  var signer = 0
  var handovers: [UInt8] = []
  /// The keys as the witness knows them.
  var known: () throws -> LogKeys

  init(_ known: @escaping () throws -> LogKeys = { throw ModelCrash() }) throws {
    witness = WitnessKey(try NoteSigner(name: "bkn", type: .cosignature, seed: [UInt8](repeating: 9, count: 32)))
    self.known = known
  }

  func pins(_ key: Int = 0) throws -> Pins { try Pins("log \(keys[key].verifier.text)") }

  func note() throws -> SignedNote {
    let checkpoint = try Checkpoint(origin: "log/1", size: Int64(leaves.count), root: MerkleTree.root(of: leaves))
    var note = try SignedNote(text: checkpoint.text)
    try note.sign(with: keys[signer].renamed("log/1"))
    return note
  }

  /// What one key says of another one that follows it, with the tree of today or another one.
  func handover(_ old: Int, _ new: Int, root: Hash? = nil, size: Int64? = nil, origin: String = "log/1") throws
    -> SignedNote
  {
    try KeyHandover(
      origin: origin, size: size ?? Int64(leaves.count), root: root ?? MerkleTree.root(of: leaves),
      successor: keys[new].verifier
    ).signed(by: keys[old])
  }

  func list(_ notes: SignedNote...) { handovers = KeyHandover.joined(notes.map(\.bytes)) }

  func checkpoint() throws -> AnnouncedCheckpoint {
    let (keys, bytes) = (try known(), try note().bytes)
    return try keys.readNewest(bytes) ?? keys.follow(handovers, to: bytes)
  }

  func leaves(_ range: Range<Int64>, ofTree size: Int64, _ take: ([Hash]) throws -> Void) throws {
    try take(Array(leaves[Int(range.lowerBound)..<Int(range.upperBound)]))
  }

  func restorations() -> [RestoredEpoch] { [] }

  func cosign(_ announced: AnnouncedCheckpoint, at time: Int64) throws -> AnnouncedCheckpoint {
    try known().read(witness.cosign(announced.note, at: time))
  }

  func witnesses() -> WitnessListing { WitnessListing() }
  func handIn(_ announced: AnnouncedCheckpoint, registering: Bool) {}
}

/// A witness follows the record's key to the one that takes its place, and to no other.
@Suite struct HandoverTests {
  private static let now: Int64 = 1_800_000_000

  private func round(_ log: ReplacedLog, _ folder: String, pinned: Int = 0) throws {
    let state = try WitnessState(folder + "/state", key: log.witness, makesFolder: true)
    log.known = { try state.keys(log.pins(pinned)) }
    // The next round opens the folder anew.
    defer { log.known = { throw ModelCrash() } }
    _ = try WitnessRound(log, state, now: Self.now).run()
  }

  private func unpinned(_ log: ReplacedLog, _ folder: String, pinned: Int = 0) throws -> NoteVerifier? {
    try WitnessState(folder + "/state", key: log.witness, makesFolder: true).keys(log.pins(pinned)).unpinned
  }

  private func expectAltered(
    _ words: String, _ log: ReplacedLog, _ folder: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    do {
      try round(log, folder)
      Issue.record("not refused", sourceLocation: sourceLocation)
    } catch WitnessFailure.altered(let evidence) {
      #expect(evidence.reason.contains(words), "\(evidence.reason)", sourceLocation: sourceLocation)
      let document = String(decoding: evidence.document(foundAt: "now"), as: UTF8.self)
      #expect(document.contains("netral key handover v1"), sourceLocation: sourceLocation)
    } catch {
      Issue.record(error, sourceLocation: sourceLocation)
    }
  }

  @Test func `handovers are followed, kept, and told until the new key is pinned`() async throws {
    try await withFolder { folder in
      let log = try ReplacedLog()
      try round(log, folder)
      #expect(try unpinned(log, folder) == nil)
      // Two replacements between two rounds.
      let first = try log.handover(0, 1)
      log.leaves.append(Hash(of: [1]))
      let second = try log.handover(1, 2)
      log.leaves.append(Hash(of: [2]))
      log.list(first, second)
      log.signer = 2
      try round(log, folder)
      #expect(try unpinned(log, folder) == log.keys[2].verifier)
      // They are kept: the service need not show them again.
      log.handovers = []
      log.leaves.append(Hash(of: [3]))
      try round(log, folder)
      try round(log, folder, pinned: 1)
      #expect(try unpinned(log, folder, pinned: 1) == log.keys[2].verifier)
      try round(log, folder, pinned: 2)
      #expect(try unpinned(log, folder, pinned: 2) == nil)
      // A key that has handed over signs nothing any longer.
      log.list(first, second)
      log.leaves.append(Hash(of: [4]))
      for signer in [0, 1] {
        log.signer = signer
        expectAltered("no handover leads", log, folder)
      }
    }
  }

  @Test func `a handover that is broken, or of another tree, is evidence, and nothing is accepted`() async throws {
    try await withFolder { folder in
      let log = try ReplacedLog()
      try round(log, folder)
      let before = try Data(contentsOf: URL(filePath: folder + "/state/checkpoint"))
      let good = try log.handover(0, 1)
      log.leaves.append(Hash(of: [1]))
      log.signer = 1

      log.list(try log.handover(3, 1))
      expectAltered("no handover leads", log, folder)
      log.list(try log.handover(0, 2))
      expectAltered("no handover leads", log, folder)
      log.list(good, try log.handover(0, 2))
      expectAltered("has handed over to two", log, folder)
      log.handovers = Array(String(decoding: good.bytes, as: UTF8.self).replacing("\n20\n", with: "\n21\n").utf8)
      expectAltered("does not verify", log, folder)
      log.handovers = Array(String(decoding: good.bytes, as: UTF8.self).replacing("log", with: "lag").utf8)
      expectAltered("does not verify", log, folder)
      log.list(try log.handover(0, 1, root: Hash(of: [7]), size: 20))
      expectAltered("on another tree", log, folder)
      log.list(try log.handover(0, 1, size: 99))
      expectAltered("on another tree", log, folder)
      log.list(try log.handover(0, 1, origin: "log/2"))
      expectAltered("on another tree", log, folder)
      #expect(try Data(contentsOf: URL(filePath: folder + "/state/checkpoint")) == before)
      #expect(!FileManager.default.fileExists(atPath: folder + "/state/handovers"))

      log.list(good)
      try round(log, folder)
      #expect(try unpinned(log, folder) == log.keys[1].verifier)
    }
  }
}
