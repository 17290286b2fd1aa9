internal import Domain
internal import JSON
internal import TestSupport
internal import Testing
internal import Web

extension HTTPAnswer {
  /// Lines, whether they end as in a table or not.
  fileprivate var rows: [Substring] { text.utf8.split(separator: UInt8(ascii: "\n")).compactMap(Substring.init) }
}

@Suite("A list as lines or as a table")
struct WholeListTests {
  private static let count = 130

  /// So many cases, of which each has a clock.
  private static func fill(_ visitor: Visitor) throws {
    let lines = (0..<count).map { number in
      let body = Sample.caseBody(#"{"source":{"agency":"BAWASLU"}}"#, agencyRef: "whole-\(number)")
      return "{\"case\":\(body)}"
    }
    let answer = try visitor.importLines(lines)
    guard answer.rows.count == count else { throw Unexpected(answer) }
  }

  /// How to ask for a list, and what every item of it has.
  struct List: Sendable, CustomStringConvertible {
    let method: String
    let path: String
    let body: String?
    var description: String { "\(method) \(path)" }

    static let all = [
      List(method: "GET", path: "/v1/cases?reported_by=BAWASLU", body: nil),
      List(method: "GET", path: "/v1/clocks?state=overdue,running", body: nil),
      List(method: "GET", path: "/v1/clocks?state=met,late,overdue,running", body: nil),
      List(method: "POST", path: "/v1/case-searches", body: #"{"name":"contoh"}"#),
    ]

    func ask(_ visitor: Visitor, _ query: String, _ accept: String?, as who: AgencyCode = .bkn) throws -> HTTPAnswer {
      let target = path + (query.isEmpty ? "" : (path.contains("?") ? "&" : "?") + query)
      return try visitor.ask(as: who, method, target, body, accept.map { [("Accept", $0)] } ?? [])
    }
  }

  @Test("is whole without a limit, and a page with one", arguments: List.all)
  func whole(list: List) async throws {
    try await withService { visitor in
      try Self.fill(visitor)
      for (query, accept, heading) in [
        ("", "text/csv", 1), ("format=csv", nil, 1), ("format=csv", "application/json", 1),
        ("", "application/x-ndjson", 0), ("format=ndjson", "text/csv", 0),
      ] as [(String, String?, Int)] {
        let answer = try list.ask(visitor, query, accept)
        #expect(answer.status == 200 && answer.rows.count == Self.count + heading, "\(query) \(answer.rows.count)")
        #expect(answer["netral-snapshot-count"] == "\(Self.count)" && answer["netral-snapshot-seq"] != nil)
        #expect(answer["link"] == nil && answer["netral-next-cursor"] == nil)
        #expect(answer["content-type"]?.hasPrefix(heading == 1 ? "text/csv" : "application/x-ndjson") == true)
        #expect(answer["vary"]?.contains("Accept") == true)
        #expect(Set(answer.rows).count == Self.count + heading)
      }
      // JSON is paged, whatever is said.
      for (query, accept) in [("", nil), ("format=json", "text/csv")] as [(String, String?)] {
        #expect(try list.ask(visitor, query, accept).json["items"].items.count == 50)
      }
    }
  }

  @Test("goes on page by page where a limit is given, in the same format")
  func paged() async throws {
    try await withService { visitor in
      try Self.fill(visitor)
      for path in ["/v1/cases", "/v1/clocks", "/v1/keys"] {
        let count = path == "/v1/keys" ? 1 : Self.count
        var (target, rows, pages) = ("\(path)?format=csv&limit=\(path == "/v1/keys" ? 1 : 60)", 0, 0)
        while pages < 5 {
          let page = try visitor.get(target, as: .bkn)
          #expect(page.status == 200 && page["content-type"]?.hasPrefix("text/csv") == true, "\(page.text)")
          rows += page.rows.count - 1
          pages += 1
          guard let link = page["link"], let end = link.firstIndex(of: ">") else { break }
          target = String(link[link.index(after: link.startIndex)..<end])
        }
        #expect(rows == count && pages == (count == 1 ? 1 : 3), "\(path): \(rows) \(pages)")
      }
      // A cursor with no limit leads to all that is left.
      let first = try visitor.get("/v1/cases?limit=100", as: .bkn).json
      let rest = try visitor.get("/v1/cases?format=ndjson&cursor=\(first["next_cursor"].string ?? "")", as: .bkn)
      #expect(rest.rows.count == Self.count - 100)
    }
  }

  @Test("tells each caller what it sees, then and now")
  func projected() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase(#"{"subject":{"name":"zq001nameqz"}}"#)
      _ = try visitor.makeCase(#"{"institution":"kemenag","subject":{"name":"zq002nameqz"}}"#, ref: "2")
      for (who, cases, names) in [
        (AgencyCode.bkn, 2, ["zq001nameqz", "zq002nameqz"]), (.kasn, 2, []), (.kemendagri, 1, []), (.panrb, 2, []),
      ] as [(AgencyCode, Int, [String])] {
        for format in ["csv", "ndjson"] {
          let list = try visitor.get("/v1/cases?format=\(format)", as: who)
          #expect(list.rows.count == cases + (format == "csv" ? 1 : 0), "\(who) \(list.text)")
          for name in ["zq001nameqz", "zq002nameqz"] { #expect(list.text.contains(name) == names.contains(name)) }
          let clocks = try visitor.get("/v1/clocks?format=\(format)", as: who)
          #expect(clocks.rows.count == list.rows.count && !clocks.text.contains("nameqz"))
        }
        let search = try visitor.ask(as: who, "POST", "/v1/case-searches?format=csv", #"{"name":"zq001nameqz"}"#)
        #expect(search.rows.count == (who == .bkn ? 2 : 1), "\(search.text)")
      }
      // The line is the case as it is shown.
      let lines = try visitor.get("/v1/cases?format=ndjson&sort=created", as: .bkn).rows
      let shown = try visitor.get(path, as: .bkn).text
      #expect(lines.first.map(String.init) == shown)
    }
  }

  @Test("is asked for by name where more than one is offered, and nowhere else")
  func names() async throws {
    try await withService { visitor in
      try Self.fill(visitor)
      for path in ["/v1/cases", "/v1/clocks", "/v1/published-figures", "/v1/statistics/funnel", "/v1/changes?after=0"] {
        let sign = path.contains("?") ? "&" : "?"
        let wrong = try visitor.get("\(path)\(sign)format=pdf", as: .bkn)
        #expect(wrong.status == 400 && wrong.json["errors"][0]["parameter"].string == "format", "\(path) \(wrong.text)")
        #expect(wrong.json["errors"][0]["detail"].string?.contains("json") == true)
      }
      for path in ["/v1/whoami", "/v1/policy"] {
        let unknown = try visitor.get("\(path)?format=json", as: .bkn)
        #expect(unknown.status == 400 && unknown.json["code"].string == "unknown_parameter")
      }
      let csv = try visitor.get("/v1/statistics/funnel?format=csv", as: .bkn)
      #expect(csv.text.hasPrefix("figure_id,") && csv["content-type"]?.hasPrefix("text/csv") == true)
      let lines = try visitor.get("/v1/changes?after=0&format=ndjson&limit=3", as: .bkn)
      #expect(lines.rows.count == 4)
      let export = try visitor.get("/v1/exports/cases?format=csv", as: .bkn)
      #expect(export.rows.count == Self.count + 1)
    }
  }

  @Test("takes the slot and the cost of a stream")
  func cost() async throws {
    try await withService(
      { $0.costPerAgencyPerHour = 25 },
      { visitor in
        let statuses = try ["csv", "ndjson", "csv", "csv&limit=10"].map {
          try visitor.get("/v1/cases?format=\($0)", as: .bkn).status
        }
        #expect(statuses == [200, 200, 429, 200])
      })
  }

  @Test("of published figures is whole, too, one number a line")
  func publishedFigures() async throws {
    try await withService { visitor in
      for number in 0..<25 {
        let body =
          #"{"election":"pilkada-2024","as_of":"2024-10-\#(String(101 + number % 19).suffix(2))","unit":"person","#
          + #""source":"Siaran pers","values":{"reported":\#(number),"verified":1}}"#
        #expect(try visitor.post("/v1/published-figures", as: .bkn, body).status == 201)
      }
      #expect(try visitor.get("/v1/published-figures", as: .bkn).json["items"].items.count == 20)
      #expect(try visitor.get("/v1/published-figures?format=ndjson", as: .bkn).rows.count == 25)
      let csv = try visitor.get("/v1/published-figures?format=csv", as: .bkn)
      #expect(csv.rows.count == 51 && csv.rows[0].hasPrefix("id,agency,election,as_of"), "\(csv.text)")
      #expect(try visitor.get("/v1/published-figures?format=csv&limit=5", as: .bkn).rows.count == 11)
    }
  }
}
