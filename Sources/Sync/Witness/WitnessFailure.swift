internal import Foundation
internal import JSON
internal import Merkle

/// Why a witness does not go on.
public enum WitnessFailure: Error, CustomStringConvertible {
  /// What came, or what is kept, cannot be used. Nothing was stored.
  case refused(String)
  /// The record was restored, and nobody has accepted the new epoch yet.
  case newEpoch(Int, size: Int64)
  /// The record does not extend what the witness has accepted.
  case altered(WitnessEvidence)
  /// Another witness was shown another history.
  case split(WitnessEvidence)

  /// The exit status of the program, as docs/synchronising.md lists it.
  public var status: Int32 {
    switch self {
    case .refused: 1
    case .altered: 4
    case .split: 5
    case .newEpoch: 7
    }
  }

  /// What it leaves for others to see.
  public var evidence: WitnessEvidence? {
    switch self {
    case .refused, .newEpoch: nil
    case .altered(let evidence), .split(let evidence): evidence
    }
  }

  public var description: String {
    switch self {
    case .refused(let text): text
    case .newEpoch(let epoch, let size):
      "the record was restored and has begun epoch \(epoch) (\(size) leaves): ask the operator why, then run once with "
        + "--accept-epoch \(epoch)"
    case .altered(let evidence): "the record does not extend what was seen: \(evidence.reason)"
    case .split(let evidence): "two agencies were shown two histories: \(evidence.reason)"
    }
  }
}

/// Two checkpoints, both signed by the record, of which neither extends the other: proof for anybody who has its key. Or a
/// checkpoint by a key to which that of the record has not handed over, with what was shown for it.
public struct WitnessEvidence: Sendable {
  /// What is wrong, in one sentence.
  public let reason: String
  /// What the witness has accepted; nil when it has seen nothing before.
  let accepted: AnnouncedCheckpoint?
  /// What it was shown.
  let shown: AnnouncedCheckpoint
  /// The root of the leaves that the witness has kept, at the size of what was shown; nil when that is larger.
  var rootAtShownSize: Hash?
  /// The index of the first leaf that differs, where it is known.
  package var firstDifference: Int64?
  /// What was shown as handovers of the record's key, where they are what is wrong.
  package var handovers: [UInt8]?

  /// A JSON document.
  ///
  /// - Parameter time: when it was found, in RFC 3339.
  func document(foundAt time: String) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("reason", reason)
      writer.member("found_at", time)
      writer.member("first_differing_leaf", firstDifference)
      writer.member("accepted_root_at_shown_size", rootAtShownSize?.base64)
      if let handovers { writer.member("handovers", String(decoding: handovers, as: UTF8.self)) }
      for (name, side) in [("accepted", accepted), ("shown", shown)] {
        writer.name(name)
        guard let side else {
          writer.null()
          continue
        }
        writer.object { writer in
          writer.member("origin", side.checkpoint.origin)
          writer.member("size", side.size)
          writer.member("root", side.root.base64)
          writer.member("note", String(decoding: side.note, as: UTF8.self))
        }
      }
    }
    return writer.bytes + [10]
  }
}
