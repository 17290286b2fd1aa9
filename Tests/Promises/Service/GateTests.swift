internal import Domain
internal import Foundation
internal import JSON
internal import TestSupport
internal import Testing
internal import Web

/// Who may use a route by the contract, written again by hand, and what an allowed caller meets who asks for a case that
/// does not exist or sends an empty object.
private struct Expectation {
  enum Who: Equatable {
    case everyone
    /// A key may be given, and is then judged.
    case optionalKey
    case anyKey
    case anyAgency
    case agency(Scope)
    /// With one of these scopes, of an agency that exists today.
    case recording([Scope])
    case administrator
    case agencyOrAdministrator(Scope)
    case agencyHolding([Scope])
  }
  let who: Who
  let allowed: Int
  init(_ who: Who, _ allowed: Int) { (self.who, self.allowed) = (who, allowed) }
}

private let expectations: [String: Expectation] = [
  "GET /": Expectation(.everyone, 200),
  "GET /forms": Expectation(.everyone, 200),
  "GET /data": Expectation(.everyone, 200),
  "GET /codes": Expectation(.everyone, 200),
  "GET /codes/{list}": Expectation(.everyone, 404),
  "GET /livez": Expectation(.everyone, 200),
  "GET /readyz": Expectation(.everyone, 200),
  "GET /openapi.json": Expectation(.optionalKey, 200),
  "GET /openapi-3.0.json": Expectation(.optionalKey, 200),
  "GET /docs": Expectation(.everyone, 200),
  "GET /docs/cookbook": Expectation(.everyone, 200),
  "GET /docs/problems": Expectation(.everyone, 200),
  // Without a key only to a loopback peer that names one as its host, which these requests do not: MetricsTests.
  "GET /metrics": Expectation(.administrator, 200),
  "GET /docs/problems/{code}": Expectation(.everyone, 404),
  "GET /favicon.ico": Expectation(.everyone, 200),
  "GET /docs/style.css": Expectation(.everyone, 200),
  "GET /docs/{group}": Expectation(.everyone, 404),
  "GET /docs/{group}/shapes": Expectation(.everyone, 404),
  "POST /v1/cases": Expectation(.recording([.casesWrite]), 422),
  "GET /v1/record/checkpoint": Expectation(.everyone, 200),
  "GET /v1/record/keys": Expectation(.everyone, 200),
  "GET /v1/record/tile/{path}": Expectation(.everyone, 404),
  "GET /v1/record/witnesses": Expectation(.everyone, 200),
  "GET /v1/record/leaves": Expectation(.agency(.sync), 200),
  "GET /v1/record/administration": Expectation(.anyKey, 200),
  "PUT /v1/record/witness": Expectation(.recording([.sync]), 422),
  "POST /v1/record/cosignatures": Expectation(.recording([.sync]), 415),
  "GET /v1/cases": Expectation(.agency(.casesRead), 200),
  "GET /v1/cases/{id}": Expectation(.agency(.casesRead), 404),
  "PATCH /v1/cases/{id}": Expectation(.recording([.casesWrite]), 404),
  "GET /v1/cases/{id}/history": Expectation(.agency(.casesRead), 404),
  "GET /v1/cases/{id}/allowed-actions": Expectation(.agency(.casesRead), 404),
  "POST /v1/cases/{id}/correction-requests": Expectation(.recording([.casesWrite]), 404),
  "GET /v1/cases/{id}/correction-requests": Expectation(.agency(.casesRead), 404),
  "POST /v1/cases/{id}/correction-requests/{n}/acceptance": Expectation(.recording([.casesWrite]), 404),
  "POST /v1/cases/{id}/correction-requests/{n}/refusal": Expectation(.recording([.casesWrite]), 404),
  "POST /v1/cases/{id}/links": Expectation(.recording([.casesWrite]), 404),
  "GET /v1/cases/{id}/links": Expectation(.agency(.casesRead), 404),
  "GET /v1/cases/{id}/related": Expectation(.agency(.casesRead), 404),
  "POST /v1/cases/{id}/verifications": Expectation(.recording([.casesWrite]), 404),
  "POST /v1/cases/{id}/studies": Expectation(.recording([.casesWrite]), 404),
  "POST /v1/cases/{id}/recommendations": Expectation(.recording([.casesWrite]), 404),
  "POST /v1/cases/{id}/decisions": Expectation(.recording([.casesWrite]), 404),
  "POST /v1/cases/{id}/blocks": Expectation(.recording([.casesWrite]), 404),
  "POST /v1/cases/{id}/block-releases": Expectation(.recording([.casesWrite]), 404),
  "POST /v1/cases/{id}/appeals": Expectation(.recording([.casesWrite]), 404),
  "POST /v1/cases/{id}/rulings": Expectation(.recording([.casesWrite]), 404),
  "POST /v1/cases/{id}/closures": Expectation(.recording([.casesWrite]), 404),
  "POST /v1/cases/{id}/cancellations": Expectation(.recording([.casesWrite]), 404),
  "POST /v1/cases/{id}/lapses": Expectation(.recording([.casesWrite]), 404),
  "POST /v1/cases/{id}/escalations": Expectation(.recording([.casesWrite]), 404),
  "POST /v1/cases/{id}/clock-pauses": Expectation(.recording([.casesWrite]), 404),
  "POST /v1/cases/{id}/clock-resumptions": Expectation(.recording([.casesWrite]), 404),
  "POST /v1/cases/{id}/notes": Expectation(.recording([.casesWrite]), 404),
  "POST /v1/cases/{id}/confirmations": Expectation(.recording([.casesWrite]), 404),
  "POST /v1/confirmations": Expectation(.recording([.casesWrite]), 422),
  "POST /v1/cases/{id}/evidence": Expectation(.recording([.casesWrite]), 415),
  "GET /v1/cases/{id}/evidence": Expectation(.agency(.casesRead), 404),
  "GET /v1/cases/{id}/evidence/{sha256}": Expectation(.agency(.casesRead), 404),
  "GET /v1/cases/{id}/evidence/{sha256}/custody": Expectation(.agency(.casesRead), 404),
  "POST /v1/cases/{id}/evidence/{sha256}/withdrawal": Expectation(.recording([.casesWrite]), 404),
  "POST /v1/cases/{id}/erasures": Expectation(.recording([.casesWrite]), 404),
  "POST /v1/cases/{id}/retention-holds": Expectation(.recording([.casesWrite]), 404),
  "GET /v1/cases/{id}/retention-holds": Expectation(.agency(.casesRead), 404),
  "POST /v1/cases/{id}/retention-holds/{n}/release": Expectation(.recording([.casesWrite]), 404),
  "PUT /v1/agencies/{agency}/sealing-key": Expectation(.recording([.casesWrite]), 422),
  "GET /v1/agencies/{agency}/sealing-key": Expectation(.anyKey, 200),
  "GET /v1/retention": Expectation(.agencyOrAdministrator(.casesRead), 200),
  "GET /v1/clocks": Expectation(.agency(.casesRead), 200),
  "POST /v1/case-searches": Expectation(.agency(.casesRead), 200),
  "POST /v1/classification": Expectation(.agency(.casesRead), 422),
  "POST /v1/imports": Expectation(.recording([.imports, .migration]), 415),
  "GET /v1/evidence-files": Expectation(.agencyHolding([.imports, .migration]), 200),
  "GET /v1/evidence-files/{sha256}": Expectation(.agencyHolding([.imports, .migration]), 404),
  "PUT /v1/evidence-files/{sha256}": Expectation(.recording([.imports, .migration]), 415),
  "GET /v1/changes": Expectation(.agency(.sync), 200),
  "GET /v1/exports/cases": Expectation(.agency(.sync), 200),
  "POST /v1/reconciliations": Expectation(.agency(.sync), 415),
  "GET /v1/reconciliations": Expectation(.anyKey, 200),
  "GET /v1/statistics/funnel": Expectation(.agency(.statistics), 200),
  "GET /v1/statistics/stages": Expectation(.agency(.statistics), 200),
  "GET /v1/statistics/sanctions": Expectation(.agency(.statistics), 200),
  "GET /v1/statistics/timeliness": Expectation(.agency(.statistics), 200),
  "GET /v1/statistics/equal-treatment": Expectation(.agency(.statistics), 400),
  "GET /v1/public/releases": Expectation(.everyone, 200),
  "GET /v1/public/statistics/funnel": Expectation(.everyone, 400),
  "GET /v1/public/statistics/stages": Expectation(.everyone, 400),
  "GET /v1/public/statistics/sanctions": Expectation(.everyone, 400),
  "GET /v1/figures/{id}": Expectation(.agency(.statistics), 404),
  "POST /v1/published-figures": Expectation(.recording([.statistics]), 422),
  "GET /v1/published-figures": Expectation(.agency(.statistics), 200),
  "GET /v1/published-figures/{n}": Expectation(.agency(.statistics), 404),
  "GET /v1/reference/{kind}": Expectation(.anyKey, 404),
  "GET /v1/whoami": Expectation(.anyKey, 200),
  "GET /v1/policy": Expectation(.anyKey, 200),
  "GET /v1/keys": Expectation(.anyAgency, 200),
  "POST /v1/admin/keys": Expectation(.administrator, 422),
  "GET /v1/admin/keys": Expectation(.administrator, 200),
  "GET /v1/admin/keys/{id}": Expectation(.administrator, 404),
  "DELETE /v1/admin/keys/{id}": Expectation(.administrator, 404),
  "POST /v1/admin/keys/{id}/rotation": Expectation(.administrator, 404),
  "POST /v1/admin/backups": Expectation(.administrator, 409),
  "GET /v1/admin/backups": Expectation(.administrator, 409),
  "POST /v1/admin/releases": Expectation(.administrator, 422),
  "GET /v1/admin/mandates": Expectation(.administrator, 200),
  "PUT /v1/admin/mandates": Expectation(.administrator, 422),
  "PUT /v1/admin/reference/{kind}": Expectation(.administrator, 404),
]

