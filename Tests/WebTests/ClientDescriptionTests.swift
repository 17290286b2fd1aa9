internal import JSON
internal import TestSupport
internal import Testing
internal import Web

/// What programs that write clients make of the description.
@Suite("The description for generators")
struct ClientDescriptionTests {
  /// Names of operations, which are those of methods in clients. One that is released is never changed.
  private static let operations = """
    getAllowedActions getCase getCaseHistory getCheckpoint getCodeList getCodeLists getCookbook getDataCatalogue getDocumentation getEqualTreatment getFigure getFunnel
    getDocumentationGroup getDocumentationShapes
    getKey getKeyHandovers getLiveness getMetrics getOpenAPI getOpenAPI30 getPolicy getProblem getPublicFunnel getPublicSanctions
    getPublicStages getPublishedFigure getReadiness getSanctions getStages getStyleSheet getTile getTimeliness
    listAdministration listBackups listCases listChanges listClocks listCorrectionRequests listKeys listLeaves listLinks
    listMandates listOwnKeys listWitnesses
    listProblems listPublicReleases listPublishedFigures listReconciliations listReference listRelatedCases
    recordAppeal recordBlock recordBlockRelease recordCancellation recordClockPause recordClockResumption
    recordClosure recordDecision recordEscalation recordLapse recordNote recordRecommendation recordRuling
    recordStudy recordVerification
    acceptCorrection confirmCase confirmCases correctCase createBackup createCase createKey createLink
    createPublishedFigure cosign exportCases importCases makeReleases putMandates putReference reconcile refuseCorrection
    addEvidence getEvidence listCustody listEvidence withdrawEvidence
    getEvidenceFile listEvidenceFiles putEvidenceFile
    getFormsPage getHomePage getIcon
    registerWitness eraseCase holdRetention listRetention listRetentionHolds releaseRetention
    getSealingKeys registerSealingKey
    requestCorrection revokeKey rotateKey searchCases suggestViolation whoami
    """

  @Test("names operations as it always has")
  func operationNames() async throws {
    try await withService { visitor in
      for path in ["/openapi.json", "/openapi-3.0.json"] {
        let document = try visitor.ask("GET", path, []).json
        let operations = document["paths"].members.flatMap { $0.value.members.map(\.value) }
        let names = operations.compactMap { $0["operationId"].string }
        #expect(names.sorted() == Self.operations.split(whereSeparator: \.isWhitespace).map(String.init).sorted())
      }
    }
  }

  @Test("names the shape of every JSON body and answer, and every object in one")
  func components() async throws {
    try await withService { visitor in
      let document = try visitor.ask("GET", "/openapi.json", []).json
      for (path, item) in document["paths"].members {
        for (method, operation) in item.members {
          let replies = operation["responses"].members.flatMap { $0.value["content"].members }
          for (type, content) in operation["requestBody"]["content"].members + replies where type.hasSuffix("json") {
            let place = "\(method) \(path) \(type)"
            let schema = content[type == "application/x-ndjson" ? "x-itemSchema" : "schema"]
            #expect(schema.names == ["$ref"], "\(place)")
          }
        }
      }
      for (name, schema) in document["components"]["schemas"].members {
        for (_, part) in parts(of: schema) { #expect(!part.has("properties"), "\(name) has an object without a name") }
      }
    }
  }

  @Test("says null by the type of a value, how long integers are, and that lines of JSON are one text")
  func types() async throws {
    try await withService { visitor in
      let document = try visitor.ask("GET", "/openapi.json", []).json
      var count = 0
      for (place, schema) in allSchemas(in: document) {
        // What may be null has no more than null beside it: a reference, or several shapes.
        let parts = schema["anyOf"].items
        if parts.count == 2, parts.contains(where: { $0["type"].string == "null" }) {
          #expect(parts.contains { $0.has("$ref") }, "\(place)")
        }
        if schema["type"].string == "integer" || schema["type"].items.contains(.string("integer")) {
          #expect(schema["format"].string == "int64", "\(place)")
          count += 1
        }
        if schema.has("x-itemSchema") { #expect(schema["schema"]["type"].string == "string", "\(place)") }
      }
      #expect(count > 100)
    }
  }

  @Test("is the same in OpenAPI 3.0, in the words of that version, for every caller", arguments: [nil, "PANRB"])
  func earlier(_ who: String?) async throws {
    try await withService { visitor in
      func ask(_ path: String) throws -> JSONValue {
        try who.map { try visitor.ask(as: $0, "GET", path) }?.json ?? visitor.ask("GET", path, []).json
      }
      let (current, earlier) = (try ask("/openapi.json"), try ask("/openapi-3.0.json"))
      #expect(earlier["openapi"].string == "3.0.3" && current["openapi"].string == "3.1.0")
      #expect(earlier["paths"].names == current["paths"].names)
      for path in current["paths"].names { #expect(earlier["paths"][path].names == current["paths"][path].names) }
      let (before, now) = (earlier["components"]["schemas"], current["components"]["schemas"])
      #expect(Set(before.names).isSubset(of: now.names))
      for name in before.names { #expect(before[name]["properties"].names == now[name]["properties"].names) }
      // What has a name is named wherever it was: nothing is written out in its place.
      for name in before.names {
        #expect(references(in: before[name]).sorted() == references(in: now[name]).sorted(), "\(name)")
      }
      for (place, schema) in allSchemas(in: earlier) {
        #expect(schema["type"].items.isEmpty && schema["type"].string != "null", "\(place)")
        #expect(!schema.has("const"), "\(place)")
        if schema.has("$ref") { #expect(schema.names == ["$ref"], "\(place)") }
        if schema["nullable"].bool == true {
          #expect(["type", "allOf", "anyOf"].contains { schema.has($0) }, "\(place)")
        }
        if schema["nullable"].bool == true, schema.has("enum") {
          #expect(schema["enum"].items.contains(.null), "\(place)")
        }
      }
    }
  }

  /// The schemas in the place of keywords of a schema.
  private func parts(of schema: JSONValue) -> [(String, JSONValue)] {
    var parts = schema["properties"].members.map { ($0.name, $0.value) }
    for keyword in ["items", "additionalProperties", "not"] where !schema[keyword].names.isEmpty {
      parts.append((keyword, schema[keyword]))
    }
    parts += (schema["anyOf"].items + schema["allOf"].items).map { ("or", $0) }
    return parts + parts.flatMap { self.parts(of: $0.1) }
  }

  private func references(in json: JSONValue) -> [String] {
    allSchemas(in: json).compactMap { $0.1["$ref"].string }
  }

  /// Every object of the document, with its place: schemas among them.
  private func allSchemas(in json: JSONValue, at place: String = "") -> [(String, JSONValue)] {
    let own = json.names.isEmpty ? [] : [(place, json)]
    let inner = json.members.filter { $0.name != "properties" && $0.name != "example" }
      .flatMap { allSchemas(in: $0.value, at: "\(place)/\($0.name)") }
    let members = json["properties"].members.flatMap { allSchemas(in: $0.value, at: "\(place)/properties/\($0.name)") }
    let items = json.items.enumerated().flatMap { allSchemas(in: $1, at: "\(place)/\($0)") }
    return own + inner + members + items
  }
}
