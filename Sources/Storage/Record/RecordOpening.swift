internal import Domain
internal import Foundation
internal import GRDB
internal import JSON
internal import Merkle
internal import Service

/// How the record of a file is taken up again: by the key that began it, and only if it extends the last checkpoint that
/// this key has signed. So neither a copied file nor a machine's snapshot goes on beside the original.
struct RecordOpening {
  let path: String
  let transaction: Transaction
  let settings: StoreSettings

  /// - Returns: the right edge of the tree, and who signs it.
  /// - Throws: `OpenFailure.record` when the key is missing or another one, or the file does not extend what was signed.
  static func open(_ queue: DatabaseQueue, _ vault: Vault, _ path: String, _ settings: StoreSettings) throws -> (
    TreeEdge, CheckpointSigner?
  ) {
    try queue.inDatabase { database in
      let opening = RecordOpening(path: path, transaction: Transaction(database, vault), settings: settings)
      defer { opening.transaction.kept.removeAll() }
      guard settings.signsRecord else { return (try opening.transaction.storedEdge(), nil) }
      return try opening.open()
    }
  }

  func open() throws -> (TreeEdge, CheckpointSigner?) {
    let signer = try key()
    if try text(RecordSetting.restored) != nil { return try beginEpoch(signer) }
    let epoch = try epoch()
    let epochSigner = try signer.renamed(RecordKey.origin(signer.name, epoch))
    if try text(RecordSetting.key) == nil {
      // The first checkpoint is on the disk before the file names its key: a start that is cut off begins again.
      try DurableFile.write(
        CheckpointSigner.sign(try transaction.storedEdge(), epochSigner).bytes, to: CheckpointSigner.path(of: path))
      try log(signer, epoch: epoch)
    }
    let edge = try transaction.storedEdge()
    let last = try requireExtension(of: signer.verifier, epoch, edge)
    let interval = settings.checkpointInterval
    return (edge, try CheckpointSigner(path, epochSigner, edge, after: last, interval: interval))
  }

  /// Whether a file, which may be in use, extends what its key has signed; nothing is changed.
  ///
  /// - Returns: how many leaves it has; nil of a restored file, or one that was not opened yet.
  /// - Throws: `OpenFailure.record`.
  static func check(_ transaction: Transaction, _ path: String, _ settings: StoreSettings) throws -> Int64? {
    let opening = RecordOpening(path: path, transaction: transaction, settings: settings)
    guard try opening.text(RecordSetting.restored) == nil, let known = try opening.text(RecordSetting.key) else {
      return nil
    }
    let edge = try transaction.storedEdge()
    let epoch = try opening.epoch()
    do {
      _ = try opening.requireExtension(of: NoteVerifier(known), epoch, edge)
    } catch is NoteError {
      throw OpenFailure.record(path, reason: "the name of its key is no public key")
    }
    return edge.size
  }

  /// The key beside the file: a new one for a file that names none.
  func key() throws -> NoteSigner {
    let known = try text(RecordSetting.key)
    // A replacement was cut off after the log had named the new key.
    if let next = try RecordKey.load(of: path, .next), next.verifier.text == known {
      try RecordKey.takeNext(of: path)
      return next
    }
    guard let signer = try RecordKey.load(of: path) else {
      // Who restores on a new machine may have lost the key: the epoch that begins is accepted by the new one's fingerprint.
      if try text(RecordSetting.restored) != nil {
        return try RecordKey.create(of: path, named: known.flatMap { $0.split(separator: "+").first.map(String.init) })
      }
      guard known == nil else {
        throw OpenFailure.record(
          path,
          reason: "its record was signed by a key that is missing: bring \(RecordKey.path(of: path)) back, or restore "
            + "a backup, whose new epoch begins with a new key")
      }
      return try RecordKey.create(of: path)
    }
    guard try known == nil || known == signer.verifier.text || text(RecordSetting.restored) != nil else {
      throw OpenFailure.record(
        path, reason: "its record was signed by another key than the one in \(RecordKey.path(of: path))")
    }
    return signer
  }

  /// Whether the file extends the last checkpoint that was signed.
  ///
  /// - Returns: that checkpoint; nil when it is of an earlier epoch, or by the key before the one of today.
  private func requireExtension(of verifier: NoteVerifier, _ epoch: Int, _ edge: TreeEdge) throws -> SignedNote? {
    let name = CheckpointSigner.path(of: path)
    guard let bytes = FileManager.default.contents(atPath: name) else {
      throw OpenFailure.record(
        path, reason: "the last checkpoint that was signed is missing: bring \(name) back, or restore a backup")
    }
    let (note, last, isFormer): (SignedNote, Checkpoint, Bool)
    do {
      note = try SignedNote([UInt8](bytes))
      last = try Checkpoint(text: note.text)
      isFormer = try !note.isSigned(by: verifier.renamed(last.origin))
      guard try !isFormer || isFromBeforeHandover(note, last, to: verifier) else { throw NoteError.noSignatures }
    } catch is NoteError {
      throw OpenFailure.record(path, reason: "\(name): is no checkpoint signed by the key of this record")
    }
    guard let lastEpoch = Self.epoch(of: last.origin, verifier.name) else {
      throw OpenFailure.record(path, reason: "\(name): is a checkpoint of another record")
    }
    if lastEpoch < epoch { return nil }
    let isExtended =
      try lastEpoch == epoch && last.size <= edge.size && transaction.storedEdge(at: last.size).root == last.root
    guard isExtended else {
      throw OpenFailure.record(
        path,
        reason:
          "it does not extend the last checkpoint that was signed, of \(last.size) leaves in \(last.origin): this "
          + "is an older or another file. Use `netral restore` to go on from a backup")
    }
    // The next one is signed at once, by the new key.
    return isFormer ? nil : note
  }