/// One way to come to the door.
private struct Role {
  let name: String
  let authorization: String?
  var fields: [(String, String)] = []
  /// Nil when the key is not accepted at all.
  let holder: (owner: KeyOwner, scopes: Set<Scope>)?

  func status(at expectation: Expectation) -> Int {
    if expectation.who == .everyone { return expectation.allowed }
    if expectation.who == .optionalKey { return authorization == nil || holder != nil ? expectation.allowed : 401 }
    guard let holder else { return 401 }
    let passes =
      switch expectation.who {
      case .everyone, .optionalKey, .anyKey: true
      case .anyAgency: holder.owner != .operator
      case .agency(let scope): holder.owner != .operator && holder.scopes.contains(scope)
      case .recording(let scopes): holder.owner != .operator && !holder.scopes.isDisjoint(with: scopes)
      case .agencyHolding(let scopes): holder.owner != .operator && !holder.scopes.isDisjoint(with: scopes)
      case .administrator: holder.owner == .operator && holder.scopes.contains(.admin)
      case .agencyOrAdministrator(let scope): holder.scopes.contains(holder.owner == .operator ? .admin : scope)
      }
    if passes, case .recording = expectation.who, holder.owner == .agency(.kasn) { return 403 }
    return passes ? expectation.allowed : 403
  }

