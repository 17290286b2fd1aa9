internal import Domain
internal import Foundation
internal import GRDB
internal import JSON
internal import Service

/// Certificates of agreement: stored once, never changed.
extension Transaction {
  func certify(_ certificate: Certificate, by keyID: String) throws -> Certificate {
    var stored = certificate
    stored.issuedAt = max(now, certificate.issuedAt)
    try execute(
      """
      INSERT INTO certificate (agency, key_id, seq, cases, missing, outdated, unknown, digest, issued_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        stored.agency.rawValue, keyID, stored.seq, stored.cases, stored.missing, stored.outdated, stored.unknown,
        Data(stored.digest), stored.issuedAt.milliseconds,
      ])
    stored.number = database.lastInsertedRowID
    try log(stored, by: keyID)
    return stored
  }

  func log(_ certificate: Certificate, by keyID: String) throws {
    try log(.certificate, of: certificate.agency.rawValue, store: Array("\"\(keyID)\"".utf8)) {
      certificate.writeLeaf(to: &$0)
    }
  }

  func certificates(of agency: AgencyCode?, before number: Int64, limit: Int) throws -> [Certificate] {
    let columns = "number, agency, seq, cases, missing, outdated, unknown, digest, issued_at"
    let condition = agency == nil ? "" : "AND agency = ?"
    return try fetch(
      "SELECT \(columns) FROM certificate WHERE number < ? \(condition) ORDER BY number DESC LIMIT ?",
      [number] + (agency.map { [$0.rawValue] } ?? []) + [limit]
    ) { row in
      Certificate(
        number: row[0], agency: AgencyCode(rawValue: row[1]), seq: row[2], cases: row[3], missing: row[4],
        outdated: row[5], unknown: row[6], digest: row[7], issuedAt: Timestamp(milliseconds: row[8]))
    }
  }
}

extension Certificate {
  /// Writes what its leaf says of it.
  func writeLeaf(to writer: inout JSONWriter) {
    writer.member("number", number)
    writer.member("agency", agency.rawValue)
    writer.member("seq", seq)
    writer.member("cases", cases)
    writer.member("missing", missing)
    writer.member("outdated", outdated)
    writer.member("unknown", unknown)
    writer.member("digest", digest.hexadecimal)
    writer.member("issued_at", issuedAt.description)
  }
}
