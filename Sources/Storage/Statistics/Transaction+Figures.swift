internal import Crypto
internal import Domain
internal import Foundation
internal import GRDB
internal import Gzip
internal import JSON
internal import Service

/// Figures that were given out, and figures that agencies have published: stored once, never changed.
extension Transaction {
  func figure(_ id: String) throws -> Figure? {
    guard var figure = try figureTerms(id) else { return nil }
    figure.answer = try fetchOne("SELECT answer FROM figure WHERE id = ?", [id]) { try Self.unpacked($0[0]) } ?? []
    return figure
  }

  func figureTerms(_ id: String) throws -> Figure? {
    try fetchOne(
      "SELECT id, scope, kind, definition, question, seq, reference_revision, issued_at FROM figure WHERE id = ?", [id]
    ) { row in
      guard let kind = StatisticKind(rawValue: row[2]) else {
        throw DatabaseError(message: "a stored figure is of an unknown kind")
      }
      return Figure(
        id: row[0], scope: (row[1] as String?).map { AgencyCode(rawValue: $0) }, kind: kind, definition: row[3],
        question: row[4], seq: row[5], referenceRevision: row[6], issuedAt: Timestamp(milliseconds: row[7]), answer: [])
    }
  }

  func issue(_ figure: Figure) throws -> Figure {
    // Another request may have issued it meanwhile; the first one stands.
    if let issued = try self.figure(figure.id) { return issued }
    try execute(
      """
      INSERT INTO figure (id, scope, kind, definition, question, seq, reference_revision, issued_at, answer)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        figure.id, figure.scope?.rawValue, figure.kind.rawValue, figure.definition, figure.question, figure.seq,
        figure.referenceRevision, figure.issuedAt.milliseconds, Data(Self.packed(figure.answer)),
      ])
    try log(figure)
    return figure
  }

  func log(_ figure: Figure) throws {
    try log(.figure, of: figure.scope?.rawValue) { figure.writeLeaf(to: &$0) }
  }

  /// A tenth of the bytes: answers by institution are hundreds of kilobytes of the same names.
  private static func packed(_ answer: [UInt8]) -> [UInt8] {
    let deflater = Deflater(level: 6)
    return deflater.compress(answer) + deflater.finish()
  }

  private static func unpacked(_ bytes: [UInt8]) throws -> [UInt8] {
    let inflater = Inflater()
    var (rest, answer) = (bytes[...], [UInt8]())
    while let piece = try inflater.next(from: &rest) { answer += piece }
    try inflater.finish()
    return answer
  }

  func keys(_ keys: [Int64], visibleTo agency: AgencyCode) throws -> Set<Int64> {
    var visible: Set<Int64> = []
    for start in stride(from: 0, to: keys.count, by: Self.keysMax) {
      let part = keys[start..<min(start + Self.keysMax, keys.count)]
      let stubs = try fetch(
        "SELECT \(CaseListing.stubColumns) FROM json_each(?) k JOIN case_record r ON r.case_key = k.value",
        ["[\(part.map(String.init).joined(separator: ","))]"], CaseListing.stub)
      for stub in stubs where Visibility.projection(of: stub, for: agency) != nil { visible.insert(stub.key) }
    }
    return visible
  }

  /// Cases that one statement looks up.
  private static let keysMax = 1_000

  func caseChanges(_ keys: [Int64], after seq: Int64) throws -> [CaseChanges] {
    try keys.compactMap { key in
      let found = try fetchOne(
        "SELECT \(CaseListing.stubColumns), r.number FROM case_record r WHERE r.case_key = ?", [key]
      ) { (stub: try CaseListing.stub($0), number: $0[CaseListing.stubWidth] as String) }
      guard let found else { return nil }
      // What makes no version counts nowhere.
      let events = try history(found.stub.id, after: seq, limit: .max).filter(\.what.makesVersion)
      return CaseChanges(stub: found.stub, number: found.number, events: events)
    }
  }

  func register(_ figure: PublishedFigure, by keyID: String) throws -> PublishedFigure {
    var stored = figure
    stored.registeredAt = now
    try execute(
      """
      INSERT INTO published_figure
        (agency, as_of, published_on, election, region, unit, metric_values, source, key_id, registered_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        stored.agency.rawValue, stored.asOf.description, stored.publishedOn?.description, stored.election,
        stored.region?.text, stored.unit.rawValue,
        FunnelMetric.allCases.compactMap { metric in stored.values[metric].map { "\(metric.rawValue) \($0);" } }
          .joined(), stored.source, keyID, stored.registeredAt.milliseconds,
      ])
    stored.number = database.lastInsertedRowID
    try log(stored, by: keyID)
    return stored
  }