  /// The code of a refusal with 403: an agency that has ended is told so only where the scope would have let it in.
  func code(at expectation: Expectation) -> String {
    guard let holder, holder.owner == .agency(.kasn), case .recording(let scopes) = expectation.who,
      !holder.scopes.isDisjoint(with: scopes)
    else { return "scope_missing" }
    return "agency_ended"
  }

  static func all(_ service: Service) async throws -> [Role] {
    let good = try await service.token(.agency(.bkn), [.casesRead, .casesWrite])
    let wrongSecret = String(good.dropLast(4)) + (good.hasSuffix("AAAA") ? "BBBB" : "AAAA")
    let now = service.clock.now
    var roles = [
      Role(name: "no key", authorization: nil, holder: nil),
      Role(name: "empty", authorization: "", holder: nil),
      Role(name: "malformed key", authorization: "Bearer ntk_short", holder: nil),
      Role(name: "another scheme", authorization: "Basic \(good)", holder: nil),
      Role(name: "wrong secret", authorization: "Bearer \(wrongSecret)", holder: nil),
      Role(
        name: "unknown key", authorization: "Bearer ntk_000000000000_\(String(repeating: "A", count: 43))", holder: nil),
    ]
    for owner in [KeyOwner.agency(.bkn), .operator] {
      let scopes: Set<Scope> = owner == .operator ? [.admin] : [.casesRead, .casesWrite, .imports]
      func barred(_ name: String, _ token: String) {
        roles.append(Role(name: "\(name) \(owner)", authorization: "Bearer \(token)", holder: nil))
      }
      barred("expired", try await service.token(owner, scopes, expiresAt: now))
      barred("revoked", try await service.token(owner, scopes, revokedAt: now))
      barred("no certificate", try await service.token(owner, scopes, identities: ["CN=sync,O=BKN"]))
      barred("wrong network", try await service.token(owner, scopes, networks: ["10.0.0.0/8", "::1"]))
    }
    let loose = "Bearer \(try await service.token(.operator, [.admin]))"
    for field in [("Forwarded", "for=192.0.2.1"), ("Via", "1.1 proxy")] {
      roles.append(Role(name: "by a proxy, operator", authorization: loose, fields: [field], holder: nil))
    }
    func allowed(_ name: String, _ owner: KeyOwner, _ scopes: Set<Scope>, _ networks: [String] = []) async throws {
      let token = try await service.token(owner, scopes, networks: networks)
      roles.append(Role(name: name, authorization: "Bearer \(token)", holder: (owner, scopes)))
    }
    for agency in agencies {
      try await allowed("\(agency), all scopes", .agency(agency), Set(Scope.allCases.filter { $0 != .admin }))
      for scope in Scope.allCases { try await allowed("\(agency), \(scope)", .agency(agency), [scope]) }
    }
    try await allowed("right network", .agency(.bkn), [.casesRead], ["127.0.0.0/8"])
    try await allowed("operator", .operator, [.admin])
    try await allowed("operator with every scope", .operator, Set(Scope.allCases))
    try await allowed("operator without admin", .operator, [.casesRead])
    return roles
  }
}

