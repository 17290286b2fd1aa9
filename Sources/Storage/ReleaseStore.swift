internal import Domain
internal import Foundation
internal import GRDB

/// Public releases: stored once, never changed.
extension Transaction {
  func publicReleases(of election: String) throws -> [StoredRelease] {
    try fetch(
      "SELECT as_of, seq, released_at, document FROM public_release WHERE election = ? ORDER BY as_of", [election]
    ) { row in
      var columns = ColumnReader(row, from: 0)
      return StoredRelease(
        election: election, asOf: try columns.requiredDate(), seq: Int64(columns.int()),
        releasedAt: Timestamp(milliseconds: Int64(columns.int())), document: Array(columns.text().utf8))
    }
  }

  func publicReleaseDates(of election: String) throws -> [LegalDate] {
    try fetch("SELECT as_of FROM public_release WHERE election = ? ORDER BY as_of", [election]) { row in
      var columns = ColumnReader(row, from: 0)
      return try columns.requiredDate()
    }
  }

  func release(_ release: StoredRelease) throws -> StoredRelease {
    var stored = release
    stored.releasedAt = now
    try execute(
      "INSERT INTO public_release (election, as_of, seq, released_at, document) VALUES (?, ?, ?, ?, ?)",
      [
        stored.election, stored.asOf.description, stored.seq, stored.releasedAt.milliseconds,
        String(decoding: stored.document, as: UTF8.self),
      ])
    return stored
  }
}
