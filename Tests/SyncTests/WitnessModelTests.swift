internal import Merkle
internal import Testing

@testable internal import Sync

/// What no witness ever does, whatever an operator with the signing key shows it and wherever its process ends.
@Suite struct WitnessModelTests {
  /// 10,000 worlds in parts that run side by side.
  @Test(arguments: 0..<20)
  func `no honest witness cosigns two checkpoints of one origin of which neither extends the other`(part: Int) throws {
    var counts = Counts()
    for seed in part * 500..<(part + 1) * 500 { try run(UInt64(seed), &counts) }
    // The worlds must have in them what they are for.
    #expect(counts.cosigned > 2_000 && counts.crashes > 100 && counts.epochs > 50, "\(counts)")
    #expect(counts.altered > 100 && counts.splits > 50 && counts.refusedEpochs > 50, "\(counts)")
  }

  private struct Counts {
    var (cosigned, crashes, epochs, altered, splits, refusedEpochs) = (0, 0, 0, 0, 0, 0)
  }

  private func run(_ seed: UInt64, _ counts: inout Counts) throws {
    let world = ModelWorld(seed: seed)
    let disks = (0..<ModelWorld.witnessCount).map { _ in ModelDisk() }
    for _ in 0..<Int.random(in: 10...24, using: &world.random) {
      world.now += world.random.chance(10) ? 100_000 : 600
      switch Int.random(in: 0..<10, using: &world.random) {
      case 0...1: world.grow(Int.random(in: world.branches.indices, using: &world.random))
      case 2 where world.random.chance(50): world.restore()
      case 2: if world.operatorLies { world.fork() }
      default: try round(of: Int.random(in: disks.indices, using: &world.random), world, disks, seed, &counts)
      }
    }
    for disk in disks {
      counts.cosigned += disk.everKept.count
      counts.epochs += Set(disk.everKept.map(\.epoch)).count > 1 ? 1 : 0
      expectChain(disk.everKept, world, seed)
    }
    for views in world.handedIn { expectChain(views.map(\.announced), world, seed) }
  }

  private func round(
    of witness: Int, _ world: ModelWorld, _ disks: [ModelDisk], _ seed: UInt64, _ counts: inout Counts
  ) throws {
    let disk = disks[witness]
    if world.random.chance(20) { disk.stepsLeft = Int.random(in: 0..<14, using: &world.random) }
    let epoch = world.random.chance(60) ? world.branches.map(\.epoch).max() : nil
    let log = ModelLog(world, witness, disk)
    let before = try disk.kept()
    do {
      let outcome = try WitnessRound(log, disk, now: world.now, acceptedEpoch: epoch).run()
      // Whoever is listed with another history is found.
      for view in log.listed.others where view.announced.epoch == outcome.kept.announced.epoch {
        guard view.announced.size <= outcome.kept.announced.size else { continue }
        #expect(extends(outcome.kept.announced, view.announced, world), "seed \(seed)")
      }
    } catch is ModelCrash {
      counts.crashes += 1
      disk.reboot(&world.random)
    } catch let failure as WitnessFailure {
      switch failure {
      case .newEpoch: counts.refusedEpochs += 1
      case .altered: counts.altered += 1
      case .split: counts.splits += 1
      case .refused: break
      }
      if case .newEpoch = failure {
        if !world.operatorLies { #expect(try disk.kept() == before, "seed \(seed)") }
      } else {
        // No false alarm.
        #expect(world.operatorLies, "seed \(seed): \(failure)")
      }
      if case .altered = failure { #expect(failure.evidence != nil) }
      disk.stepsLeft = nil
    }
    disk.stepsLeft = nil
  }

  private func expectChain(_ cosigned: [AnnouncedCheckpoint], _ world: ModelWorld, _ seed: UInt64) {
    for (_, group) in Dictionary(grouping: cosigned, by: \.epoch) {
      let sorted = group.sorted { $0.size < $1.size }
      for (small, large) in zip(sorted, sorted.dropFirst()) {
        #expect(extends(large, small, world), "seed \(seed)")
      }
    }
  }

  /// Whether the leaves of one checkpoint begin with those of another. Both were signed over leaves that the model knows.
  private func extends(_ large: AnnouncedCheckpoint, _ small: AnnouncedCheckpoint, _ world: ModelWorld) -> Bool {
    guard let leaves = world.trees[large.root], let fewer = world.trees[small.root] else { return false }
    return leaves.count == Int(large.size) && leaves.starts(with: fewer)
  }
}