struct GateTests {
  private static func path(_ template: String) -> String {
    template.replacing("{id}", with: "0199d3c4-7c1e-7b52-9a51-3f0f4c1b2a90").replacing("{n}", with: "1")
      .replacing("{kind}", with: "nothing").replacing("{list}", with: "nothing").replacing("{path}", with: "0/000")
      .replacing("{code}", with: "nothing").replacing("{group}", with: "nothing")
      .replacing("{agency}", with: "BAWASLU").replacing("{sha256}", with: String(repeating: "0", count: 64))
  }

  @Test("every route has an expectation, and every expectation a route") func routesAreExpected() {
    let routes = Set(routeTable().map { "\($0.method) \($0.path)" })
    #expect(routes == Set(expectations.keys))
  }

  @Test("every route answers every role as the contract says") func gates() async throws {
    // The walk comes from one address.
    try await withService(
      {
        $0.publicRequestsPerMinute = 100_000
        $0.failedKeysPerMinute = 100_000
      },
      { visitor in
        let roles = try await Role.all(visitor.service)
        for route in routeTable() {
          let expectation = try #require(expectations["\(route.method) \(route.path)"], "\(route.method) \(route.path)")
          for role in roles {
            var fields = [("Content-Type", "application/json"), ("Idempotency-Key", "k"), ("If-Match", "\"4-1-15\"")]
            if let authorization = role.authorization { fields.append(("Authorization", authorization)) }
            let answer = try visitor.ask(
              route.method, Self.path(route.path), fields + role.fields, route.method == "GET" ? nil : "{}")
            let expected = role.status(at: expectation)
            #expect(answer.status == expected, "\(role.name): \(route.method) \(route.path): \(answer.text)")
            #expect(answer["x-request-id"] != nil)
            #expect(answer["x-content-type-options"] == "nosniff", "\(route.method) \(route.path)")
            // What needs no key and holds nothing of anybody may be kept; nothing else, refusals least of all.
            let isPublic =
              route.path.hasPrefix("/docs") || ["/", "/forms", "/data", "/codes", "/favicon.ico"].contains(route.path)
              || route.path == "/v1/public/releases"
              || (route.path.hasPrefix("/openapi") && role.authorization == nil)
            let kept = isPublic && answer.status == 200 ? "public, max-age=3600" : "no-store"
            #expect(answer["cache-control"] == kept, "\(role.name): \(route.method) \(route.path)")
            if expected == 401 { #expect(answer["www-authenticate"]?.hasPrefix("Bearer") == true) }
            if expected == 401 { #expect(answer.json["code"].string == "unauthenticated") }
            if expected == 403 { #expect(answer.json["code"].string == role.code(at: expectation)) }
          }
        }
      })
  }

  @Test("every path refuses the other methods with 405 and names its own") func methods() async throws {
    try await withService { visitor in
      for (path, routes) in Dictionary(grouping: routeTable(), by: \.path) {
        let methods = Set(routes.map(\.method))
        let allowed = methods.union(["OPTIONS"]).union(methods.contains("GET") ? ["HEAD"] : [])
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"] where !methods.contains(method) {
          let answer = try visitor.ask(as: .bkn, method, Self.path(path))
          #expect(answer.status == 405, "\(method) \(path)")
          #expect(answer["cache-control"] == "no-store" && answer["x-content-type-options"] == "nosniff")
          #expect(answer.json["code"].string == "method_not_allowed")
          #expect(Set((answer["allow"] ?? "").split(separator: ", ").map(String.init)) == allowed, "\(method) \(path)")
        }
        let options = try visitor.ask("OPTIONS", Self.path(path), [])
        #expect(options.status == 204 && options.body.isEmpty, "\(path)")
        #expect(options["cache-control"] == "no-store" && options["x-content-type-options"] == "nosniff")
        #expect(Set((options["allow"] ?? "").split(separator: ", ").map(String.init)) == allowed, "\(path)")
      }
    }
  }

  @Test(
    "an address that is none answers 404",
    arguments: [
      "/v1", "/v1/", "/forms/x", "/v1/cases//", "/v1//cases", "//v1/cases/", "/v1/cases/x", "/v1/cases/x/nothing",
      "/V1/cases", "/v1/cases%2F", "/docs/problems/nothing", "/docs/nothing", "/v1/reference/nothing",
    ])
  func noAddress(_ path: String) async throws {
    try await withService { visitor in
      let answer = try visitor.get(path, as: .bkn)
      #expect(answer.status == 404 && answer.json["code"].string == "not_found")
    }
  }

  @Test("an operator's key with scopes of cases cannot be made, nor an agency's with admin") func impossibleKeys()
    async throws
  {
    try await withService { visitor in
      for body in [
        #"{"operator":true,"label":"x","scopes":["cases:read"]}"#, #"{"operator":true,"label":"x","scopes":[]}"#,
        #"{"operator":true,"label":"x"}"#, #"{"operator":true,"agency":"BKN","label":"x","scopes":["admin"]}"#,
        #"{"operator":true,"label":"x","scopes":["admin","cases:read"]}"#,
        #"{"agency":"BKN","label":"x","scopes":["admin"]}"#, #"{"agency":"BKN","label":"x","scopes":["nothing"]}"#,
        #"{"agency":"NOBODY","label":"x","scopes":["cases:read"]}"#, #"{"label":"x","scopes":["admin"]}"#,
      ] {
        let answer = try visitor.ask(
          as: Service.operatorName, "POST", "/v1/admin/keys", body, [visitor.freshKey()])
        #expect(answer.status == 422 && !answer.json["errors"].items.isEmpty, "\(body)")
      }
    }
  }
}