  func log(_ figure: PublishedFigure, by keyID: String) throws {
    try log(.publishedFigure, of: figure.agency.rawValue, store: Array("\"\(keyID)\"".utf8)) {
      figure.writeLeaf(to: &$0)
    }
  }

  func publishedFigures(_ election: String?, before number: Int64, limit: Int) throws -> [PublishedFigure] {
    let condition = election == nil ? "" : "AND election = ?"
    let arguments: [(any DatabaseValueConvertible)?] = [number] + (election.map { [$0] } ?? []) + [limit]
    return try fetch(
      "SELECT \(Self.publishedColumns) FROM published_figure WHERE number < ? \(condition) ORDER BY number DESC LIMIT ?",
      arguments, Self.published)
  }

  func publishedFigure(_ number: Int64) throws -> PublishedFigure? {
    try fetchOne(
      "SELECT \(Self.publishedColumns) FROM published_figure WHERE number = ?", [number], Self.published)
  }

  private static let publishedColumns =
    "number, agency, as_of, published_on, election, region, unit, metric_values, source, registered_at"

  private static func published(_ row: StoredRow) throws -> PublishedFigure {
    var columns = ColumnReader(row, from: 1)
    let agency = AgencyCode(rawValue: columns.text())
    let (asOf, publishedOn) = (try columns.requiredDate(), columns.date())
    let (election, region) = (columns.text(), columns.optionalText())
    let unit = try columns.code(StatisticUnit.self)
    var values: [FunnelMetric: Int] = [:]
    for pair in columns.text().split(separator: ";") {
      let parts = pair.split(separator: " ")
      guard parts.count == 2, let metric = FunnelMetric(rawValue: String(parts[0])), let value = Int(parts[1]) else {
        throw DatabaseError(message: "a stored published figure is malformed")
      }
      values[metric] = value
    }
    return PublishedFigure(
      number: row[0], agency: agency, asOf: asOf, publishedOn: publishedOn, election: election,
      region: region.map { RegionCode(stored: $0) }, unit: unit, values: values, source: columns.text(),
      registeredAt: Timestamp(milliseconds: Int64(columns.int())))
  }
}

extension Figure {
  /// Writes what its leaf says of it.
  func writeLeaf(to writer: inout JSONWriter) {
    writer.member("id", id)
    writer.member("scope", scope?.rawValue)
    writer.member("statistic", kind.rawValue)
    writer.member("definition", definition)
    writer.member("question", question)
    writer.member("seq", seq)
    writer.member("reference_revision", referenceRevision)
    writer.member("issued_at", issuedAt.description)
    writer.member("sha256", SHA256.hash(data: answer).hexadecimal)
  }
}

extension PublishedFigure {
  /// Writes what its leaf says of it.
  func writeLeaf(to writer: inout JSONWriter) {
    writer.member("number", number)
    writer.member("agency", agency.rawValue)
    writer.member("as_of", asOf.description)
    writer.member("published_on", publishedOn?.description)
    writer.member("election", election)
    writer.member("region", region?.text)
    writer.member("unit", unit.rawValue)
    writer.object("values") { writer in
      for metric in FunnelMetric.allCases {
        guard let value = values[metric] else { continue }
        writer.name(metric.rawValue)
        writer.int(value)
      }
    }
    writer.member("source", source)
    writer.member("registered_at", registeredAt.description)
  }
}
