internal import Merkle

@testable internal import Sync

/// Numbers that a seed gives again and again (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}

/// The end of a process, at any point.
struct ModelCrash: Error {}

/// A world of one operator and five witnesses. The operator has the signing key, and in half of the worlds he lies.
///
/// He keeps several histories, shows each witness any of them at any length, gives hashes that are not those of the
/// checkpoint, restores what he likes, and lists any cosignature that he was ever given. Signatures are left out: what a
/// witness is told to be signed by the record or by a witness is.
final class ModelWorld {
  /// A history: one epoch, and its leaves.
  struct Branch {
    var epoch: Int
    var leaves: [Hash]
  }

  let operatorLies: Bool
  var random: SeededRandom
  var branches = [Branch(epoch: 1, leaves: [])]
  var restorations: [RestoredEpoch] = []
  var now: Int64 = 1_000_000
  /// What the operator was given, by witness.
  var handedIn: [[WitnessListing.View]] = Array(repeating: [], count: ModelWorld.witnessCount)
  /// Leaves by their root: every tree that was ever signed.
  var trees: [Hash: [Hash]] = [:]
  private var leafCount = 0

  static let witnessCount = 5

  init(seed: UInt64) {
    random = SeededRandom(seed)
    operatorLies = random.chance(50)
    grow(0)
  }

  func grow(_ branch: Int) {
    for _ in 0..<Int.random(in: 1...3, using: &random) { branches[branch].leaves.append(newLeaf()) }
  }

  /// A new epoch from a part of a history. An honest operator goes on with it alone.
  func restore() {
    let branch = operatorLies ? Int.random(in: branches.indices, using: &random) : 0
    let old = branches[branch]
    let size = Int.random(in: 0...old.leaves.count, using: &random)
    let restored = Branch(epoch: old.epoch + 1, leaves: old.leaves.prefix(size) + [newLeaf()])
    restorations.append(RestoredEpoch(epoch: restored.epoch, size: Int64(size)))
    if operatorLies { branches.append(restored) } else { branches = [restored] }
  }

  /// Another history, the same up to some leaf.
  func fork() {
    let old = branches[Int.random(in: branches.indices, using: &random)]
    let size = Int.random(in: 0...old.leaves.count, using: &random)
    branches.append(Branch(epoch: old.epoch, leaves: old.leaves.prefix(size) + [newLeaf()]))
  }

  private func newLeaf() -> Hash {
    leafCount += 1
    return ModelWorld.pool[leafCount]
  }

  private static let pool = (0..<200).map { Hash(of: [UInt8($0)]) }

  /// What the operator signs now, and the leaves that he shows with it.
  func sign() -> (AnnouncedCheckpoint, [Hash]) {
    let branch = branches[operatorLies ? Int.random(in: branches.indices, using: &random) : 0]
    var leaves = branch.leaves
    if operatorLies, random.chance(20) { leaves.removeLast(Int.random(in: 0...leaves.count, using: &random)) }
    let root = MerkleTree.root(of: leaves)
    trees[root] = leaves
    let announced = ModelWorld.announce(branch.epoch, Int64(leaves.count), root)
    // Hashes of another history beside a signed checkpoint.
    if operatorLies, random.chance(20), let other = branches.randomElement(using: &random) { leaves = other.leaves }
    return (announced, leaves)
  }

  static func announce(_ epoch: Int, _ size: Int64, _ root: Hash, note: [UInt8] = []) -> AnnouncedCheckpoint {
    guard let checkpoint = try? Checkpoint(origin: "log/\(epoch)", size: size, root: root),
      let announced = AnnouncedCheckpoint(note: note, checkpoint: checkpoint)
    else { preconditionFailure("a checkpoint of the model is one") }
    return announced
  }

  /// What the operator lists: the newest of each witness, or any when he lies.
  func listing(for witness: Int) -> WitnessListing {
    var listing = WitnessListing()
    listing.isRegistered = true
    for (index, views) in handedIn.enumerated() {
      // A cosignature may come late, or never.
      guard let view = operatorLies && random.chance(30) ? views.randomElement(using: &random) : views.last else {
        continue
      }
      if index == witness { listing.own = view } else { listing.others.append(view) }
    }
    return listing
  }
}

