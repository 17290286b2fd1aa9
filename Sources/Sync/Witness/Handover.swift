package import Merkle

/// A note by which a key of the record hands over to the next one.
package struct Handover: Sendable, Equatable {
  package let note: SignedNote
  package let terms: KeyHandover
  /// The name of the record: the origin without its epoch.
  let name: String
  /// The epoch of that time.
  let epoch: Int

  /// - Throws: `NoteError.invalidHandover` for another note, and for one whose new key has another name.
  package init(_ note: SignedNote) throws(NoteError) {
    terms = try KeyHandover(text: note.text)
    guard let (name, epoch) = AnnouncedCheckpoint.parts(of: terms.origin), let epoch,
      terms.successor.name.utf8.elementsEqual(name.utf8)
    else { throw .invalidHandover }
    (self.note, self.name, self.epoch) = (note, name, epoch)
  }

  /// Whether a key of the record has signed it.
  ///
  /// - Throws: `NoteError.invalidSignature` when it says so and is not.
  func isSigned(by key: NoteVerifier) throws(NoteError) -> Bool { try note.isSigned(by: key.renamed(terms.origin)) }

  /// Notes as the service lists them, or as they are kept.
  ///
  /// - Throws: `NoteError` for what is no handover.
  static func read(_ bytes: [UInt8]) throws(NoteError) -> [Handover] {
    var handovers: [Handover] = []
    for note in try KeyHandover.notes(bytes) { handovers.append(try Handover(note)) }
    return handovers
  }

  static func written(_ handovers: [Handover]) -> [UInt8] { KeyHandover.joined(handovers.map(\.note.bytes)) }
}

/// The record is signed by a key to which the one that is known has not handed over.
package struct HandoverFault: Error {
  /// What is wrong, in one sentence.
  let reason: String
  /// The checkpoint that came.
  let shown: AnnouncedCheckpoint
  /// What came as handovers.
  let handovers: [UInt8]
}
