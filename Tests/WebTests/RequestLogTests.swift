internal import Domain
internal import JSON
internal import Logging
internal import TestSupport
internal import Testing
internal import Web

/// What the line of a request says beside its answer.
@Suite("The log")
struct RequestLogTests {
  /// A key that is refused.
  private struct Attempt {
    let refusal: String
    let token: String
    var fields: [(String, String)] = []
    /// The identifier that the log may repeat; - where no key can have that name.
    let named: String

    init(_ refusal: String, _ token: String, _ fields: [(String, String)] = []) {
      (self.refusal, self.token, self.fields) = (refusal, token, fields)
      named = refusal == "malformed" ? "-" : String(token.split(separator: "_")[1])
    }
  }

  /// Opens the log once the visitor has asked for the description, which it does with its first request.
  private func open(_ log: LogBook, _ visitor: Visitor) throws {
    _ = try visitor.ask("GET", "/livez", [])
    log.open()
  }

  private func attempts(_ service: Service) async throws -> [Attempt] {
    let (owner, scopes, now) = (KeyOwner.agency(.bkn), Set<Scope>([.casesRead]), service.clock.now)
    let good = try await service.token(owner, scopes)
    let secret = String(repeating: "A", count: 43)
    return [
      Attempt("unknown", "ntk_000000000000_\(secret)"), Attempt("wrong_secret", "\(good.prefix(17))\(secret)"),
      Attempt("expired", try await service.token(owner, scopes, expiresAt: now)),
      Attempt("revoked", try await service.token(owner, scopes, revokedAt: now)),
      Attempt("network", try await service.token(owner, scopes, networks: ["10.0.0.0/8"])),
      Attempt("identity", try await service.token(owner, scopes, identities: ["CN=a"])),
      Attempt("identity", try await service.token(.operator, [.admin], identities: ["CN=a"])),
      Attempt(
        "operator_without_identity", try await service.token(.operator, [.admin]), [("Forwarded", "for=192.0.2.1")]),
      Attempt("malformed", "ntk_Zubaidah1234_\(secret)"), Attempt("malformed", "Zubaidah"),
      Attempt("malformed", good + "x"),
    ]
  }

  @Test("names a refused key and the reason, in one line and never the secret; the client learns nothing of it")
  func refusals() async throws {
    try await withService(
      { $0.failedKeysPerMinute = 40 },
      { visitor in
        let log = visitor.service.log
        let attempts = try await attempts(visitor.service)
        try open(log, visitor)
        var answers: Set<String> = []
        for target in ["/v1/cases", "/openapi.json", "/metrics"] {
          for attempt in attempts {
            let before = log.lines.count
            let answer = try visitor.ask(as: attempt.token, "GET", target, nil, attempt.fields)
            #expect(answer.status == 401)
            answers.insert(([target] + answer.comparableFields + [answer.textWithoutRequestID]).joined(separator: "\n"))
            let lines = log.lines.dropFirst(before)
            let line = try #require(lines.first)
            #expect(lines.count == 1 && line.text("key") == "-" && line.text("status") == "401")
            #expect(line.text("refusal") == attempt.refusal && line.text("refused_key") == attempt.named)
            let secret = attempt.token.split(separator: "_", maxSplits: 2).last.map(String.init) ?? attempt.token
            for value in line.values { #expect(!"\(value)".contains(secret) && !"\(value)".contains("Zubaidah")) }
          }
        }
        #expect(answers.count == 3)
        // One too many has its reason, too.
        while try visitor.ask(as: attempts[0].token, "GET", "/v1/cases").status == 401 {}
        #expect(log.lines.last?.text("status") == "429" && log.lines.last?.text("refusal") == "unknown")
      })
  }

  @Test("tells of no refused key where none was sent, or a good one may not do this")
  func noRefusals() async throws {
    try await withService { visitor in
      let log = visitor.service.log
      try open(log, visitor)
      let without = try visitor.ask("GET", "/v1/cases", [])
      #expect(without.status == 401)
      #expect(log.lines.last?.text("refusal") == nil && log.lines.last?.text("key") == "-")
      #expect(try visitor.ask(as: Service.operatorName, "GET", "/v1/cases").status == 403)
      #expect(log.lines.last?.text("refusal") == nil && log.lines.last?.text("key")?.count == 12)
      #expect(try visitor.get("/openapi.json", as: .bkn).status == 200)
      #expect(log.lines.last?.text("key")?.count == 12)
    }
  }

  @Test("marks dry runs, however they are spelled, and nothing else")
  func dryRuns() async throws {
    try await withService { visitor in
      let log = visitor.service.log
      try open(log, visitor)
      let body = Sample.caseBody("{}", agencyRef: "001")
      let table: [(query: String, status: Int, isMarked: Bool)] = [
        ("?dry_run=true", 201, true), ("?dry%5Frun=%74rue", 201, true), ("?dry_run=1", 400, false),
        ("?dry_run=true&x=1", 400, true), ("?x=dry_run=true", 400, false), ("?dry_run=false", 201, false),
      ]
      for (query, status, isMarked) in table {
        let answer = try visitor.post("/v1/cases\(query)", as: .bawaslu, body)
        #expect(answer.status == status, "\(query): \(answer.text)")
        #expect((log.lines.last?.text("dry_run") == "true") == isMarked, "\(query)")
      }
      let refused = try visitor.post("/v1/cases?dry_run=true", as: .bawaslu, "{}")
      #expect(refused.status == 422 && log.lines.last?.text("dry_run") == "true")
      let imported = try visitor.importLines(["{}"], as: .bawaslu, "?dry_run=true")
      #expect(imported.status == 200 && log.lines.last?.text("dry_run") == "true")
    }
  }
}
