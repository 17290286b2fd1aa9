internal import Domain
internal import Migrations

/// The figures that were really published, to stand beside those of the demo cases.
enum DemoFigures {
  /// Reads them.
  ///
  /// - Throws: `CSVError`, `ExitFailure` when the table in the program is broken.
  static func all() throws -> [PublishedFigure] {
    try DemoRow.rows(of: InitialReference.publishedFigures).map(figure)
  }

  private static func figure(_ row: DemoRow) throws -> PublishedFigure {
    guard let agency = row.agency("agency"), let asOf = row.date("as_of"),
      let election = row["election"], let unit = row["unit"].flatMap({ StatisticUnit(rawValue: $0) })
    else { throw ExitFailure("a published figure lacks agency, date, election or unit") }
    var values: [FunnelMetric: Int] = [:]
    for metric in FunnelMetric.allCases { values[metric] = row[metric.rawValue].flatMap { Int($0) } }
    // `ID` stands for the whole country.
    return PublishedFigure(
      number: 0, agency: agency, asOf: asOf, publishedOn: nil, election: election,
      region: row["scope"].flatMap { RegionCode($0) }, unit: unit, values: values,
      source: "published figure of \(agency.rawValue) as of \(asOf)", registeredAt: Timestamp(milliseconds: 0))
  }
}