  /// Numbers of keys that a restoration passes over at least.
  private static let keyGap: Int64 = 1 << 40

  /// A file that was restored: its record goes on under a new origin, and says where it was cut off.
  private func beginEpoch(_ signer: NoteSigner) throws -> (TreeEdge, CheckpointSigner?) {
    let given = try text(RecordSetting.restored) ?? ""
    let beside = FileManager.default.contents(atPath: CheckpointSigner.path(of: path)).map {
      String(decoding: $0, as: UTF8.self)
    }
    let known = [given, beside ?? ""].compactMap { text -> (note: String, checkpoint: Checkpoint, epoch: Int)? in
      guard let note = try? SignedNote(Array(text.utf8)), let checkpoint = try? Checkpoint(text: note.text),
        let epoch = Self.epoch(of: checkpoint.origin, signer.name)
      else { return nil }
      return (text, checkpoint, epoch)
    }
    let last = known.max { ($0.epoch, $0.checkpoint.size) < ($1.epoch, $1.checkpoint.size) }
    let epoch = max(try self.epoch(), last?.epoch ?? 1) + 1
    let edge = try transaction.storedEdge()
    try inTransaction {
      transaction.now = max(settings.now(), try transaction.lastRecordedAt())
      // No number of a key is given out that what was lost has used, or goes on to use in another copy of the file.
      let lastKey = try transaction.requireVault().file.last() + Self.keyGap + Int64.random(in: 0..<Self.keyGap)
      try transaction.execute(
        "INSERT INTO counter (name, last) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET last = max(last, ?2)",
        [Counter.dataKeys.name, lastKey])
      try transaction.requireVault().skip(past: lastKey)
      try transaction.log(.restore) { writer in
        writer.member("epoch", epoch)
        writer.member("key", signer.verifier.text)
        writer.member("size", edge.size)
        writer.member("root", edge.root.base64)
        writer.member("last_checkpoint", last?.note)
        DeclaredGap.write(try transaction.declaredGaps(), to: &writer)
        writer.member("at", transaction.now.description)
      }
      try set(RecordSetting.epoch, String(epoch))
      try set(RecordSetting.key, signer.verifier.text)
      try transaction.execute("DELETE FROM setting WHERE name = ?", [RecordSetting.restored])
      try transaction.execute("UPDATE witness SET size = NULL, note = NULL, cosigned_at = NULL", [])
    }
    let whole = try transaction.storedEdge()
    let epochSigner = try signer.renamed(RecordKey.origin(signer.name, epoch))
    return (whole, try CheckpointSigner(path, epochSigner, whole, after: nil, interval: settings.checkpointInterval))
  }

  /// Logs the key that signs from now on.
  ///
  /// - Parameter handover: the note of the key before; nil for the first one.
  func log(_ signer: NoteSigner, epoch: Int, handover: SignedNote? = nil) throws {
    try inTransaction {
      transaction.now = max(settings.now(), try transaction.lastRecordedAt())
      try transaction.log(.logKey) { writer in
        writer.member("name", signer.name)
        writer.member("key", signer.verifier.text)
        writer.member("epoch", epoch)
        if let handover { writer.member("handover", String(decoding: handover.bytes, as: UTF8.self)) }
        writer.member("at", transaction.now.description)
      }
      try set(RecordSetting.key, signer.verifier.text)
      try set(RecordSetting.epoch, String(epoch))
    }
  }

  private func inTransaction(_ body: () throws -> Void) throws {
    try transaction.run("BEGIN IMMEDIATE")
    do {
      try body()
      try transaction.run("COMMIT")
    } catch {
      if transaction.database.isInsideTransaction { try transaction.run("ROLLBACK") }
      throw error
    }
  }

  func epoch() throws -> Int { try text(RecordSetting.epoch).flatMap { Int($0) } ?? 1 }

  func text(_ setting: String) throws -> String? {
    try transaction.fetchOne("SELECT value FROM setting WHERE name = ?", [setting]) { $0[0] as [UInt8] }
      .map { String(decoding: $0, as: UTF8.self) }
  }

  private func set(_ setting: String, _ text: String) throws {
    try transaction.execute(
      "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      [setting, Data(text.utf8)])
  }

  /// Which epoch of a record an origin names; nil when it is one of another record.
  private static func epoch(of origin: String, _ name: String) -> Int? {
    origin.hasPrefix(name + "/") ? Int(origin.dropFirst(name.count + 1)) : nil
  }
}

extension Transaction {
  /// True for a restored file that was not opened yet: no leaf names its newest gap.
  func isBeforeItsEpoch() throws -> Bool {
    try fetchOne("SELECT 1 FROM setting WHERE name = ?", [RecordSetting.restored]) { _ in true } ?? false
  }
}
