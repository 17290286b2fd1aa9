internal import Domain
internal import Merkle

/// The record: its checkpoints, its tree, and those who watch over both.
public final class LogService: RecordService {
  public let records: Records
  /// How far a witness's clock may go ahead.
  private static let aheadSecondsMax: Int64 = 300

  public init(_ records: Records) { self.records = records }

  /// The newest checkpoint, with the lines of the agencies that have cosigned this one.
  ///
  /// - Throws: `not_found` where nothing is signed.
  public func checkpoint(by asker: Asker) throws -> [UInt8] {
    guard var note = records.store.checkpoint else { throw Failure.notFound }
    for witness in try records.read(by: asker, { try $0.witnesses() }) {
      guard let cosigned = witness.cosigned, let theirs = try? SignedNote(Array(cosigned.note.utf8)),
        theirs.text == note.text
      else { continue }
      for line in theirs.signatures where line.name != records.store.logKey?.name { try? note.add(line) }
    }
    return note.bytes
  }

  /// The hashes of a tile of the signed tree, one after the other.
  ///
  /// - Throws: `not_found` for a tile that the signed tree does not have.
  public func tile(_ path: String, by asker: Asker) throws -> [UInt8] {
    guard let tile = Tile(path: path), let size = signedSize,
      tile.width <= Tile.width(level: tile.level, index: tile.index, size: size)
    else { throw Failure.notFound }
    let first = tile.index * Int64(Tile.widthMax)
    let hashes = try records.read(by: asker) {
      try $0.nodes(tile.level, from: first, upTo: first + Int64(tile.width))
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(32 * hashes.count)
    for hash in hashes { hash.append(to: &bytes) }
    return bytes
  }

  /// Leaves from an index on.
  ///
  /// - Parameter proving: with what each commits to, and its core where the caller sees what it is about.
  /// - Throws: `too_many_requests`, `busy` when many long answers wait.
  public func leaves(from index: Int64, limit: Int, proving: Bool, by asker: Asker) async throws -> [LoggedLeaf] {
    guard proving else { return try records.read(by: asker) { try $0.leaves(from: index, limit: limit) } }
    return try await records.readLong(by: asker) { reads in
      var sight = LeafSight(asker)
      return try reads.provenLeaves(from: index, limit: min(limit, Self.provenMax)).map { try sight.opened($0, reads) }
    }
  }

  /// Leaves that are proven at once: some milliseconds of work.
  private static let provenMax = 1_000

  /// Changes of keys, mandates, agencies and reference data, and of the record itself, from a leaf on.
  public func administration(from index: Int64, limit: Int, by asker: Asker) throws -> [LoggedLeaf] {
    try records.read(by: asker) { try $0.otherLeaves(from: index, limit: limit) }
      .map { LeafSight.shows($0, to: asker) ? $0 : $0.withoutContent }
  }

  /// The notes by which keys of the record have handed over, one after the other with an empty line between them.
  public func handovers(by asker: Asker) throws -> [UInt8] {
    KeyHandover.joined(try records.read(by: asker) { try $0.handovers() }.map { Array($0.utf8) })
  }

  public func witnesses(by asker: Asker) throws -> [RecordWitness] {
    try records.read(by: asker) { try $0.witnesses() }
  }

  /// Registers the key that an agency cosigns with.
  ///
  /// - Throws: `invalid` when it is no key of a witness.
  public func register(_ key: String, by asker: Asker, dryRun: Bool) async throws -> RecordWitness {
    let (agency, keyID) = (try asker.agency(), asker.keyID)
    guard let verifier = try? NoteVerifier(key), verifier.type == .cosignature, verifier.text == key else {
      throw Failure.invalid(
        "/key", .inconsistent,
        LocalizedText(
          en: "Send the public key of a witness: NAME+ID+KEY with the type 0x04 (C2SP tlog-cosignature).",
          inIndonesian: "Kirim kunci publik saksi: NAME+ID+KEY dengan tipe 0x04 (C2SP tlog-cosignature)."))
    }
    let witness = RecordWitness(agency: agency, key: key, cosigned: nil)
    return try await records.store.write(by: try asker.owner(), dryRun: dryRun, noting: asker.receipts) { transaction in
      if let known = try transaction.witnesses().first(where: { $0.agency == agency }), known.key == key {
        return known
      }
      try transaction.register(witness, by: keyID)
      return witness
    }
  }

  /// Takes a checkpoint that an agency has cosigned.
  ///
  /// - Throws: `invalid` for what is no checkpoint of this record, signed by it and by the agency's registered key;
  ///   `checkpoint_conflict` for one that is behind what the agency has cosigned, or that this tree does not have.
  public func cosign(_ bytes: [UInt8], by asker: Asker, dryRun: Bool) async throws -> RecordWitness {
    let agency = try asker.agency()
    let (note, checkpoint) = try read(bytes)
    let store = records.store
    let now = asker.now
    return try await store.write(by: try asker.owner(), dryRun: dryRun, noting: nil) { transaction in
      guard let witness = try transaction.witnesses().first(where: { $0.agency == agency }) else {
        throw Failure.cosignature(
          en: "Register the key that your agency cosigns with first: PUT /v1/record/witness.",
          inIndonesian: "Daftarkan dahulu kunci penanda lembaga Anda: PUT /v1/record/witness.")
      }
      let time = try Self.time(of: note, by: witness)
      guard time <= now.milliseconds / 1_000 + Self.aheadSecondsMax else {
        throw Failure.cosignature(
          en: "The time of the cosignature lies ahead: set the clock of the witness.",
          inIndonesian: "Waktu tanda saksi berada di masa depan: setel jam saksi.")
      }
      if let known = witness.cosigned, known.size > checkpoint.size || known.at.milliseconds > time * 1_000 {
        throw Failure.checkpointConflict(known.size)
      }
      guard try transaction.root(at: checkpoint.size) == checkpoint.root else {
        throw Failure.checkpointConflict((store.checkpoint.flatMap { try? Checkpoint(text: $0.text) })?.size ?? 0)
      }
      let cosigned = RecordWitness.Cosigned(
        size: checkpoint.size, note: String(decoding: note.bytes, as: UTF8.self),
        at: Timestamp(milliseconds: time * 1_000))
      try transaction.keep(cosigned, of: agency)
      return RecordWitness(agency: agency, key: witness.key, cosigned: cosigned)
    }
  }

  private var signedSize: Int64? {
    records.store.checkpoint.flatMap { try? Checkpoint(text: $0.text) }?.size
  }

  /// A checkpoint of this record that it has signed.
  private func read(_ bytes: [UInt8]) throws(Failure) -> (SignedNote, Checkpoint) {
    do {
      let note = try SignedNote(bytes)
      let checkpoint = try Checkpoint(text: note.text)
      guard let key = records.store.logKey, checkpoint.origin == key.name, try note.isSigned(by: key) else {
        throw NoteError.noSignatures
      }
      return (note, checkpoint)
    } catch {
      throw .cosignature(
        en: "This is no checkpoint that this record has signed.",
        inIndonesian: "Ini bukan titik periksa yang ditandatangani catatan ini.")
    }
  }

  private static func time(of note: SignedNote, by witness: RecordWitness) throws(Failure) -> Int64 {
    do {
      if let time = try note.cosigningTime(of: NoteVerifier(witness.key)) { return time }
    } catch {
      throw .cosignature(
        en: "The cosignature does not verify with the key that your agency has registered.",
        inIndonesian: "Tanda saksi tidak sah menurut kunci yang didaftarkan lembaga Anda.")
    }
    throw .cosignature(
      en: "The note has no cosignature by the key that your agency has registered.",
      inIndonesian: "Catatan tidak memuat tanda saksi oleh kunci yang didaftarkan lembaga Anda.")
  }
}

extension Failure {
  fileprivate static func cosignature(en: String, inIndonesian: String) -> Failure {
    .invalid("", .inconsistent, LocalizedText(en: en, inIndonesian: inIndonesian))
  }

  fileprivate static func checkpointConflict(_ size: Int64) -> Failure {
    Failure(
      .checkpointConflict,
      en: "The checkpoint is behind what is known, or of another tree: the known size is \(size).",
      inIndonesian: "Titik periksa tertinggal atau milik pohon lain: ukuran yang diketahui \(size).")
  }
}
