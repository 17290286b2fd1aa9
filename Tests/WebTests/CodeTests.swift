internal import Domain
internal import JSON
internal import TestSupport
internal import Testing

@testable import Web

@Suite("Lists of codes")
struct CodeTests {
  /// Every page of them, in both languages.
  static let pages = ["/codes", "/codes?lang=en"] + CodeList.keys.flatMap { ["/codes/\($0)", "/codes/\($0)?lang=en"] }

  @Test("have the same codes and names as a page, as linked data and as a table")
  func forms() async throws {
    try await withService { visitor in
      for key in CodeList.keys {
        let table = try CSVReader.rows(try visitor.ask("GET", "/codes/\(key)?format=csv", []).body).map(\.fields)
        let linked = try visitor.ask("GET", "/codes/\(key)", [("Accept", "application/ld+json")])
        #expect(linked.status == 200 && linked["content-type"] == "application/ld+json")
        let things = linked.json["@graph"].items
        #expect(things[0]["@type"].string == "skos:ConceptScheme" && things[0]["@id"].string == "/codes/\(key)")
        let page = try visitor.ask("GET", "/codes/\(key)", []).text
        let codes = Set(table.dropFirst().map { $0[0] })
        #expect(!codes.isEmpty && Set(things.dropFirst().compactMap { $0["skos:notation"].string }) == codes, "\(key)")
        for row in table.dropFirst() {
          #expect(!row[1].isEmpty && !row[2].isEmpty, "\(key) \(row)")
          #expect(page.contains(">\(row[0])</th>") && page.contains(Browser.escaped(row[1])), "\(key) \(row)")
          #expect(page.contains("id=\"\(row[0])\""), "\(key) \(row[0])")
          #expect(row[6] == "/codes/\(key)#\(row[0])")
        }
        for thing in things.dropFirst() {
          let row = table.last { $0[0] == thing["skos:notation"].string }
          #expect(thing["skos:prefLabel"].items.map { $0["@value"].string } == [row?[1], row?[2]], "\(key)")
          #expect(thing["@id"].string == row?[6] && thing["skos:inScheme"]["@id"].string == "/codes/\(key)")
          let term = thing["dct:temporal"]
          #expect(term["dcat:startDate"]["@value"].string ?? "" == row?[3], "\(key)")
          #expect(term["dcat:endDate"]["@value"].string ?? "" == row?[4], "\(key)")
        }
      }
    }
  }

  @Test("stand in the index with their version, which stays until a word changes")
  func versions() async throws {
    try await withService { visitor in
      func versions() throws -> [String: String] {
        let rows = try CSVReader.rows(try visitor.ask("GET", "/codes?format=csv", []).body).map(\.fields)
        return Dictionary(uniqueKeysWithValues: rows.dropFirst().map { ($0[0], $0[4]) })
      }
      let before = try versions()
      #expect(Set(before.keys) == Set(CodeList.keys) && Set(before.values).count == before.count)
      let page = try visitor.ask("GET", "/codes", [])
      for (key, version) in before {
        #expect(page.text.contains("href=\"/codes/\(key)\"") && page.text.contains(version), "\(key)")
        let list = try visitor.ask("GET", "/codes/\(key)?format=jsonld", []).json
        #expect(list["@graph"][0]["owl:versionInfo"].string == version, "\(key)")
      }
      #expect(try versions() == before)
      let row =
        #"[{"code":"family","label_id":"Keluarga","label_en":"Family","source":"x","confidence":"full"}]"#
      let put = try visitor.ask(as: "OPERATOR", "PUT", "/v1/admin/reference/motives", row)
      #expect(put.status == 200, "\(put.text)")
      let after = try versions()
      #expect(after.filter { before[$0.key] != $0.value }.keys.sorted() == ["motives"])
      #expect(try visitor.ask("GET", "/codes", []).text != page.text)
      #expect(try visitor.ask("GET", "/codes/motives", []).text.contains("Keluarga"))
    }
  }

  @Test("show nothing of what needs a key, and know no other list")
  func bounds() async throws {
    try await withService { visitor in
      for key in ["institutions", "mandates", "clock-rules", "holidays", "retention-rules", "keys", "x", "Stages"] {
        #expect(try visitor.ask("GET", "/codes/\(key)", []).status == 404, "\(key)")
      }
      // Sources, confidence, successors and last days of access stay where they are.
      for (key, word) in [("motives", "KASN study"), ("agencies", "access"), ("violations", "confidence")] {
        for format in ["csv", "jsonld", "html"] {
          let text = try visitor.ask("GET", "/codes/\(key)?format=\(format)", []).text
          #expect(!text.contains(word), "\(key)")
        }
      }
      #expect(try visitor.ask("GET", "/codes?format=json", []).status == 400)
      #expect(try visitor.ask("GET", "/codes", [("Accept", "image/png")]).status == 406)
      #expect(
        try visitor.ask("GET", "/codes", [("Accept", "text/html, */*;q=0.8")])["vary"]?.contains("Accept,") == true)
    }
  }

  @Test("name every code that cases and their acts may hold")
  func complete() {
    let known = Set(CodeList.ofProgram.flatMap { $0.items.map(\.code) } + PositionLevel.allCases.map(\.rawValue))
    for field in CaseField.all {
      guard case .code(let codes) = field.form else { continue }
      #expect(known.union(["kepala_wilayah"]).isSuperset(of: codes), "\(field.name)")
    }
    for field in ProgressField.all { #expect(known.isSuperset(of: field.codes.map(\.code)), "\(field.path)") }
    for list in CodeList.ofProgram { #expect(Set(list.items.map(\.code)).count == list.items.count, "\(list.key)") }
  }
}
