internal import Crypto
internal import Domain
internal import Foundation
internal import GRDB
internal import JSON
internal import Service

/// Public releases: stored once, never changed.
extension Transaction {
  func publicReleases(of election: String) throws -> [StoredRelease] {
    try fetch(
      """
      SELECT as_of, definition, seq, released_at, document FROM public_release WHERE election = ?
      ORDER BY as_of, definition
      """, [election]
    ) { row in
      var columns = ColumnReader(row, from: 0)
      return StoredRelease(
        election: election, asOf: try columns.requiredDate(), definition: columns.int(), seq: Int64(columns.int()),
        releasedAt: Timestamp(milliseconds: Int64(columns.int())), document: Array(columns.text().utf8))
    }
  }

  func release(_ release: StoredRelease, by administrator: String?) throws -> StoredRelease? {
    let told =
      "SELECT count(*) FROM public_release WHERE election = ? AND as_of = ? AND document <> '\(StoredRelease.withheld)'"
    let count = try fetchOne(told, [release.election, release.asOf.description]) { $0[0] as Int }
    guard count == 0 else { return nil }
    var stored = release
    stored.releasedAt = now
    try execute(
      """
      INSERT INTO public_release (election, as_of, definition, seq, released_at, document) VALUES (?, ?, ?, ?, ?, ?)
      """,
      [
        stored.election, stored.asOf.description, stored.definition, stored.seq, stored.releasedAt.milliseconds,
        String(decoding: stored.document, as: UTF8.self),
      ])
    try log(stored, by: administrator)
    return stored
  }

  func log(_ release: StoredRelease, by administrator: String?) throws {
    try log(.release) { writer in
      release.writeLeaf(to: &writer)
      writer.member("by", administrator)
    }
  }

  func firstRecordedDays() throws -> [String: LegalDate] {
    let days = try fetch("SELECT election, min(created_at) FROM case_record GROUP BY election", []) { row in
      (row[0] as String, LegalDate(inJakarta: Timestamp(milliseconds: row[1])))
    }
    return Dictionary(uniqueKeysWithValues: days)
  }

  func caseIDs(after key: Int64, limit: Int) throws -> [(key: Int64, id: CaseID)] {
    try fetch(
      "SELECT case_key, id FROM case_record WHERE case_key > ? ORDER BY case_key LIMIT ?", [key, limit]
    ) { row in (key: row[0] as Int64, id: try row.identity(1)) }
  }
}

extension StoredRelease {
  /// Writes what its leaf says of it, but for who has asked for it.
  func writeLeaf(to writer: inout JSONWriter) {
    writer.member("election", election)
    writer.member("as_of", asOf.description)
    writer.member("definition", definition)
    writer.member("seq", seq)
    writer.member("released_at", releasedAt.description)
    writer.member("sha256", SHA256.hash(data: document).hexadecimal)
  }
}
