internal import Foundation
internal import GRDB
package import Merkle

/// How the key of a record is replaced: the old one signs a handover to the new one, and a leaf of the log holds it.
///
/// The new key stands in `FILE.record-key.next` until the log names it, and then takes the place of the old one. A run that
/// is cut off leaves a file that starts, by the old key or by the new one; the next run ends what it has begun.
package enum KeyReplacement {
  /// Replaces the key of a file that nobody uses, or ends a replacement that was cut off.
  ///
  /// - Returns: the new key.
  /// - Throws: `OpenFailure` when the file cannot be used, is in use, or is not what its key has signed.
  package static func run(on database: String, _ settings: StoreSettings = StoreSettings()) throws -> NoteVerifier {
    let path = try Opening.resolved(database)
    guard access(path, F_OK) == 0 else {
      throw OpenFailure.unreadable(path, reason: String(cString: strerror(errno)))
    }
    let lock = try LockFile(for: path)
    return try withExtendedLifetime(lock) {
      let opened = try Opening.openWriter(path, settings)
      let (queue, vault) = (opened.queue, opened.vault)
      defer {
        // What was written is committed.
        try? queue.close()
        try? vault.close()
      }
      return try Opening.explaining(path) {
        try queue.inDatabase { database in
          let opening = RecordOpening(path: path, transaction: Transaction(database, vault), settings: settings)
          defer { opening.transaction.kept.removeAll() }
          return try opening.replaceKey()
        }
      }
    }
  }
}

extension RecordOpening {
  fileprivate func replaceKey() throws -> NoteVerifier {
    guard try text(RecordSetting.restored) == nil, let known = try text(RecordSetting.key) else {
      throw OpenFailure.record(path, reason: "its record, or its newest epoch, has not begun: start the server once")
    }
    let wasCutOff = try RecordKey.load(of: path, .next)?.verifier.text == known
    // As a start does: it takes the key that the file names, and compares the file with what was signed last.
    let old = try key()
    let (edge, _) = try open()
    if wasCutOff { return old.verifier }
    let next = try RecordKey.load(of: path, .next) ?? RecordKey.create(of: path, named: old.name, .next)
    guard next.name == old.name, next.verifier != old.verifier else {
      throw OpenFailure.record(path, reason: "\(RecordKey.path(of: path, .next)): is no new key of this record")
    }
    let epoch = try self.epoch()
    let origin = RecordKey.origin(old.name, epoch)
    let handover = try KeyHandover(origin: origin, size: edge.size, root: edge.root, successor: next.verifier)
    try log(next, epoch: epoch, handover: handover.signed(by: old))
    let checkpoint = try CheckpointSigner.sign(transaction.storedEdge(), next.renamed(origin))
    try DurableFile.write(checkpoint.bytes, to: CheckpointSigner.path(of: path))
    try RecordKey.takeNext(of: path)
    return next.verifier
  }

  /// Whether the last checkpoint is by the key before, which has handed over to the one of today and signed nothing after.
  func isFromBeforeHandover(_ note: SignedNote, _ last: Checkpoint, to key: NoteVerifier) throws -> Bool {
    guard let text = try transaction.handovers().last, let signed = try? SignedNote(Array(text.utf8)),
      let handover = try? KeyHandover(text: signed.text), handover.successor == key, handover.origin == last.origin,
      last.size <= handover.size, try transaction.storedEdge(at: handover.size).root == handover.root
    else { return false }
    return try transaction.formerKeys().contains { former in
      let old = try NoteVerifier(former).renamed(last.origin)
      return try signed.isSigned(by: old) && note.isSigned(by: old)
    }
  }
}

extension Transaction {
  /// The notes by which keys have handed over, in their order.
  func handovers() throws -> [String] {
    try fetch(
      """
      SELECT content ->> '$.handover' FROM leaf WHERE kind = 'log_key' AND content ->> '$.handover' IS NOT NULL
      ORDER BY leaf_index
      """, []
    ) { $0[0] as String }
  }

  /// All keys that leaves name.
  fileprivate func formerKeys() throws -> Set<String> {
    let keys = try ["log_key", "restore"].flatMap { kind in
      try fetch("SELECT content ->> '$.key' FROM leaf WHERE kind = '\(kind)'", []) { $0[0] as String }
    }
    return Set(keys)
  }
}
