package import Merkle

/// The keys by which a witness knows the record: those that are pinned, and those to which they have handed over.
package struct LogKeys: Sendable {
  let pins: Pins
  /// Handovers that the witness has accepted before, in their order.
  private let accepted: [Handover]

  package init(_ pins: Pins, accepted: [Handover]) { (self.pins, self.accepted) = (pins, accepted) }

  /// Who signs the newest checkpoint: each key that is pinned, or the last one to which it has handed over. A key that has
  /// handed over signs nothing any longer.
  var current: [NoteVerifier] { pins.logs.compactMap { line(from: $0).last } }

  /// A key that is accepted and not pinned yet; nil when every one is pinned.
  package var unpinned: NoteVerifier? {
    current.first { key in !pins.logs.contains { $0.publicKey == key.publicKey } }
  }

  /// Reads a checkpoint of any time: by a key that is pinned, or one to which it has handed over.
  ///
  /// - Throws: `WitnessFailure.refused` for what is not the one spelling of a checkpoint of this record, signed by such a
  ///   key.
  package func read(_ bytes: [UInt8]) throws(WitnessFailure) -> AnnouncedCheckpoint {
    guard let announced = try pins.read(bytes, by: pins.logs.flatMap { line(from: $0) }) else { throw Pins.notSigned }
    return announced
  }

  /// Reads the newest checkpoint.
  ///
  /// - Returns: nil when none of the keys that sign now says that it has signed.
  /// - Throws: `WitnessFailure.refused` for what is no checkpoint of this record.
  func readNewest(_ bytes: [UInt8]) throws(WitnessFailure) -> AnnouncedCheckpoint? {
    try pins.read(bytes, by: current)
  }

  /// Follows handovers from a key that is known to one that has signed a checkpoint. Whether they are of the same tree is for
  /// the round to say.
  ///
  /// - Parameters:
  ///   - bytes: the checkpoint.
  ///   - notes: the handovers as the service lists them.
  /// - Returns: the checkpoint with those that were followed.
  /// - Throws: `HandoverFault`; `WitnessFailure.refused` for what is no checkpoint of this record.
  func follow(_ notes: [UInt8], to bytes: [UInt8]) throws -> AnnouncedCheckpoint {
    let shown = try pins.parse(bytes)
    func fault(_ reason: String) -> HandoverFault {
      HandoverFault(reason: "it is signed by another key: \(reason)", shown: shown.announced, handovers: notes)
    }
    do {
      let handovers = try Handover.read(notes)
      for start in current {
        var (key, followed): (NoteVerifier, [Handover]) = (start, [])
        while let next = try Self.next(after: key, of: handovers), followed.count < handovers.count {
          guard next.name.utf8.elementsEqual(shown.announced.name.utf8) else {
            throw fault("the handover is of another record")
          }
          followed.append(next)
          key = next.terms.successor
          if try shown.note.isSigned(by: key.renamed(shown.announced.checkpoint.origin)) {
            var announced = shown.announced
            announced.handovers = followed
            return announced
          }
        }
      }
    } catch let error as NoteError {
      throw fault("a handover does not verify (\(error))")
    } catch is TwoSuccessors {
      throw fault("the one before has handed over to two")
    }
    throw fault("no handover leads from the one that is known to the one that has signed")
  }

  private struct TwoSuccessors: Error {}

  /// The handover that a key has signed.
  private static func next(after key: NoteVerifier, of handovers: [Handover]) throws -> Handover? {
    let signed = try handovers.filter { try $0.isSigned(by: key) }
    guard Set(signed.map(\.terms.successor.publicKey)).count <= 1 else { throw TwoSuccessors() }
    return signed.first
  }

  /// A key, and those that it and its successors have handed over to.
  private func line(from key: NoteVerifier) -> [NoteVerifier] {
    var line = [key]
    for handover in accepted {
      guard let last = line.last, (try? handover.isSigned(by: last)) == true else { continue }
      line.append(handover.terms.successor)
    }
    return line
  }
}
