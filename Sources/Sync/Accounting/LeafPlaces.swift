internal import Domain
internal import Foundation
internal import Merkle

/// Looks up, before cases are stored, whether their leaves stand in their places in the record.
final class LeafPlaces {
  /// A checkpoint is signed within a second of a commit. So often a newer one is waited for.
  private static let waitsMax = 5

  /// To whom cases are shown.
  private(set) var agency: AgencyCode?
  private let witness: WitnessJob
  private var accepted: AnnouncedCheckpoint?
  /// Cases of which a snapshot has shown less than the policy shows, by identity.
  private var reduced: [String: AccountFailure] = [:]

  init(_ witness: WitnessJob) { self.witness = witness }

  /// Takes the newest checkpoint.
  ///
  /// - Throws: `WitnessFailure`, `SyncFault`.
  func begin(for agency: AgencyCode) throws {
    self.agency = agency
    accepted = try witness.round().kept.announced
  }

  /// - Throws: `AccountFailure` for a leaf that does not stand there; `WitnessFailure`, `SyncFault`.
  func require(_ cases: [ReceivedCase]) throws {
    guard let highest = cases.compactMap(\.leaf?.index).max() else { return }
    for _ in 0..<Self.waitsMax where highest >= accepted?.size ?? 0 {
      Thread.sleep(forTimeInterval: 1)
      accepted = try witness.round().kept.announced
    }
    for record in cases {
      guard let leaf = record.leaf, let accepted else { continue }
      let isThere = try leaf.index < accepted.size && hash(leaf.index, accepted) == leaf.hash
      if !isThere {
        let line = "{\"etag\":\(record.etag),\"case\":\(record.json)}"
        throw AccountFailure(
          "case \(record.id) is shown with a leaf \(leaf.index) that the record does not have there", line: line)
      }
    }
  }

  /// Whether a snapshot has shown less of a case than the policy shows.
  var knowsReduced: Bool { !reduced.isEmpty }

  /// Remembers of which cases less is shown.
  func note(_ cases: [ReceivedCase]) {
    for record in cases { reduced[record.id] = record.reduction }
  }

  /// - Throws: `AccountFailure` when the later version of a case has not come by which less of the earlier one was shown.
  func requireNotReduced(_ id: String) throws {
    if let failure = reduced[id] { throw failure }
  }

  private func hash(_ index: Int64, _ accepted: AnnouncedCheckpoint) throws -> [UInt8]? {
    try witness.state.hashes(index..<index + 1, ofEpoch: accepted.epoch).first?.bytes
  }
}
