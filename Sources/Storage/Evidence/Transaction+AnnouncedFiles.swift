internal import Crypto
internal import Domain
internal import Foundation
internal import GRDB
internal import JSON
internal import Service

/// Files that lines of imports have named, and that are to come.
extension Transaction {
  func announce(_ files: [AnnouncedFile], for record: Case, by agency: AgencyCode) throws {
    let (caseKey, dataKey) = try evidenceKeys(of: record.id)
    let known = try awaited(
      "a.case_key = ? AND a.agency = ? AND a.sealed IS NOT NULL ORDER BY a.announced_key", [caseKey, agency.rawValue],
      of: agency)
    // The same line night by night changes nothing.
    if known.map(\.file) == files { return }
    guard let key = try requireVault().key(dataKey) else {
      throw DatabaseError(message: "the key of a value was destroyed")
    }
    try execute(
      "DELETE FROM announced_file WHERE case_key = ? AND agency = ? AND sealed IS NOT NULL", [caseKey, agency.rawValue])
    for file in files {
      let digest = try digest(.file, file.sha256)
      let sealed = try AnnouncedSeal.seal(file, by: agency, AnnouncedSeal.binding(record.id, agency, digest), key)
      try execute(
        "INSERT OR REPLACE INTO announced_file (case_key, agency, digest, data_key, sealed) VALUES (?, ?, ?, ?, ?)",
        [caseKey, agency.rawValue, digest, dataKey, sealed])
    }
  }

  func noteBrought(_ sha256: String, for record: Case, by agency: AgencyCode) throws {
    try execute(
      """
      UPDATE announced_file SET sealed = NULL WHERE agency = ? AND digest = ?
      AND case_key = (SELECT case_key FROM case_record WHERE id = ?)
      """, [agency.rawValue, try digest(.file, sha256), record.id.data])
  }

  func awaitedFiles(_ sha256: String, of agency: AgencyCode, after number: Int64, limit: Int) throws -> [AwaitedFile] {
    try awaited(
      "a.agency = ? AND a.digest = ? AND a.announced_key > ? AND a.sealed IS NOT NULL ORDER BY a.announced_key LIMIT ?",
      [agency.rawValue, try digest(.file, sha256), number, limit], of: agency)
  }

  func awaitedFiles(of agency: AgencyCode, before number: Int64, limit: Int) throws -> [AwaitedFile] {
    try awaited(
      "a.agency = ? AND a.announced_key < ? AND a.sealed IS NOT NULL ORDER BY a.announced_key DESC LIMIT ?",
      [agency.rawValue, number, limit], of: agency)
  }

  func broughtFile(_ sha256: String, by agency: AgencyCode, limit: Int) throws -> (cases: [CaseID], byteCount: Int) {
    let digest = try digest(.file, sha256)
    let cases = try fetch(
      """
      SELECT r.id FROM announced_file a JOIN case_record r ON r.case_key = a.case_key
      WHERE a.agency = ? AND a.digest = ? AND a.sealed IS NULL ORDER BY a.announced_key LIMIT ?
      """, [agency.rawValue, digest, limit]
    ) { try $0.identity(0) }
    // What others have is not asked for.
    if cases.isEmpty { return ([], 0) }
    let byteCount = try fetchOne("SELECT bytes FROM evidence_file WHERE digest = ?", [digest]) { $0[0] as Int }
    return (cases, byteCount ?? 0)
  }

  private func awaited(
    _ condition: String, _ arguments: [(any DatabaseValueConvertible)?], of agency: AgencyCode
  ) throws -> [AwaitedFile] {
    let vault = try requireVault()
    let rows = try fetch(
      """
      SELECT a.announced_key, r.id, a.digest, a.data_key, a.sealed FROM announced_file a
      JOIN case_record r ON r.case_key = a.case_key WHERE \(condition)
      """, arguments
    ) { row in
      (
        number: row[0] as Int64, id: try row.identity(1), digest: row[2] as String, dataKey: row[3] as Int64,
        sealed: Data(row[4] as [UInt8])
      )
    }
    return try rows.compactMap { row in
      // What nobody can open any more is awaited by nobody.
      guard let key = try vault.key(row.dataKey) else { return nil }
      let file = try AnnouncedSeal.open(row.sealed, AnnouncedSeal.binding(row.id, agency, row.digest), key)
      return AwaitedFile(number: row.number, caseID: row.id, file: file)
    }
  }
}

/// A file that is to come as its row keeps it: sealed with ChaChaPoly (RFC 8439) under the key of the case, and bound to the
/// case, the agency and the file.
private enum AnnouncedSeal {
  static func binding(_ id: CaseID, _ agency: AgencyCode, _ digest: String) -> [UInt8] {
    Array("announced \(id) \(agency) \(digest)".utf8)
  }

  static func seal(_ file: AnnouncedFile, by agency: AgencyCode, _ binding: [UInt8], _ key: SymmetricKey) throws
    -> Data
  {
    let item = EvidenceItem(
      sha256: file.sha256, type: file.type, byteCount: 0, facts: file.facts, receivedBy: agency,
      receivedAt: Timestamp(milliseconds: 0), scan: .notScanned)
    var writer = JSONWriter()
    EvidenceDocument.write([item], to: &writer)
    return try ChaChaPoly.seal(writer.bytes, using: key, authenticating: binding).combined
  }

  /// - Throws: `DatabaseError` when the row is not what was sealed.
  static func open(_ sealed: Data, _ binding: [UInt8], _ key: SymmetricKey) throws -> AnnouncedFile {
    do {
      let bytes = try ChaChaPoly.open(ChaChaPoly.SealedBox(combined: sealed), using: key, authenticating: binding)
      let items = try Array(bytes).withUnsafeBufferPointer { bytes in
        var reader = JSONReader(bytes)
        return try EvidenceDocument.read(from: &reader)
      }
      if let item = items.first { return AnnouncedFile(sha256: item.sha256, type: item.type, facts: item.facts) }
    } catch is CryptoKitError {
    } catch is JSONReader.Malformed {}
    throw DatabaseError(message: "a sealed value is not what was sealed")
  }
}
