package import Merkle

/// The record as a witness meets it. What it gives is verified by keys that are pinned, and by nothing else.
package protocol WitnessedLog {
  /// The newest checkpoint, signed by the record.
  func checkpoint() throws -> AnnouncedCheckpoint
  /// The hashes of leaves, in their order and in parts. Nothing proves them yet.
  func leaves(_ range: Range<Int64>, ofTree size: Int64, _ take: ([Hash]) throws -> Void) throws
  /// What the leaves of kind `restore` say. Nothing proves it.
  func restorations() throws -> [RestoredEpoch]
  /// Adds the witness's own line to a checkpoint.
  func cosign(_ announced: AnnouncedCheckpoint, at time: Int64) throws -> AnnouncedCheckpoint
  /// What the service lists of the witnesses.
  func witnesses() throws -> WitnessListing
  /// Gives a checkpoint to the service. The key is registered before, where the service does not know it.
  func handIn(_ announced: AnnouncedCheckpoint, registering: Bool) throws
}

/// A restored file, as the record itself tells of it.
package struct RestoredEpoch: Sendable, Equatable {
  /// The epoch that it has begun.
  package var epoch: Int
  /// How many leaves were restored.
  package var size: Int64

  package init(epoch: Int, size: Int64) { (self.epoch, self.size) = (epoch, size) }
}

/// What the service lists of the witnesses, as far as it concerns this one.
package struct WitnessListing: Sendable {
  /// What a witness has cosigned, verified by the key that is pinned for it, or by the own one.
  package struct View: Sendable {
    package var agency: String
    package var announced: AnnouncedCheckpoint
    /// When it says it has cosigned, in seconds since 1970.
    package var time: Int64

    package init(agency: String, announced: AnnouncedCheckpoint, time: Int64) {
      (self.agency, self.announced, self.time) = (agency, announced, time)
    }
  }

  /// Whether the service knows the witness's own key.
  package var isRegistered = false
  /// What the witness's own key has cosigned last, which may have been another job of the same agency.
  package var own: View?
  package var others: [View] = []
  /// Notes that could not be verified, for people.
  package var warnings: [String] = []

  package init() {}
}
