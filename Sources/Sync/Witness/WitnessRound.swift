internal import Merkle

/// One round of a witness: what it takes from the record, what it cosigns, and what it compares with others.
///
/// It cosigns only what extends all that it has accepted in this epoch, and only after the hashes of the leaves are on the
/// disk. A cosignature leaves the witness only after it stands on the disk with its checkpoint. So a round may be cut off
/// at any point and begin anew.
package struct WitnessRound {
  /// How long a cosignature says something of today (an unchanged checkpoint is cosigned anew after it).
  package static let freshSeconds: Int64 = 86_400
  /// How far the clock of another witness may go ahead.
  package static let aheadSecondsMax: Int64 = 300

  private let log: any WitnessedLog
  private let disk: any WitnessDisk
  private let now: Int64
  private let acceptedEpoch: Int?

  /// - Parameters:
  ///   - now: in seconds since 1970.
  ///   - acceptedEpoch: the new epoch that people have agreed to, if the record was restored.
  package init(_ log: any WitnessedLog, _ disk: any WitnessDisk, now: Int64, acceptedEpoch: Int? = nil) {
    (self.log, self.disk, self.now, self.acceptedEpoch) = (log, disk, now, acceptedEpoch)
  }

  /// - Throws: `WitnessFailure`, and what the log and the disk throw.
  package func run() throws -> WitnessOutcome {
    var (kept, lost) = try takeNewest()
    let listing = try log.witnesses()
    let views = listing.others + [listing.own].compactMap(\.self)
    let isBehind = views.contains { view in
      (view.announced.epoch, view.announced.size) > (kept.announced.epoch, kept.announced.size)
    }
    if isBehind {
      let later = try takeNewest()
      (kept, lost) = (later.kept, later.lost ?? lost)
    }
    // A service that refuses a cosignature is compared with others all the same.
    let handingIn = Result {
      if let own = listing.own, own.says(kept) { return }
      try log.handIn(kept.announced, registering: !listing.isRegistered)
    }
    var outcome = WitnessOutcome(kept: kept, lost: lost, warnings: listing.warnings)
    if let own = listing.own, own.announced.epoch == kept.announced.epoch,
      let warning = try Self.compare(own.announced, of: own.agency, on: disk)
    {
      outcome.warnings.append(warning)
    }
    for view in listing.others {
      if let warning = try compare(view, with: kept.announced) {
        outcome.warnings.append(warning)
      } else {
        outcome.fresh.append(view.agency)
      }
    }
    do {
      try handingIn.get()
    } catch SyncFault.refused(_, "agency_ended") {
      // It watches on by reading.
      outcome.warnings.append(
        "the agency has ended: the service takes neither its key nor its cosignature; all else was verified")
    }
    return outcome
  }

  /// Holds a checkpoint from elsewhere against the leaves that are kept.
  ///
  /// - Returns: what is to be said of it when it proves nothing; nil when what is kept extends it.
  /// - Throws: `WitnessFailure.split`.
  package static func compare(_ shown: AnnouncedCheckpoint, of whom: String, on disk: any WitnessDisk) throws -> String?
  {
    guard let kept = try disk.kept()?.announced else { throw WitnessFailure.refused("nothing is kept yet") }
    guard shown.epoch == kept.epoch else {
      return "\(whom) speaks of epoch \(shown.epoch), and this witness of epoch \(kept.epoch)"
    }
    guard shown.size <= kept.size else {
      return "\(whom) speaks of \(shown.size) leaves, and this witness was shown \(kept.size)"
    }
    let root = try shown.size == kept.size ? kept.root : disk.edge(at: shown.size, ofEpoch: kept.epoch).root
    guard root == shown.root else {
      let reason = "\(whom) was shown other leaves among the first \(shown.size) than this witness"
      throw WitnessFailure.split(
        WitnessEvidence(reason: reason, accepted: kept, shown: shown, rootAtShownSize: root))
    }
    return nil
  }

  // MARK: Taking

  /// Takes what the record has gained, and cosigns it. What is lost is told when a new epoch was accepted.
  private func takeNewest() throws -> (kept: KeptCheckpoint, lost: Range<Int64>?) {
    let offer = try self.offer()
    guard let kept = try disk.kept() else { return (try extend(nil, to: offer), nil) }
    let accepted = kept.announced
    if offer.epoch > accepted.epoch { return try enterEpoch(of: offer, from: accepted) }
    guard offer.epoch == accepted.epoch else {
      throw try altered(accepted, offer, "it is back in epoch \(offer.epoch)")
    }
    guard offer.size >= accepted.size else {
      throw try altered(accepted, offer, "it has \(offer.size) leaves, and had \(accepted.size)")
    }
    guard offer.size == accepted.size else { return (try extend(accepted, to: offer), nil) }
    guard offer.root == accepted.root else {
      throw try altered(accepted, offer, "its \(offer.size) leaves are other ones")
    }
    let isFresh = kept.cosignedAt.map { now - $0 < Self.freshSeconds && $0 <= now + Self.aheadSecondsMax } ?? false
    return (isFresh && offer.handovers.isEmpty ? kept : try cosign(offer), nil)
  }

  private func offer() throws -> AnnouncedCheckpoint {
    do {
      return try log.checkpoint()
    } catch let fault as HandoverFault {
      var evidence = WitnessEvidence(
        reason: fault.reason, accepted: try disk.kept()?.announced, shown: fault.shown)
      evidence.handovers = fault.handovers
      throw WitnessFailure.altered(evidence)
    }
  }

  /// Puts new hashes behind those that are kept, and accepts the checkpoint when all of them together have its root.
  private func extend(_ accepted: AnnouncedCheckpoint?, to offer: AnnouncedCheckpoint) throws -> KeptCheckpoint {
    var edge = try disk.edge(at: accepted?.size ?? 0, ofEpoch: offer.epoch)
    if let accepted, edge.root != accepted.root {
      throw WitnessFailure.refused("the hashes that this witness keeps are damaged: bring them back from a backup")
    }
    do {
      try log.leaves(edge.size..<offer.size, ofTree: offer.size) { hashes in
        try disk.put(hashes, at: edge.size, ofEpoch: offer.epoch)
        for hash in hashes { edge.append(hash) }
      }
      guard edge.size == offer.size, edge.root == offer.root else {
        guard let accepted else {
          throw WitnessFailure.refused("the leaves that the service shows do not have the root of its checkpoint")
        }
        throw try altered(accepted, offer, "its \(offer.size) leaves do not begin with the \(accepted.size) seen")
      }
    } catch {
      try disk.cut(to: accepted?.size ?? 0, ofEpoch: offer.epoch)
      throw error
    }
    try disk.sync(epoch: offer.epoch)
    return try cosign(offer)
  }

  /// Takes the whole tree of a restored record: what was restored must be what is kept.
  private func enterEpoch(
    of offer: AnnouncedCheckpoint, from accepted: AnnouncedCheckpoint
  ) throws -> (kept: KeptCheckpoint, lost: Range<Int64>?) {
    guard acceptedEpoch == offer.epoch else { throw WitnessFailure.newEpoch(offer.epoch, size: offer.size) }
    let sizes = try log.restorations().filter { $0.epoch > accepted.epoch && $0.epoch <= offer.epoch }
    guard sizes.contains(where: { $0.epoch == offer.epoch }), let restored = sizes.map(\.size).min() else {
      throw WitnessFailure.refused("no leaf says what epoch \(offer.epoch) was restored from")
    }
    var (edge, common): (TreeEdge, Int64?) = (TreeEdge(), nil)
    do {
      try log.leaves(0..<offer.size, ofTree: offer.size) { hashes in
        if common == nil {
          common = try firstDifference(hashes, from: edge.size, accepted)
        }
        try disk.put(hashes, at: edge.size, ofEpoch: offer.epoch)
        for hash in hashes { edge.append(hash) }
      }
      guard edge.size == offer.size, edge.root == offer.root else {
        throw WitnessFailure.refused("the leaves that the service shows do not have the root of its checkpoint")
      }
      let same = common ?? min(accepted.size, offer.size)
      guard same >= min(restored, accepted.size) else {
        let reason = "epoch \(offer.epoch) says that \(restored) leaves were restored, and leaf \(same) is another one"
        throw WitnessFailure.altered(
          WitnessEvidence(reason: reason, accepted: accepted, shown: offer, firstDifference: same))
      }
      try disk.sync(epoch: offer.epoch)
      return (try cosign(offer), same..<accepted.size)
    } catch let failure as WitnessFailure {
      try disk.cut(to: 0, ofEpoch: offer.epoch)
      throw failure
    }
  }

  /// Cosigns a checkpoint whose leaves are on the disk, and keeps both.
  private func cosign(_ offer: AnnouncedCheckpoint) throws -> KeptCheckpoint {
    if !offer.handovers.isEmpty {
      try prove(offer)
      // Before a cosignature of what the new key has signed stands on the disk.
      try disk.accept(offer.handovers)
    }
    let kept = KeptCheckpoint(announced: try log.cosign(offer, at: now), cosignedAt: now)
    try disk.keep(kept)
    return kept
  }

  /// The record's key has handed over on this tree, as far as the witness has its leaves.
  private func prove(_ offer: AnnouncedCheckpoint) throws {
    let accepted = try disk.kept()?.announced
    for handover in offer.handovers {
      let terms = handover.terms
      let view = handover.epoch == offer.epoch ? offer : accepted
      var isKnown = true
      if handover.epoch > offer.epoch || handover.epoch == offer.epoch && terms.size > offer.size {
        isKnown = false
      } else if let view, handover.epoch == view.epoch, terms.size <= view.size {
        isKnown = try disk.edge(at: terms.size, ofEpoch: view.epoch).root == terms.root
      }
      guard !isKnown else { continue }
      let reason = "its key was handed over on another tree, of \(terms.size) leaves in \(terms.origin)"
      var evidence = WitnessEvidence(reason: reason, accepted: accepted, shown: offer)
      evidence.handovers = Handover.written(offer.handovers)
      throw WitnessFailure.altered(evidence)
    }
  }

  // MARK: Comparing

  /// - Returns: why the view does not count; nil when it does.
  private func compare(_ view: WitnessListing.View, with kept: AnnouncedCheckpoint) throws -> String? {
    if let warning = try Self.compare(view.announced, of: view.agency, on: disk) { return warning }
    guard view.time <= now + Self.aheadSecondsMax else {
      return "the clock of \(view.agency) goes ahead: it has cosigned in the future"
    }
    guard now - view.time <= Self.freshSeconds else { return "\(view.agency) has not cosigned for 24 hours" }
    return nil
  }

  private func altered(
    _ accepted: AnnouncedCheckpoint, _ offer: AnnouncedCheckpoint, _ reason: String
  ) throws -> WitnessFailure {
    var evidence = WitnessEvidence(reason: reason, accepted: accepted, shown: offer)
    guard offer.epoch == accepted.epoch else { return .altered(evidence) }
    if offer.size <= accepted.size {
      evidence.rootAtShownSize = try disk.edge(at: offer.size, ofEpoch: accepted.epoch).root
    }
    // What the service shows now need not be what it has signed: then nobody knows where the trees part.
    var edge = TreeEdge()
    var found: Int64?
    do {
      try log.leaves(0..<offer.size, ofTree: offer.size) { hashes in
        if found == nil { found = try firstDifference(hashes, from: edge.size, accepted) }
        for hash in hashes { edge.append(hash) }
      }
    } catch is SyncFault {
      return .altered(evidence)
    }
    if edge.root == offer.root { evidence.firstDifference = found }
    return .altered(evidence)
  }

  /// The first of some leaves that is not what is kept.
  private func firstDifference(_ hashes: [Hash], from first: Int64, _ accepted: AnnouncedCheckpoint) throws -> Int64? {
    let end = min(accepted.size, first + Int64(hashes.count))
    guard first < end else { return nil }
    let kept = try disk.hashes(first..<end, ofEpoch: accepted.epoch)
    return zip(kept, hashes).enumerated().first { $0.element.0 != $0.element.1 }.map { first + Int64($0.offset) }
  }
}

/// What a round has come to.
package struct WitnessOutcome: Sendable {
  package var kept: KeptCheckpoint
  /// The leaves that are lost in a new epoch.
  package var lost: Range<Int64>?
  /// Other agencies that have cosigned within 24 hours what this witness's view extends.
  package var fresh: [String] = []
  package var warnings: [String]

  init(kept: KeptCheckpoint, lost: Range<Int64>?, warnings: [String]) {
    (self.kept, self.lost, self.warnings) = (kept, lost, warnings)
  }
}

extension WitnessListing.View {
  /// Whether a cosignature by the same key says as much as one that is kept, or more: then another job has handed it in.
  fileprivate func says(_ kept: KeptCheckpoint) -> Bool {
    guard announced.epoch == kept.announced.epoch else { return false }
    guard announced.size == kept.announced.size else { return announced.size > kept.announced.size }
    return kept.cosignedAt.map { $0 <= time } ?? (announced.note == kept.announced.note)
  }
}
