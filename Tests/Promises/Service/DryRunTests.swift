internal import Domain
internal import JSON
internal import TestSupport
internal import Testing

@Suite("A dry run")
struct DryRunTests {
  /// Everything that a write could leave behind.
  private func state(_ visitor: Visitor, _ paths: [String]) throws -> [String] {
    var texts = try agencies.map { try visitor.get("/v1/cases?limit=200&count=exact", as: $0).text }
    for path in paths {
      for suffix in ["", "/history", "/links", "/correction-requests"] {
        texts.append(try visitor.get(path + suffix, as: .bawaslu).text)
      }
    }
    for target in ["/v1/admin/keys", "/v1/admin/mandates", "/v1/reference/holidays", "/v1/reference/clock-rules"] {
      texts.append(try visitor.ask(as: Service.operatorName, "GET", target).text)
    }
    return texts
  }

  @Test("of every write answers as the write would and changes nothing")
  func everyWrite() async throws {
    try await withService { visitor in
      // A clock that is overdue is not paused.
      visitor.clock.set("2024-10-12T03:00:00Z")
      let (path, other) = (try visitor.makeCase(), try visitor.makeCase(ref: "2"))
      let id = String(other.split(separator: "/").last ?? "")
      let request = #"{"patch":{"motives":["x"]},"reason":"x"}"#
      #expect(try visitor.post("\(path)/correction-requests", as: .bkn, request).status == 201)
      let before = try state(visitor, [path, other])
      let match = ("If-Match", try visitor.etag(path, as: .bawaslu))
      let keyID = String((visitor.service.tokens["PANRB"] ?? "").split(separator: "_")[1])
      let mandate = #"[{"id":99,"kind":"study","agency":"PANRB","scope":"all","legal_basis":"Uji"}]"#
      let holiday = #"[{"date":"2026-05-05","name_id":"Libur","kind":"holiday","source":"SKB"}]"#
      // The clocks of both cases run by this rule.
      let rule =
        #"[{"kind":"verification","length":9,"unit":"days","starts_at":"received","stops_at":["verified","rejected"],"#
        + #""time_zone":"Asia/Jakarta","legal_basis":"Uji"}]"#
      let pause = ActionBodies.valid(.clockPauses, on: "2024-10-08", clock: .verification)
      let administrator = Service.operatorName
      let writes: [(who: String, method: String, target: String, body: String?, fields: [(String, String)])] = [
        ("BAWASLU", "POST", "/v1/cases", Sample.caseBody(agencyRef: "3"), []),
        ("BAWASLU", "PATCH", path, #"{"motives":["office"],"reason":"x"}"#, [match]),
        ("BAWASLU", "POST", "\(path)/correction-requests", request, []),
        ("BAWASLU", "POST", "\(path)/correction-requests/1/acceptance", #"{"reason":"x"}"#, [match]),
        ("BAWASLU", "POST", "\(path)/correction-requests/1/refusal", #"{"reason":"x"}"#, [match]),
        ("BAWASLU", "POST", "\(path)/links", #"{"case_id":"\#(id)","relation":"same_act"}"#, []),
        ("BAWASLU", "POST", "\(path)/verifications", ActionBodies.valid(.verifications, on: "2024-10-08"), [match]),
        ("BAWASLU", "POST", "\(path)/cancellations", ActionBodies.valid(.cancellations, on: "2024-10-08"), [match]),
        ("BAWASLU", "POST", "\(path)/clock-pauses", pause, [match]),
        ("BAWASLU", "POST", "\(path)/notes", ActionBodies.valid(.notes, on: "2024-10-08"), [match]),
        (
          "BAWASLU", "POST", "/v1/imports", "{\"case\":\(Self.imported)}",
          [("Content-Type", "application/x-ndjson")]
        ),
        (administrator, "POST", "/v1/admin/keys", #"{"agency":"BKN","label":"x","scopes":["cases:read"]}"#, []),
        (administrator, "POST", "/v1/admin/keys/\(keyID)/rotation", "{}", []),
        (administrator, "DELETE", "/v1/admin/keys/\(keyID)", nil, []),
        (administrator, "PUT", "/v1/admin/mandates", mandate, []),
        (administrator, "PUT", "/v1/admin/reference/holidays", holiday, []),
        (administrator, "PUT", "/v1/admin/reference/clock-rules", rule, []),
      ]
      for write in writes {
        let fields = write.fields + [visitor.freshKey()]
        let dry = try visitor.ask(as: write.who, write.method, "\(write.target)?dry_run=true", write.body, fields)
        #expect((200...204).contains(dry.status), "\(write.target): \(dry.text)")
        #expect(try state(visitor, [path, other]) == before, "\(write.method) \(write.target)")
        #expect(!dry.text.contains("ntk_"), "\(write.target)")
        let off = try visitor.ask(as: write.who, write.method, "\(write.target)?dry_run=maybe", write.body, fields)
        #expect(off.status == 400 && off.json["errors"][0]["parameter"].string == "dry_run", "\(write.target)")
      }
    }
  }

  private static let imported = merged(Sample.caseBody(agencyRef: "3"), #"{"source":{"agency":"BAWASLU"}}"#)

  @Test("is judged in full: a refusal is the same as without it")
  func refusals() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      for (kind, date) in [
        (ActionKind.decisions, "2024-10-08"), (.verifications, "2024-10-01"), (.blocks, "2024-10-08"),
      ] {
        let body = ActionBodies.valid(kind, on: date)
        let (dry, real) = (
          try visitor.act(kind.rawValue, on: path, as: .bkn, body, dryRun: true),
          try visitor.act(kind.rawValue, on: path, as: .bkn, body)
        )
        #expect(dry.status == real.status && dry.status >= 400)
        #expect(dry.textWithoutRequestID == real.textWithoutRequestID)
      }
      let dry = try visitor.act(
        "verifications", on: path, as: .bkn, ActionBodies.valid(.verifications, on: "2024-10-08"), dryRun: true)
      #expect(dry.status == 201 && dry.json["stage"].string == "verified" && dry["netral-dry-run"] == "true")
      #expect(try visitor.get(path, as: .bkn).json["stage"].string == "received")
    }
  }
}
