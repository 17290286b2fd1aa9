internal import Foundation
internal import JSON
internal import TestSupport
internal import Testing

extension ProgramTests {
  /// The demo of the real program against what was published, which stands in files of its own.
  @Suite("golden figures")
  struct GoldenTests {
    private static let metrics = ["reported", "recommended", "followed_up", "blocked"]

    /// The rows of a golden table, by the names of its columns; an empty field was not published.
    private func table(_ name: String) throws -> [[String: String]] {
      let url = URL(filePath: projectFile("Tests/NetralTests/golden/\(name)"))
      let rows = try CSVReader.rows(Array(try Data(contentsOf: url))).map(\.fields)
      let header = try #require(rows.first)
      return rows.dropFirst().map { row in Dictionary(uniqueKeysWithValues: zip(header, row)) }
    }

    @Test(
      "the as-of funnel of the demo is what KASN and BKN published of Pilkada 2020, for everyone who sees all cases")
    func funnel() throws {
      let agencies = try Agencies()
      for row in try table("published_funnel.csv") {
        let (election, date, unit) = (row["election"] ?? "", row["as_of"] ?? "", row["unit"] ?? "")
        for agency in ["BAWASLU", "BKN", "KASN", "PANRB"] {
          let reply = try agencies.client(agency).get(
            "/v1/statistics/funnel?election=\(election)&as_of=\(date)&unit=\(unit)")
          #expect(reply.status == 200)
          for metric in Self.metrics {
            guard let published = row[metric].flatMap({ Int($0) }) else { continue }
            #expect(reply.json["total"][metric].int == published, "\(agency) \(date) \(metric)")
          }
        }
      }
      try agencies.server.stop()
    }

    @Test("the stages of 4 December 2024 are those of SBT: 1,158 reported, 60 rejected outside of them")
    func stages() throws {
      let agencies = try Agencies()
      let wanted = ["received": 667, "recommended": 436, "lapsed": 4, "not_proven": 24, "cancelled": 27]
      for unit in ["case", "person", "report"] {
        let reply = try agencies.client("PANRB").get(
          "/v1/statistics/stages?election=pilkada-2024&as_of=2024-12-04&unit=\(unit)")
        #expect(reply.json["total"]["total"].int == 1_158 && reply.json["total"]["rejected"].int == 60, "\(unit)")
        for stage in reply.json["total"]["stages"].names {
          #expect(reply.json["total"]["stages"][stage]["count"].int == wanted[stage] ?? 0, "\(unit) \(stage)")
        }
      }
      try agencies.server.stop()
    }

    @Test("every figure published of Pilkada 2020 stands beside one of the service's own that does not differ from it")
    func published() throws {
      let agencies = try Agencies()
      let items = try agencies.client("KEMENDAGRI").get("/v1/published-figures").json["items"].items
      #expect(items.count == 16)
      // Later figures, of 2021 and 2023, stand beside them: the demo's history ends before.
      let all = try agencies.client("BKN").get("/v1/published-figures?election=pilkada-2020").json["items"].items
        .filter { ($0["as_of"].string ?? "") < "2021" }
      let rows = try table("published_funnel.csv")
      #expect(all.map { $0["as_of"].string } == rows.reversed().map { $0["as_of"] })
      for (item, row) in zip(all, rows.reversed()) {
        let date = row["as_of"] ?? ""
        #expect(item["source"].string == "published figure of \(item["agency"].string ?? "") as of \(date)")
        // All of it was recorded on the day the demo was made: the service has no figures of 2020 of its own.
        #expect(item["recorded"] == .null)
        for metric in item["values"].names {
          #expect(item["values"][metric].int == row[metric].flatMap { Int($0) }, "\(date) \(metric)")
          #expect(item["effective"][metric]["own"].int == item["values"][metric].int, "\(date) \(metric)")
          #expect(item["effective"][metric]["difference"].int == 0, "\(date) \(metric)")
        }
      }
      try agencies.server.stop()
    }
  }
}
