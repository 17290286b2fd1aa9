internal import Domain
internal import GRDB

/// The cases as they stood at a sequence.
///
/// Every version is kept, so that a snapshot needs no long transaction: it is read in parts, each from the newest state
/// of the file, and a case that has changed since is taken from the version that was current then.
extension Transaction {
  func pastCases(at seq: Int64, after id: CaseID, limit: Int) throws -> PastPage<PastCase> {
    var bytes = 0
    let goesOn = { (stored: StoredCase) in
      bytes += stored.record.facts.textBytes
      return bytes < Self.pageBytesMax
    }
    let stored = try fetch(Self.casesSQL, [id.data, limit], while: goesOn, storedCase)
    let items = try stored.compactMap { current -> PastCase? in
      let now = VisibilityBasis(current.record)
      if current.record.seq <= seq { return PastCase(record: current.record, now: now) }
      guard let newest = try newestVersion(of: current.key, at: seq), let then = try versionMade(at: newest) else {
        return nil
      }
      return PastCase(record: then, now: now, withdrawals: try withdrawals(ofKey: current.key, after: newest))
    }
    let isLast = stored.count < limit && bytes < Self.pageBytesMax
    return PastPage(items: items, next: isLast ? nil : stored.last?.record.id)
  }

  func pastCases(_ places: [CasePlace]) throws -> [PastCase?] {
    try places.map { place in
      guard let stub = try stub(place.id) else { return nil }
      if stub.version == place.version {
        return try caseRecord(behind: stub).map { PastCase(record: $0, now: stub.basis) }
      }
      return try caseRecord(place.id, version: Int(place.version)).map { then in
        PastCase(
          record: then, now: stub.basis, withdrawals: try withdrawals(ofKey: stub.key, after: then.seq))
      }
    }
  }

  /// Texts of the cases of a page, in bytes: four times as much as those of usual length have.
  private static let pageBytesMax = 1 << 20

  func pastStubs(at seq: Int64, after id: CaseID, limit: Int) throws -> PastPage<PastStub> {
    let stored = try fetch(Self.stubsSQL, [id.data, limit]) { row in
      (stub: try CaseListing.stub(row), seq: row[CaseListing.stubWidth] as Int64)
    }
    let items = try stored.compactMap { current -> PastStub? in
      let stub = current.stub
      if current.seq <= seq {
        return
          PastStub(
            id: stub.id, version: stub.version, then: stub.basis, now: stub.basis, commitments: stub.commitments)
      }
      guard let newest = try newestVersion(of: stub.key, at: seq) else { return nil }
      var past = try fetchOne(Self.basisSQL, [newest]) { row in
        PastStub(
          id: stub.id, version: row[0], then: try CaseListing.basis(row, from: 2), now: stub.basis,
          commitments: CaseListing.commitments(row, from: 1))
      }
      past?.withdrawals = try withdrawals(ofKey: stub.key, after: newest)
      return past
    }
    return PastPage(items: items, next: stored.count < limit ? nil : stored.last?.stub.id)
  }

  func pastCount(at seq: Int64, for agency: AgencyCode) throws -> Int {
    let now = Visibility.rows(for: agency, in: "r")
    let unchanged = try countCases(.all([SQLCondition("r.seq <= ?", [seq]), now]), for: agency)
    let shown = SQLCondition.all([
      SQLCondition("r.seq > ?", [seq]), now, Visibility.rows(for: agency, in: "e"),
      Visibility.undisputed(for: agency, in: "r"), Visibility.undisputed(for: agency, in: "e"),
    ])
    let changed: Int? = try fetchOne(
      """
      SELECT count(*) FROM case_record r JOIN event e ON e.seq =
        (SELECT max(seq) FROM event WHERE case_key = r.case_key AND seq <= ? AND progress IS NOT NULL)
      WHERE \(shown.sql)
      """, [seq] + shown.arguments
    ) { $0[0] }
    return unchanged + (changed ?? 0)
  }

  /// The sequence of the version of a case that was current at a sequence; nil when the case is younger.
  private func newestVersion(of key: Int64, at seq: Int64) throws -> Int64? {
    try fetchOne(
      "SELECT max(seq) FROM event WHERE case_key = ? AND seq <= ? AND progress IS NOT NULL", [key, seq]
    ) { $0[0] } ?? nil
  }

  private static let casesSQL = """
    SELECT \(StoredCase.columns) FROM case_record r JOIN event e ON e.seq = r.seq WHERE r.id > ? ORDER BY r.id LIMIT ?
    """
  private static let stubsSQL =
    "SELECT \(CaseListing.stubColumns), r.seq FROM case_record r WHERE r.id > ? ORDER BY r.id LIMIT ?"
  private static let basisSQL =
    "SELECT e.version, e.commitments, \(CaseListing.basisColumns(of: "e")) FROM event e WHERE e.seq = ?"
}

extension Facts {
  /// The bytes of the texts that may be long.
  fileprivate var textBytes: Int {
    act.narrative.utf8.count + act.urls.reduce(0) { $0 + $1.utf8.count }
      + act.witnesses.reduce(0) { $0 + $1.name.utf8.count + ($1.contact?.utf8.count ?? 0) }
  }
}
