internal import Domain
internal import JSON
internal import TestSupport
internal import Testing
internal import Web

/// The service's description of itself, for machines and for people.
@Suite("The description")
struct DescriptionTests {
  @Test("has every route once, each with a name, problems, and an example")
  func everyRoute() async throws {
    try await withService { visitor in
      let document = try visitor.ask("GET", "/openapi.json", []).json
      let described = document["paths"].members.flatMap { path, item in
        item.names.map { "\($0.uppercased()) \(path)" }
      }
      #expect(described.sorted() == routeTable().map { "\($0.method) \($0.path)" }.sorted())
      let operations = document["paths"].members.flatMap { $0.value.members.map(\.value) }
      #expect(Set(operations.compactMap { $0["operationId"].string }).count == operations.count)
      for operation in operations {
        let name = operation["operationId"].string ?? "-"
        #expect(operation["summary"].string?.isEmpty == false && operation["x-summary-id"].string?.isEmpty == false)
        #expect(operation["responses"].names.contains { $0.hasPrefix("2") }, "\(name)")
        #expect(operation["responses"].has("500"), "\(name)")
        #expect(operation["x-codeSamples"][0]["source"].string?.contains("curl -s") == true, "\(name)")
      }
    }
  }

  @Test("refers to nothing that it does not have, and has nothing that nobody refers to")
  func references() async throws {
    try await withService { visitor in
      let answer = try visitor.ask("GET", "/openapi.json", [])
      let document = answer.json
      let used = Set(answer.text.matches(of: /"\$ref":"(#[^"]*)"/).map { String($0.output.1) })
      let check = SchemaCheck(document: document)
      for reference in used { #expect(check.resolve(reference) != nil, "\(reference)") }
      for kind in ["schemas", "responses"] {
        for name in document["components"][kind].names {
          #expect(used.contains("#/components/\(kind)/\(name)"), "\(name)")
        }
      }
    }
  }

  @Test("gives examples of bodies that are as it says")
  func examples() async throws {
    try await withService { visitor in
      let document = try visitor.ask("GET", "/openapi.json", []).json
      let check = SchemaCheck(document: document)
      var count = 0
      for (path, item) in document["paths"].members {
        for (method, operation) in item.members {
          for (type, content) in operation["requestBody"]["content"].members where content.has("example") {
            let isLines = type == "application/x-ndjson"
            let example =
              isLines ? try JSONValue.parse(Array((content["example"].string ?? "").utf8)) : content["example"]
            let schema = content[isLines ? "x-itemSchema" : "schema"]
            #expect(check.faults(in: example, against: schema).isEmpty, "\(method) \(path)")
            count += 1
          }
        }
      }
      #expect(count > 25)
    }
  }

  @Test("tells a key what that key may do, and no more")
  func perKey() async throws {
    try await withService { visitor in
      func described(_ who: String) throws -> Set<String> {
        let answer = try visitor.ask(as: who, "GET", "/openapi.json")
        #expect(answer["cache-control"] == "no-store")
        return Set(answer.json["paths"].members.flatMap { path, item in item.names.map { "\($0) \(path)" } })
      }
      let (bkn, panrb, operators) = (try described("BKN"), try described("PANRB"), try described("OPERATOR"))
      #expect(bkn.contains("post /v1/cases/{id}/blocks") && !panrb.contains("post /v1/cases/{id}/blocks"))
      #expect(panrb.contains("get /v1/cases/{id}") && !operators.contains("get /v1/cases/{id}"))
      #expect(operators.contains("post /v1/admin/keys") && !bkn.contains("post /v1/admin/keys"))
      let reader = try await visitor.service.token(.agency(.bkn), [.casesRead])
      let answer = try visitor.ask(as: reader, "GET", "/openapi.json").json
      #expect(answer["paths"]["/v1/cases"].names == ["get"])
      #expect(!answer["paths"].has("/v1/changes"))
    }
  }

  @Test("has every schema that it refers to, and no other", arguments: [nil, "BKN", "PANRB", "OPERATOR"])
  func schemas(_ who: String?) async throws {
    try await withService { visitor in
      let answer =
        try who.map { try visitor.ask(as: $0, "GET", "/openapi.json") } ?? visitor.ask("GET", "/openapi.json", [])
      let referred = answer.text.matches(of: /"#\/components\/schemas\/([^"]+)"/).map { String($0.output.1) }
      let schemas = answer.json["components"]["schemas"]
      #expect(Set(referred) == Set(schemas.names) && schemas.names.count > 3)
      #expect(schemas.has("Backup") == (who == nil || who == "OPERATOR"))
    }
  }

  @Test("refuses what it says is refused: each query parameter with a value of another form")
  func wrongParameters() async throws {
    try await withService { visitor in
      let document = try visitor.ask("GET", "/openapi.json", []).json
      var count = 0
      for (path, item) in document["paths"].members where !path.contains("{") && item.has("get") {
        for parameter in item["get"]["parameters"].items where parameter["in"].string == "query" {
          let schema = parameter["schema"]
          let isText = schema["type"].string == "string" && schema.names == ["type"]
          guard !isText, let name = parameter["name"].string else { continue }
          let who = path.contains("/admin/") ? "OPERATOR" : "BKN"
          let answer = try visitor.ask(as: who, "GET", "\(path)?\(name)=%2A")
          #expect(answer.status == 400, "\(path)?\(name) \(answer.text)")
          count += 1
        }
      }
      #expect(count > 40)
    }
  }

  @Test("has a page for every problem, and pages that load nothing and whose links lead somewhere")
  func pages() async throws {
    try await withService { visitor in
      var open = ["/docs?lang=en"]
      var seen: [String: String] = [:]
      var places: Set<[String]> = []
      while let path = open.popLast() {
        guard seen[path] == nil else { continue }
        let answer = try visitor.ask("GET", path, [])
        #expect(answer.status == 200, "\(path)")
        seen[path] = answer.text
        guard answer["content-type"]?.hasPrefix("text/html") == true else { continue }
        let policy = answer["content-security-policy"] ?? ""
        #expect(policy.hasPrefix("default-src 'none'; style-src 'self'"))
        #expect(answer["x-content-type-options"] == "nosniff")
        #expect(
          !answer.text.contains("<script") && !answer.text.contains("style=") && !answer.text.contains("http-equiv"))
        for link in answer.text.matches(of: /(?:href|src)="([^"]*)"/) {
          let parts = link.output.1.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
          let page = parts[0].isEmpty ? path : String(parts[0])
          #expect(page.hasPrefix("/"), "\(link.output.0) leads out of the service")
          guard page.hasPrefix("/docs") || page.hasPrefix("/openapi") else { continue }
          if parts.count == 2 { places.insert([page, String(parts[1])]) }
          if seen[page] == nil { open.append(page) }
        }
      }
      for code in FailureCode.allCases {
        for language in ["id", "en"] { #expect(seen["/docs/problems/\(code.rawValue)?lang=\(language)"] != nil) }
      }
      #expect(places.count > 400)
      for place in places { #expect(seen[place[0]]?.contains("id=\"\(place[1])\"") == true, "\(place)") }
    }
  }
}
