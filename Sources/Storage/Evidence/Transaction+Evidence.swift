internal import Crypto
internal import Domain
internal import Foundation
internal import GRDB
internal import Service

/// Where a sealed file stands.
struct SealedPlace: FilePlace {
  let name: String
  let byteCount: Int
  let cipher: FileCipher
}

/// Which files cases have.
extension Transaction {
  func keep(_ file: any IncomingFile, for record: Case, isCounted: Bool) throws {
    guard let file = file as? IncomingEvidence, let placed = file.placed else {
      throw DatabaseError(message: "a file is kept that was not brought whole")
    }
    let (caseKey, dataKey) = try evidenceKeys(of: record.id)
    guard let key = try requireVault().key(dataKey) else {
      throw DatabaseError(message: "the key of a value was destroyed")
    }
    var cipher = file.cipher
    let fileKey: Int64
    if let kept = try namedFile(placed.digest) {
      fileKey = kept.key
      if !file.isLost(kept.name), let known = try EvidenceCheck.cipher(of: kept, requireVault()) {
        // The same bytes are there already, under a key of their own.
        cipher = known
      } else {
        // They were lost, and have come again: for every case that has them.
        try execute("UPDATE evidence_file SET name = ? WHERE file_key = ?", [placed.name, fileKey])
        for holder in kept.holders {
          guard let key = try requireVault().key(holder.dataKey) else { continue }
          try execute(
            "UPDATE case_evidence SET wrapped = ? WHERE file_key = ? AND case_key = ?",
            [try cipher.wrapped(by: key, Self.binding(holder.id, placed.digest)), fileKey, holder.caseKey])
        }
        if !isDryRun { file.noteNamed() }
      }
    } else {
      try execute(
        "INSERT INTO evidence_file (digest, name, bytes) VALUES (?, ?, ?)",
        [placed.digest, placed.name, placed.byteCount])
      fileKey = database.lastInsertedRowID
      if !isDryRun { file.noteNamed() }
    }
    try execute(
      """
      INSERT INTO case_evidence (case_key, file_key, data_key, wrapped, stands, awaits_scan) VALUES (?, ?, ?, ?, 1, 0)
      ON CONFLICT (case_key, file_key) DO NOTHING
      """, [caseKey, fileKey, dataKey, try cipher.wrapped(by: key, Self.binding(record.id, placed.digest))])
    if isCounted { pending.jobBytes += Int64(placed.byteCount) }
  }

  func casesAwaitingScan(limit: Int) throws -> [CaseID] {
    try fetch(
      """
      SELECT DISTINCT r.id FROM case_evidence c JOIN case_record r ON r.case_key = c.case_key WHERE c.awaits_scan
      ORDER BY r.case_key LIMIT ?
      """, [limit]
    ) { try $0.identity(0) }
  }

  /// Notes which files of a case stand, and which wait for a scanner, as its newest version tells of them.
  func noteStanding(_ record: Case, _ key: Int64) throws {
    for sha256 in Set(record.evidence.map(\.sha256)) {
      try execute(
        """
        UPDATE case_evidence SET stands = ?, awaits_scan = ?
        WHERE case_key = ? AND file_key = (SELECT file_key FROM evidence_file WHERE digest = ?)
        """,
        [
          record.isStanding(sha256) ? 1 : 0, record.awaitsScan(sha256) ? 1 : 0, key, try digest(.file, sha256),
        ])
    }
  }

  func filePlace(_ sha256: String, of id: CaseID) throws -> (any FilePlace)? {
    let digest = try digest(.file, sha256)
    let row = try fetchOne(
      """
      SELECT f.name, f.bytes, c.data_key, c.wrapped FROM evidence_file f
      JOIN case_evidence c ON c.file_key = f.file_key JOIN case_record r ON r.case_key = c.case_key
      WHERE f.digest = ? AND r.id = ?
      """, [digest, id.data]
    ) { row in
      (
        name: row[0] as String, byteCount: Int(row[1] as Int64), dataKey: row[2] as Int64,
        wrapped: Data(row[3] as [UInt8])
      )
    }
    guard let row else { return nil }
    let vault = try requireVault()
    guard let key = try vault.key(row.dataKey) else { return nil }
    do {
      let cipher = try FileCipher(unwrapping: row.wrapped, with: key, Self.binding(id, digest))
      return SealedPlace(name: row.name, byteCount: row.byteCount, cipher: cipher)
    } catch is EvidenceFault {
      throw Failure.evidenceDamaged
    }
  }

  /// The names of all files that a case has.
  func evidenceNames() throws -> Set<String> {
    // A file of the release before evidence has none.
    guard try database.tableExists("evidence_file") else { return [] }
    return Set(try fetch("SELECT name FROM evidence_file", []) { $0[0] as String })
  }

  func isLost(_ file: any IncomingFile) throws -> Bool {
    guard let file = file as? IncomingEvidence, let placed = file.placed else { return false }
    return try namedFile(placed.digest).map { file.isLost($0.name) } ?? false
  }

  /// A file that some case has, by its digest.
  func namedFile(_ digest: String) throws -> NamedFile? {
    try namedFiles(of: digest).first
  }

  /// How often the file was brought back from a backup.
  func restorationCount() throws -> Int {
    try fetchOne("SELECT count(*) FROM sequence_gap", []) { $0[0] as Int } ?? 0
  }

  /// Lets the files of a case go, as it is erased. Those that no other case has are deleted when it is finished.
  func forgetEvidence(ofKey key: Int64) throws {
    try execute("DELETE FROM announced_file WHERE case_key = ?", [key])
    try execute("DELETE FROM case_evidence WHERE case_key = ?", [key])
    try execute("DELETE FROM evidence_file WHERE file_key NOT IN (SELECT file_key FROM case_evidence)", [])
  }

  /// The row of a case, and the key of its values.
  func evidenceKeys(of id: CaseID) throws -> (caseKey: Int64, dataKey: Int64) {
    guard
      let keys = try fetchOne(
        "SELECT case_key, data_key FROM case_record WHERE id = ?", [id.data],
        { ($0[0] as Int64, $0[1] as Int64) })
    else { throw Failure.notFound }
    return keys
  }

  /// What the key of a file is bound to: the case, and the file.
  static func binding(_ id: CaseID, _ digest: String) -> [UInt8] { Array("file \(id) \(digest)".utf8) }
}
