internal import Foundation
internal import Merkle

/// One run of a witness: a round against a service, and what it leaves for people.
public struct WitnessJob {
  let client: RecordClient
  let pins: Pins
  let state: WitnessState
  let progress: ProgressLine
  private let quorum: Int
  private let acceptedEpoch: Int?

  /// What a run has come to.
  public struct Verdict {
    /// Whether as many others as were asked for have cosigned within 24 hours what this view extends.
    public let hasQuorum: Bool
    /// For people.
    public let summary: [String]
    /// What is lost in a new epoch; nil when none was accepted.
    public let lost: Lost?
  }

  /// What a restoration has lost of what the witness had seen.
  public struct Lost {
    /// Indexes of leaves.
    let leaves: Range<Int64>
    /// The last sequence that was restored: later events are lost.
    let lastSequence: Int64
  }

  /// - Parameters:
  ///   - retries: how often to ask again after a fault that may pass.
  ///   - quorum: how many others must have cosigned within 24 hours.
  ///   - acceptedEpoch: the new epoch that people have agreed to.
  public init(
    transport: CurlTransport, pins: Pins, key: WitnessKey, state: WitnessState, retries: Int, progress: ProgressLine,
    quorum: Int, acceptedEpoch: Int?
  ) {
    client = RecordClient(
      transport, pins: pins, state: state, key: key, patience: Patience(retries: retries, progress: progress))
    (self.pins, self.state, self.progress) = (pins, state, progress)
    (self.quorum, self.acceptedEpoch) = (quorum, acceptedEpoch)
  }

  /// - Throws: `WitnessFailure`, after what it has found is in a file beside the state; `SyncFault`.
  public func run() throws -> Verdict { try verdict(on: round()) }

  /// A round, of which nothing is told but what is wrong.
  ///
  /// - Throws: as ``run()``.
  func round() throws -> WitnessOutcome {
    let now = Date()
    do {
      return try WitnessRound(
        client, state, now: Int64(now.timeIntervalSince1970), acceptedEpoch: acceptedEpoch
      ).run()
    } catch let failure as WitnessFailure {
      try state.leave(failure.evidence, foundAt: now, telling: progress)
      throw failure
    }
  }

  private func verdict(on outcome: WitnessOutcome) throws -> Verdict {
    for warning in outcome.warnings { progress.warn(warning) }
    if let key = try state.keys(pins).unpinned {
      progress.warn(
        "the key of the record was replaced, and the one that is pinned has handed over: compare the new one with others, "
          + "and write 'log \(key.text)' in the place of its line in the file of pins")
    }
    let accepted = outcome.kept.announced
    var summary = [
      "record        \(accepted.checkpoint.origin)", "leaves        \(accepted.size)",
      "root          \(accepted.root.base64)",
      "cosigned too  \(outcome.fresh.isEmpty ? "by nobody" : outcome.fresh.sorted().joined(separator: ", "))",
    ]
    var lost: Lost?
    if let leaves = outcome.lost {
      let last = try client.lastSequence(before: leaves.lowerBound) ?? 0
      lost = Lost(leaves: leaves, lastSequence: last)
      let indexes = "\(leaves.lowerBound) to \(leaves.upperBound - 1), after sequence \(last)"
      summary.append("lost leaves   \(leaves.isEmpty ? "none" : indexes)")
    }
    let hasQuorum = outcome.fresh.count >= quorum
    if !hasQuorum {
      progress.warn(
        "\(outcome.fresh.count) other agencies have cosigned within 24 hours what this one has seen, and \(quorum) are "
          + "wanted")
    }
    return Verdict(hasQuorum: hasQuorum, summary: summary, lost: lost)
  }
}

extension WitnessState {
  /// Holds a checkpoint that came by mail or on paper against what is kept.
  ///
  /// - Parameters:
  ///   - note: the signed checkpoint.
  ///   - pins: the keys that are pinned; nil to go by the origin alone, which tells nothing of who has signed.
  ///   - name: where it came from, for people.
  /// - Returns: what is to be said of it.
  /// - Throws: `WitnessFailure`, after what was found is in a file beside the state.
  public func compare(_ note: [UInt8], pins: Pins?, name: String, progress: ProgressLine) throws -> String {
    let shown = try pins.map { try keys($0).read(note) } ?? Self.unverified(note)
    guard try kept()?.announced.name == shown.name else {
      throw WitnessFailure.refused("\(name): is a checkpoint of another record than the one that is kept")
    }
    do {
      if let warning = try WitnessRound.compare(shown, of: name, on: self) {
        throw WitnessFailure.refused("it cannot be compared: \(warning)")
      }
    } catch let failure as WitnessFailure {
      try leave(failure.evidence, foundAt: Date(), telling: progress)
      throw failure
    }
    return "the leaves kept here extend it: \(shown.size) of \(shown.checkpoint.origin)"
  }

  fileprivate func leave(_ evidence: WitnessEvidence?, foundAt time: Date, telling progress: ProgressLine) throws {
    guard let evidence else { return }
    progress.warn("the evidence is in \(try write(evidence, at: time)): send it to the other agencies")
  }

  private static func unverified(_ note: [UInt8]) throws(WitnessFailure) -> AnnouncedCheckpoint {
    do {
      let checkpoint = try Checkpoint(text: SignedNote(note).text)
      guard let shown = AnnouncedCheckpoint(note: note, checkpoint: checkpoint) else {
        throw NoteError.invalidCheckpoint
      }
      return shown
    } catch {
      throw .refused("it is no signed checkpoint (\(error))")
    }
  }
}
