internal import Domain
internal import JSON
internal import TestSupport
internal import Testing

@testable internal import Service
@testable internal import Web

@Suite("The catalogue of open data")
struct DataTests {
  @Test("has every statistic of every election with releases, its period, and files that are there")
  func catalogue() async throws {
    try await withService { visitor in
      visitor.service.clock.set("2024-10-15T03:00:00Z")
      for number in 0..<5 { _ = try visitor.makeCase(ref: "d-\(number)") }
      let keys = ["releases", "codes"]
      #expect(try Self.sets(visitor).compactMap { $0["dct:identifier"].string } == keys, "nothing is released yet")
      visitor.service.clock.set("2025-01-15T03:00:00Z")
      await visitor.service.api.services.releaseMaker.makeDue()
      let sets = try Self.sets(visitor)
      let released = ["funnel", "stages", "sanctions"].map { "\($0)-pilkada-2024" }
      #expect(sets.compactMap { $0["dct:identifier"].string } == released + keys)
      let page = try visitor.ask("GET", "/data", []).text
      let days = try visitor.ask("GET", "/v1/public/releases", []).json["items"].items
      let known = try #require(days.first { $0["election"].string == "pilkada-2024" })["released"].strings
      for set in sets {
        let key = set["dct:identifier"].string ?? ""
        #expect(set["@id"].string == "/data#\(key)" && page.contains("id=\"\(key)\""), "\(key)")
        for (text, language) in zip(set["dct:title"].items, ["id", "en"]) {
          let look = try visitor.ask("GET", "/data?lang=\(language)", []).text
          #expect(look.contains(text["@value"].string ?? "?") && text["@language"].string == language, "\(key)")
        }
        for form in set["dcat:distribution"].items {
          let path = form["dcat:downloadURL"]["@id"].string ?? ""
          let type = form["dcat:mediaType"]["@id"].string ?? ""
          let answer = try visitor.ask("GET", path, [])
          let given = answer["content-type"]?.split(separator: ";").first.map(String.init) ?? ""
          #expect(answer.status == 200 && type.hasSuffix("/\(given)"), "\(path): \(answer.status) \(given) \(type)")
          #expect(page.contains("href=\"\(path.replacing("&", with: "&amp;"))\""), "\(path)")
        }
        guard released.contains(key) else { continue }
        #expect(set["dct:temporal"]["dcat:startDate"]["@value"].string == known.first, "\(key)")
        #expect(set["dct:temporal"]["dcat:endDate"]["@value"].string == known.last, "\(key)")
      }
    }
  }

  private static func sets(_ visitor: Visitor) throws -> [JSONValue] {
    let answer = try visitor.ask("GET", "/data", [("Accept", "application/ld+json")])
    #expect(answer.status == 200 && answer["content-type"] == "application/ld+json" && answer["etag"] != nil)
    let things = answer.json["@graph"].items
    #expect(things[0]["@type"].string == "dcat:Catalog")
    #expect(things[0]["dcat:dataset"].items.map { $0["@id"] } == things.dropFirst().map { $0["@id"] })
    return Array(things.dropFirst())
  }

  @Test("names no licence that nobody has decided on, and leads to the codes of each classification")
  func terms() async throws {
    try await withService { visitor in
      let page = try visitor.ask("GET", "/data?lang=en", []).text
      #expect(page.contains("A licence by name is not decided.") && !page.contains("CC BY"))
      #expect(try visitor.ask("GET", "/data?format=jsonld", []).text.contains("dct:license") == false)
      let links = page.matches(of: #/href="(\/codes\/[^"]+)"/#).map { String($0.1) }
      #expect(links.count == 6)
      for link in links { #expect(try visitor.ask("GET", link, []).status == 200, "\(link)") }
      #expect(try visitor.ask("GET", "/data?format=csv", []).status == 400)
    }
  }
}
