package import Merkle

/// A checkpoint of the record with its note, and the epoch that its origin names.
package struct AnnouncedCheckpoint: Sendable, Equatable {
  /// The signed note, as it came.
  package let note: [UInt8]
  package let checkpoint: Checkpoint
  /// The name of the record: the origin without its epoch.
  package let name: String
  /// Counts restorations, from 1.
  package let epoch: Int
  /// The handovers that lead from a key that was known to the one that has signed it; none where that was known.
  package var handovers: [Handover] = []

  /// - Returns: nil when the origin is not `NAME/EPOCH`.
  package init?(note: [UInt8], checkpoint: Checkpoint) {
    guard let (name, epoch) = Self.parts(of: checkpoint.origin), let epoch else { return nil }
    self.note = note
    self.checkpoint = checkpoint
    self.name = name
    self.epoch = epoch
  }

  /// How many leaves it covers.
  package var size: Int64 { checkpoint.size }
  /// The root over them.
  package var root: Hash { checkpoint.root }

  /// The two parts of an origin, or of a record's name: then there is no epoch.
  static func parts(of origin: String) -> (name: String, epoch: Int?)? {
    guard let slash = origin.lastIndex(of: "/") else { return origin.isEmpty ? nil : (origin, nil) }
    let (name, digits) = (String(origin[..<slash]), String(origin[origin.index(after: slash)...]))
    guard let epoch = Int(digits), epoch > 0, String(epoch) == digits else { return (origin, nil) }
    return name.isEmpty ? nil : (name, epoch)
  }
}

/// The last checkpoint that a witness has accepted.
package struct KeptCheckpoint: Sendable, Equatable {
  /// Its note has the witness's own line.
  package let announced: AnnouncedCheckpoint
  /// When the witness has cosigned it, in seconds since 1970; nil when the line is by a key that it no longer has.
  package let cosignedAt: Int64?

  package init(announced: AnnouncedCheckpoint, cosignedAt: Int64?) {
    (self.announced, self.cosignedAt) = (announced, cosignedAt)
  }
}
