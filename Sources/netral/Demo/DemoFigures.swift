internal import Domain
internal import JSON
internal import Migrations

/// The figures that were really published, to stand beside those of the demo cases.
enum DemoFigures {
  /// Reads them.
  ///
  /// - Throws: `CSVError`, `ExitFailure` when the table in the program is broken.
  static func all() throws -> [PublishedFigure] {
    let rows = try CSVReader.rows(InitialReference.publishedFigures).map(\.fields)
    guard let header = rows.first else { return [] }
    return try rows.dropFirst().map { try figure(Dictionary(zip(header, $0)) { first, _ in first }) }
  }

  private static func figure(_ row: [String: String]) throws -> PublishedFigure {
    guard let agency = row["agency"], let asOf = row["as_of"].flatMap({ LegalDate($0) }),
      let election = row["election"], let unit = row["unit"].flatMap({ StatisticUnit(rawValue: $0) })
    else { throw ExitFailure("a published figure lacks agency, date, election or unit") }
    var values: [FunnelMetric: Int] = [:]
    for metric in FunnelMetric.allCases { values[metric] = row[metric.rawValue].flatMap { Int($0) } }
    // `ID` stands for the whole country.
    return PublishedFigure(
      number: 0, agency: AgencyCode(rawValue: agency), asOf: asOf, publishedOn: nil, election: election,
      region: row["scope"].flatMap { RegionCode($0) }, unit: unit, values: values,
      source: "published figure of \(agency) as of \(asOf)", registeredAt: Timestamp(milliseconds: 0))
  }
}
