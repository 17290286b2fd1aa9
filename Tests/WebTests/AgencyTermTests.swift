internal import Domain
internal import Foundation
internal import JSON
internal import TestSupport
internal import Testing
internal import Web

@Suite("An agency's days of office")
struct AgencyTermTests {
  private static let anri = AgencyCode(rawValue: "ANRI")
  private static let scopes = Set(Scope.allCases.filter { $0.suits(.agency(anri)) })

  private static func put(_ visitor: Visitor, _ kind: String, _ row: String) throws -> HTTPAnswer {
    try visitor.ask(as: Service.operatorName, "PUT", "/v1/admin/\(kind)", "[\(row)]")
  }

  private static func agency(_ members: String) -> String {
    #"{"code":"ANRI","name_id":"Arsip","name_en":"Archive"\#(members.isEmpty ? "" : ",")\#(members)}"#
  }

  private static func path(_ template: String) -> String {
    template.replacing("{id}", with: "0199d3c4-7c1e-7b52-9a51-3f0f4c1b2a90").replacing("{n}", with: "1")
      .replacing("{kind}", with: "agencies").replacing("{list}", with: "agencies").replacing("{path}", with: "0/000")
      .replacing("{code}", with: "nothing")
      .replacing("{agency}", with: "BAWASLU").replacing("{sha256}", with: String(repeating: "0", count: 64))
  }

  @Test(
    "decide over every route: nothing before the first day, no record after the last one, nothing after access",
    arguments: [
      (#""valid_from":"2024-10-20""#, nil, nil),
      (#""valid_from":"2024-10-21""#, "agency_not_begun", "agency_not_begun"),
      (#""valid_until":"2024-10-20""#, nil, nil), (#""valid_until":"2024-10-19""#, nil, "agency_ended"),
      (#""valid_until":"2024-10-18","access_until":"2024-10-20""#, nil, "agency_ended"),
      (#""valid_until":"2024-10-18","access_until":"2024-10-19""#, "agency_ended", "agency_ended"),
    ] as [(String, String?, String?)])
  func routes(_ days: String, _ asking: String?, _ recording: String?) async throws {
    try await withService { visitor in
      #expect(try Self.put(visitor, "reference/agencies", Self.agency(days)).status == 200)
      let token = try await visitor.service.token(.agency(Self.anri), Self.scopes)
      for route in routeTable() where route.gate != "open" && !route.gate.hasPrefix("operator") {
        let fields = [("Idempotency-Key", "k"), ("If-Match", "\"1-1\"")]
        let answer = try visitor.ask(
          as: token, route.method, Self.path(route.path), route.method == "GET" ? nil : "{}", fields)
        let records = route.gate.contains("in office")
        let expected = records ? recording : asking
        #expect(records == (route.method != "GET" && !Self.asks.contains(route.path)), "\(route)")
        let code = answer.status < 300 ? nil : answer.json["code"].string
        if let expected {
          #expect(answer.status == 403 && code == expected, "\(route): \(answer.text)")
        } else {
          #expect(answer.status != 403 && answer.status != 401, "\(route): \(answer.text)")
        }
      }
    }
  }

  /// What is posted and yet leaves no act of the agency.
  private static let asks: Set = ["/v1/classification", "/v1/reconciliations", "/v1/case-searches"]

  @Test("are told by whoami, for the agency and for one that has ended")
  func whoami() async throws {
    try await withService { visitor in
      let kasn = try visitor.get("/v1/whoami", as: .kasn).json["office"]
      #expect(kasn["until"].string == "2024-08-31" && kasn["successor"].string == "BKN")
      #expect(kasn["records"].bool == false && kasn["access_until"] == .null)
      let bkn = try visitor.get("/v1/whoami", as: .bkn).json["office"]
      #expect(bkn["records"].bool == true && bkn["until"] == .null)
      #expect(try visitor.ask(as: Service.operatorName, "GET", "/v1/whoami").json["office"] == .null)
    }
  }

  @Test("end no access before the agency itself")
  func accessAfterEnd() async throws {
    try await withService { visitor in
      for (days, code) in [
        (#""valid_until":"2024-10-20","access_until":"2024-10-19""#, "inconsistent"),
        (#""access_until":"2024-10-19""#, "inconsistent"),
        (#""valid_until":"2024-10-20","access_until":"20 Oktober""#, "format"),
      ] {
        let answer = try Self.put(visitor, "reference/agencies", Self.agency(days))
        #expect(answer.status == 422 && answer.json["errors"][0]["code"].string == code, "\(answer.text)")
        #expect(answer.json["errors"][0]["pointer"].string == "/0/access_until")
      }
      let good = Self.agency(#""valid_until":"2024-10-20","access_until":"2024-10-20""#)
      #expect(try Self.put(visitor, "reference/agencies", good).status == 200)
    }
  }

  @Test("let an agency that was added later see core, and its own cases in every group")
  func added() async throws {
    try await withService { visitor in
      let foreign = try visitor.makeCase(
        #"{"subject":{"name":"zq001nameqz"},"act":{"narrative":"zq001storyqz"}}"#, ref: "f")
      #expect(try Self.put(visitor, "reference/agencies", Self.agency("")).status == 200)
      let mandate = #"{"id":900,"kind":"report","agency":"ANRI","scope":"all","legal_basis":"Uji"}"#
      #expect(try Self.put(visitor, "mandates", mandate).status == 200)
      let token = try await visitor.service.token(.agency(Self.anri), Self.scopes)
      let body = Sample.caseBody(
        #"{"subject":{"name":"zq002nameqz"},"act":{"narrative":"zq002storyqz"},"#
          + #""reporter":{"mode":"named","name":"zq002reporterqz"}}"#, agencyRef: "own")
      let made = try visitor.ask(as: token, "POST", "/v1/cases", body, [visitor.freshKey()])
      #expect(made.status == 201 && made.json["redacted"].strings.isEmpty, "\(made.text)")
      let own = made["location"] ?? ""
      let all: Set = ["000 nip", "002 name", "002 story", "002 reporter"]
      for target in [own, "/v1/cases?reported_by=ANRI", "/v1/exports/cases", "/v1/changes"] {
        #expect(Canaries.found(in: try visitor.ask(as: token, "GET", target).text) == all, "\(target)")
      }
      let other = try visitor.ask(as: token, "GET", foreign)
      #expect(other.status == 200 && Canaries.found(in: other.text).isEmpty)
      #expect(other.json["redacted"].strings == ["subject", "narrative", "evidence", "reporter"])
    }
  }
}
