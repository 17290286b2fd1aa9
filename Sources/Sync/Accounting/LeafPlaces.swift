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

  private func hash(_ index: Int64, _ accepted: AnnouncedCheckpoint) throws -> [UInt8]? {
    try witness.state.hashes(index..<index + 1, ofEpoch: accepted.epoch).first?.bytes
  }
}