/// The disk of a witness: what was not synced may be lost with the process.
final class ModelDisk: WitnessDisk {
  private var written: [Int: [Hash]] = [:]
  private var synced: [Int: [Hash]] = [:]
  private var checkpoint: KeptCheckpoint?
  /// Everything that ever stood on the disk as cosigned: `netral witness show` may have printed it.
  private(set) var everKept: [AnnouncedCheckpoint] = []
  /// Steps until the process ends; nil: it does not.
  var stepsLeft: Int?

  func step() throws {
    guard let left = stepsLeft else { return }
    stepsLeft = left - 1
    if left <= 0 { throw ModelCrash() }
  }

  /// Begins anew after a crash. What was written and not synced is there or not.
  func reboot(_ random: inout SeededRandom) {
    stepsLeft = nil
    for (epoch, hashes) in written where random.chance(50) {
      written[epoch] = Array(hashes.prefix(Int.random(in: 0...hashes.count, using: &random)))
      let safe = synced[epoch] ?? []
      // What was synced stays.
      if written[epoch]?.starts(with: safe) != true { written[epoch] = safe }
    }
  }

  func kept() throws -> KeptCheckpoint? { checkpoint }

  func hashes(_ range: Range<Int64>, ofEpoch epoch: Int) throws -> [Hash] {
    let held = written[epoch] ?? []
    guard Int(range.upperBound) <= held.count else { throw WitnessFailure.refused("hashes are lost") }
    return Array(held[Int(range.lowerBound)..<Int(range.upperBound)])
  }

  func put(_ hashes: [Hash], at index: Int64, ofEpoch epoch: Int) throws {
    try step()
    written[epoch] = (written[epoch] ?? []).prefix(Int(index)) + hashes
    if (synced[epoch]?.count ?? 0) > Int(index) { synced[epoch] = Array((synced[epoch] ?? []).prefix(Int(index))) }
  }

  func cut(to size: Int64, ofEpoch epoch: Int) throws {
    try step()
    written[epoch] = Array((written[epoch] ?? []).prefix(Int(size)))
    synced[epoch] = Array((synced[epoch] ?? []).prefix(Int(size)))
  }

  func sync(epoch: Int) throws {
    try step()
    synced[epoch] = written[epoch]
  }

  func accept(_ handovers: [Handover]) throws {}

  func keep(_ kept: KeptCheckpoint) throws {
    try step()
    checkpoint = kept
    everKept.append(kept.announced)
    // The process may end between the file and the next step.
    try step()
  }
}

/// The record as the operator shows it to one witness in one round.
final class ModelLog: WitnessedLog {
  private let world: ModelWorld
  private let witness: Int
  private let disk: ModelDisk
  private var shown: [Hash] = []
  /// What was listed in this round.
  private(set) var listed = WitnessListing()

  init(_ world: ModelWorld, _ witness: Int, _ disk: ModelDisk) {
    (self.world, self.witness, self.disk) = (world, witness, disk)
  }

  func checkpoint() throws -> AnnouncedCheckpoint {
    try disk.step()
    let (announced, leaves) = world.sign()
    shown = leaves
    return announced
  }

  func leaves(_ range: Range<Int64>, ofTree size: Int64, _ take: ([Hash]) throws -> Void) throws {
    var next = Int(range.lowerBound)
    while next < min(Int(range.upperBound), shown.count) {
      try disk.step()
      let end = min(next + 4, Int(range.upperBound), shown.count)
      try take(Array(shown[next..<end]))
      next = end
    }
  }

  func restorations() throws -> [RestoredEpoch] {
    world.operatorLies && world.random.chance(30)
      ? world.restorations.map { RestoredEpoch(epoch: $0.epoch, size: $0.size / 2) } : world.restorations
  }

  func cosign(_ announced: AnnouncedCheckpoint, at time: Int64) throws -> AnnouncedCheckpoint {
    try disk.step()
    return ModelWorld.announce(
      announced.epoch, announced.size, announced.root, note: [UInt8(witness)] + announced.root.bytes + "\(time)".utf8)
  }

  func witnesses() throws -> WitnessListing {
    try disk.step()
    listed = world.listing(for: witness)
    return listed
  }

  func handIn(_ announced: AnnouncedCheckpoint, registering: Bool) throws {
    try disk.step()
    world.handedIn[witness].append(
      WitnessListing.View(agency: "\(witness)", announced: announced, time: world.now))
    try disk.step()
  }
}
