internal import Domain
internal import HTTPServer
internal import JSON
internal import TestSupport
internal import Testing

@testable internal import Web

@Suite("A page")
struct ListPageTests {
  private static let bytesMax = 4 << 20

  /// A case of some 180,000 bytes.
  private static func fat(_ number: Int) -> String {
    let story = String(repeating: "ꦧ", count: 20_000)
    let urls = (0..<50).map { #""https://contoh.test/\#($0)/\#(String(repeating: "x", count: 2_000))""# }
    return #"{"subject":{"nip":"198609262015051\#(String(1_001 + number).suffix(3))"},"#
      + #""act":{"narrative":"\#(story)","urls":[\#(urls.joined(separator: ","))]}}"#
  }

  @Test("of cases ends at 4 MiB with a cursor, in every format, and misses nothing")
  func cases() async throws {
    try await withService { visitor in
      for number in 0..<52 { _ = try visitor.makeCase(Self.fat(number), ref: "fat-\(number)") }
      for type in ["application/json", "application/x-ndjson", "text/csv"] {
        for isSearch in [false, true] {
          var (found, pages): ([String], Int) = ([], 0)
          var cursor: String?
          repeat {
            let accept = [("Accept", type)]
            let answer =
              isSearch
              ? try visitor.ask(
                as: .bkn, "POST", "/v1/case-searches",
                #"{"limit":200\#(cursor.map { #","cursor":"\#($0)""# } ?? "")}"#, accept)
              : try visitor.get("/v1/cases?limit=200\(cursor.map { "&cursor=\($0)" } ?? "")", as: .bkn, accept)
            #expect(answer.status == 200 && answer.body.count <= Self.bytesMax && answer.body.count > 100_000)
            switch type {
            case "application/json": found += answer.json["items"].items.compactMap { $0["id"].string }
            case "text/csv": found += try CSVReader.rows(answer.body).dropFirst().map { $0.fields[0] }
            default: found += try answer.lines.compactMap { try JSONValue.parse(Array($0.utf8))["id"].string }
            }
            cursor =
              isSearch
              ? answer["netral-next-cursor"]
              : answer["link"].flatMap { $0.split(separator: "cursor=").last?.prefix { $0 != "&" && $0 != ">" } }
                .map(String.init)
            pages += 1
          } while cursor != nil && pages < 10
          #expect(found.count == 52 && Set(found).count == 52 && pages == 3, "\(type) \(pages)")
        }
      }
    }
  }

  @Test("of a history, or of requests for correction, is all of it up to 4 MiB, and then has a cursor")
  func ofOneCase() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      let text = String(repeating: "ꦧ", count: 20_000)
      let note = #"{"occurred_on":"2024-10-07","text":"\#(String(repeating: "𝄞", count: 5_000))"}"#
      for number in 0..<100 {
        for agency in [AgencyCode.bkn, .panrb, .bkn, .bkn] {
          #expect(try visitor.act("notes", on: path, as: agency, note).status == 201)
        }
        let wish = #"{"patch":{"act":{"narrative":"\#(text)"}},"reason":"\#(number)"}"#
        #expect(try visitor.post("\(path)/correction-requests", as: .bkn, wish).status == 201)
      }
      for (suffix, count) in [("history", 1 + 300 + 100), ("correction-requests", 100)] {
        var found: [JSONValue] = []
        var target: String? = "\(path)/\(suffix)"
        var pages = 0
        while let next = target, pages < 10 {
          let answer = try visitor.get(next, as: .bkn)
          #expect(answer.status == 200 && answer.body.count <= Self.bytesMax, "\(answer.text.prefix(300))")
          found += answer.json["items"].items
          target = answer.json["next_cursor"].string.map { "\(path)/\(suffix)?cursor=\($0)" }
          #expect(answer["link"] == target.map { "<\($0)>; rel=\"next\"" })
          pages += 1
        }
        #expect(found.count == count && pages == 2, "\(suffix): \(found.count) in \(pages)")
        let order = found.compactMap { $0["seq"].int ?? $0["number"].int }
        #expect(order == order.sorted() && Set(order).count == count, "\(suffix)")
      }
      // A cursor fits one list of one case of one agency.
      let cursor = try #require(try visitor.get("\(path)/history", as: .bkn).json["next_cursor"].string)
      let other = try visitor.makeCase(ref: "other")
      for (target, agency) in [
        ("\(other)/history", AgencyCode.bkn), ("\(path)/correction-requests", .bkn), ("\(path)/history", .panrb),
      ] {
        #expect(try visitor.get("\(target)?cursor=\(cursor)", as: agency).status == 400, "\(target)")
      }
    }
  }

  @Test("takes one item, however long, and no second one that has no room")
  func room() throws {
    for format in [ListFormat.json, .ndjson, .csv, .xlsx] {
      var page = ListPage(format)
      let (first, second) = (page.add([UInt8](repeating: 32, count: Self.bytesMax + 1)), page.add([32]))
      #expect(first && !second)
      var small = ListPage(format)
      var count = 0
      while small.add([UInt8](repeating: 32, count: 65_536)) { count += 1 }
      #expect(count == 63)
      let answer = small.answer(next: nil, at: nil)
      if case .bytes(let bytes) = answer.body { #expect(bytes.count <= Self.bytesMax) }
    }
  }

  @Test("of what was agreed tells counts and digests of others to those alone who see every case")
  func certificates() async throws {
    try await withService { visitor in
      _ = try visitor.makeCase(#"{"institution":"kemenag","region":"31.71"}"#, ref: "a")
      _ = try visitor.makeCase(ref: "b")
      for agency in agencies {
        let answer = try visitor.ask(
          as: agency, "POST", "/v1/reconciliations", "", [("Content-Type", "application/x-ndjson")])
        #expect(answer.json["certificate"]["missing"].int == (agency == .kemendagri ? 1 : 2))
      }
      let counted = ["cases", "missing", "outdated", "unknown", "digest"]
      let askers = agencies.map(\.rawValue) + [Service.operatorName]
      for asker in askers {
        let items = try visitor.ask(as: asker, "GET", "/v1/reconciliations").json["items"].items
        #expect(items.count == agencies.count)
        for item in items {
          let isShown =
            item["agency"].string == asker || !["KEMENDAGRI", Service.operatorName].contains(asker)
          for name in counted { #expect(item.has(name) == isShown, "\(asker) \(item)") }
          for name in ["id", "agency", "seq", "in_agreement", "issued_at"] { #expect(item.has(name)) }
        }
      }
    }
  }
}
