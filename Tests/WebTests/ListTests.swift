internal import Domain
internal import Foundation
internal import JSON
internal import TestSupport
internal import Testing

@Suite("A list of cases")
struct ListTests {
  private static func refs(_ answer: HTTPAnswer) -> [String] {
    answer.json["items"].items.compactMap { $0["source"]["agency_ref"].string }
  }

  /// Seven cases that differ in what lists filter by.
  private static func fill(_ visitor: Visitor) throws {
    let differences: [(AgencyCode, String)] = [
      (.bawaslu, "{}"),
      (.bkn, #"{"region":"16","institution":"16","violation":"KE-04"}"#),
      (
        .kasn,
        #"{"election":"pemilu-2024","contest":"pemilu-2024/presidential","source":{"received_on":"2024-02-01"},"#
          + #""act":{"occurred_on":"2024-01-20"}}"#
      ),
      (.panrb, #"{"institution":"kemenag","region":"31.71","subject":{"position_level":"administrator"}}"#),
      (
        .kemendagri, #"{"act":{"narrative":"Hadir dalam kampanye di lapangan."},"source":{"received_on":"2024-10-19"}}"#
      ),
      (.bawaslu, #"{"subject":{"nip":"198609262015051002"},"violation":null}"#),
      (.bawaslu, #"{"act":{"occurred_on":"2024-09-01","narrative":"Kampanye lewat gawai."}}"#),
    ]
    for (index, (agency, change)) in differences.enumerated() {
      visitor.clock.advance(seconds: 1)
      // KASN has ended: its successor reports for it.
      let (who, body) = agency == .kasn ? (.bkn, merged(change, #"{"on_behalf_of":"KASN"}"#)) : (agency, change)
      _ = try visitor.makeCase(as: who, body, ref: "c\(index)")
    }
    let path = "/v1/cases/" + (try visitor.get("/v1/cases?agency_ref=c6", as: .bkn).json["items"][0]["id"].string ?? "")
    try visitor.must("verifications", on: path, as: .bkn, #"{"occurred_on":"2024-10-08","outcome":"accepted"}"#)
    let second =
      "/v1/cases/" + (try visitor.get("/v1/cases?agency_ref=c0", as: .bkn).json["items"][0]["id"].string ?? "")
    try visitor.must("cancellations", on: second, as: .bawaslu, #"{"occurred_on":"2024-10-08","reason":"x"}"#)
  }

  @Test("is filtered by each of its parameters")
  func filters() async throws {
    try await withService { visitor in
      try Self.fill(visitor)
      let all = Set((0...6).map { "c\($0)" })
      let table: [(String, Set<String>)] = [
        ("", all), ("stage=verified", ["c6"]), ("stage=verified,cancelled", ["c0", "c6"]),
        ("stage=verified,verified", ["c6"]),
        ("election=pemilu-2024", ["c2"]), ("region=31.71", ["c3"]), ("region=31", ["c3"]),
        ("region=16", all.subtracting(["c3"])), ("region=16.71", all.subtracting(["c1", "c3"])),
        ("institution=kemenag", ["c3"]), ("violation=KE-04", ["c1"]), ("category=ethics", ["c1"]),
        ("category=discipline", all.subtracting(["c1", "c5"])), ("position_level=administrator", ["c3"]),
        ("reported_by=BAWASLU", ["c0", "c5", "c6"]), ("reported_by=KASN", ["c2"]),
        ("agency_ref=c4", ["c4"]), ("agency_ref=c", []), ("number=2024-000002", ["c1"]), ("number=2024-2", []),
        ("occurred_from=2024-10-02", all.subtracting(["c2", "c6"])), ("occurred_until=2024-09-01", ["c2", "c6"]),
        ("occurred_from=2024-01-21&occurred_until=2024-10-01", ["c6"]),
        ("overdue=false", ["c0", "c4"]), ("overdue=true", all.subtracting(["c0", "c4"])),
        ("reported_by=BAWASLU&stage=verified&region=16", ["c6"]),
      ]
      for (query, expected) in table {
        let answer = try visitor.get("/v1/cases?\(query)&count=exact", as: .bkn)
        #expect(answer.status == 200, "\(query): \(answer.text)")
        #expect(Set(Self.refs(answer)) == expected, "\(query)")
        #expect(answer.json["count"].int == expected.count, "\(query)")
      }
      let uncounted = try visitor.get("/v1/cases", as: .bkn)
      #expect(!uncounted.json.has("count"))
    }
  }

  @Test("is sorted as asked, newest first by default")
  func sorting() async throws {
    try await withService { visitor in
      try Self.fill(visitor)
      let created = (0...6).map { "c\($0)" }
      let updated = ["c1", "c2", "c3", "c4", "c5", "c6", "c0"]
      let received = ["c2", "c0", "c1", "c3", "c5", "c6", "c4"]
      for (sort, expected) in [
        ("created", created), ("updated", updated), ("received", received), ("-created", created.reversed()),
        ("-updated", updated.reversed()), ("-received", received.reversed()),
      ] {
        for limit in [1, 2, 3, 7] {
          var found: [String] = []
          var target: String? = "/v1/cases?sort=\(sort)&limit=\(limit)"
          while let next = target {
            let answer = try visitor.get(next, as: .bkn)
            found += Self.refs(answer)
            target = answer.json["next_cursor"].string.map { "/v1/cases?cursor=\($0)&limit=\(limit)" }
            let link = target.map { "<\($0)>; rel=\"next\"" }
            #expect(answer["link"] == link, "\(sort) \(limit)")
            #expect(found.count <= 7)
          }
          #expect(found == expected, "\(sort) \(limit)")
        }
      }
      #expect(Self.refs(try visitor.get("/v1/cases", as: .bkn)) == created.reversed())
    }
  }

  @Test("is paged without a gap or a double while cases come and change")
  func stablePaging() async throws {
    try await withService { visitor in
      try Self.fill(visitor)
      var found: [String] = []
      var target: String? = "/v1/cases?limit=2&region=16"
      while let next = target {
        let answer = try visitor.get(next, as: .bkn)
        found += Self.refs(answer)
        _ = try visitor.makeCase(ref: "later-\(found.count)")
        target = answer.json["next_cursor"].string.map { "/v1/cases?cursor=\($0)&limit=2" }
      }
      #expect(found == ["c6", "c5", "c4", "c2", "c1", "c0"])
    }
  }

  @Test("goes on from a cursor of the same agency and the same question only")
  func cursors() async throws {
    try await withService { visitor in
      try Self.fill(visitor)
      let first = try visitor.get("/v1/cases?limit=1&region=16", as: .bkn)
      let cursor = try #require(first.json["next_cursor"].string)
      let second = Self.refs(try visitor.get("/v1/cases?limit=1&cursor=\(cursor)", as: .bkn))
      #expect(Self.refs(try visitor.get("/v1/cases?limit=1&region=16&cursor=\(cursor)", as: .bkn)) == second)
      let key = try await visitor.service.token(.agency(.bkn), [.casesRead])
      #expect(try visitor.ask(as: key, "GET", "/v1/cases?cursor=\(cursor)").status == 200)
      var wrong = [
        "cursor=\(cursor)&region=31", "cursor=\(cursor)&region=16&stage=received", "cursor=\(cursor)&sort=updated",
        "cursor=\(cursor)A", "cursor=A\(cursor)", "cursor=\(cursor.dropLast())", "cursor=\(cursor.prefix(20))",
        "cursor=\(cursor.uppercased())",
      ]
      for place in stride(from: 0, to: cursor.count, by: 7) {
        var letters = Array(cursor)
        letters[place] = letters[place] == "A" ? "B" : "A"
        wrong.append("cursor=\(String(letters))")
      }
      for query in wrong {
        let answer = try visitor.get("/v1/cases?\(query)", as: .bkn)
        #expect(answer.status == 400 && answer.json["code"].string == "invalid_cursor", "\(query)")
      }
      for agency in agencies where agency != .bkn {
        #expect(try visitor.get("/v1/cases?cursor=\(cursor)", as: agency).status == 400, "\(agency)")
      }
    }
  }

  @Test("comes as one JSON document, as lines or as a table, with the same cases")
  func representations() async throws {
    try await withService { visitor in
      try Self.fill(visitor)
      let json = try visitor.get("/v1/cases", as: .bkn)
      let lines = try visitor.get("/v1/cases", as: .bkn, [("Accept", "application/x-ndjson")])
      let items = try lines.lines.map { try JSONValue.parse(Array($0.utf8)) }
      #expect(items == json.json["items"].items)
      for item in items {
        #expect(try visitor.get("/v1/cases/\(item["id"].string ?? "")", as: .bkn).json == item)
      }
      let table = try CSVReader.rows(try visitor.get("/v1/cases", as: .bkn, [("Accept", "text/csv")]).body)
      let column = try #require(table[0].fields.firstIndex(of: "agency_ref"))
      #expect(table.dropFirst().map { $0.fields[column] } == Self.refs(json))
      #expect(Set(table[0].fields).count == table[0].fields.count)
      let paged = try visitor.get("/v1/cases?limit=2", as: .bkn, [("Accept", "text/csv")])
      #expect(paged["link"]?.contains("cursor=") == true)
    }
  }

  @Test("as a table never begins a cell as a formula", arguments: ["=1+1", "+1", "-1", "@A1", "\\tx", "\\rx"])
  func formulas(_ start: String) async throws {
    try await withService { visitor in
      _ = try visitor.makeCase(
        #"{"subject":{"name":"\#(start)"},"act":{"narrative":"\#(start),\"x\"\n"},"source":{"channel":"\#(start)"}}"#,
        ref: start == "\\tx" || start == "\\rx" ? "a" : start)
      let rows = try CSVReader.rows(try visitor.get("/v1/cases", as: .bkn, [("Accept", "text/csv")]).body)
      #expect(rows.count == 2)
      for (name, cell) in zip(rows[0].fields, rows[1].fields) {
        let first = cell.unicodeScalars.first
        #expect(first.map { !"=+-@\t\r".unicodeScalars.contains($0) } ?? true, "\(name)")
      }
    }
  }
}
