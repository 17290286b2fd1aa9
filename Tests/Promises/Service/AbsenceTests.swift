internal import Domain
internal import JSON
internal import TestSupport
internal import Testing

/// A request on a case, with `{id}` in its place.
private struct CaseRequest: CustomStringConvertible {
  let method: String
  let path: String
  var body: String?
  var fields: [(String, String)] = []
  var description: String { "\(method) \(path) \(body ?? "") \(fields)" }

  static var all: [CaseRequest] {
    var all: [CaseRequest] = []
    for suffix in ["", "/history", "/allowed-actions", "/links", "/related", "/correction-requests"] {
      all.append(CaseRequest(method: "GET", path: "/v1/cases/{id}\(suffix)"))
      all.append(CaseRequest(method: "HEAD", path: "/v1/cases/{id}\(suffix)"))
      all.append(CaseRequest(method: "GET", path: "/v1/cases/{id}\(suffix)?nothing=1"))
    }
    for query in ["2024-01-20", "2010-01-01", "2024-10-20T03:30:00Z", "nonsense"] {
      all.append(CaseRequest(method: "GET", path: "/v1/cases/{id}?as_of=\(query)"))
    }
    all.append(
      CaseRequest(method: "GET", path: "/v1/cases/{id}", fields: [("If-None-Match", "\"1-1\", \"5-0\", *")]))
    all.append(CaseRequest(method: "GET", path: "/v1/cases/{id}", fields: [("Accept", "image/png")]))
    var writes = ActionKind.allCases.map { ("POST", "/\($0.rawValue)", ActionBodies.valid($0, on: "2024-03-10")) }
    writes.append(("PATCH", "", #"{"reason":"x","motives":["office"]}"#))
    writes.append(("POST", "/correction-requests", #"{"reason":"x","patch":{"motives":["office"]}}"#))
    writes.append(("POST", "/correction-requests/1/acceptance", #"{"reason":"x"}"#))
    writes.append(("POST", "/correction-requests/2/refusal", #"{"reason":"x"}"#))
    writes.append(("POST", "/confirmations", #"{"outcome":"disputed","reason":"x"}"#))
    writes.append(
      ("POST", "/links", #"{"case_id":"0199d3c4-7c1e-7b52-9a51-3f0f4c1b2a90","relation":"same_act"}"#))
    // What is no such method, and parameters, fields and types that are wrong before a case is looked for or after.
    for method in ["PUT", "DELETE", "OPTIONS", "TRACE"] {
      all.append(CaseRequest(method: method, path: "/v1/cases/{id}"))
      all.append(CaseRequest(method: method, path: "/v1/cases/{id}/history"))
    }
    for suffix in ["", "/history", "/allowed-actions", "/links", "/related", "/correction-requests"] {
      for field in [
        ("If-None-Match", "*"), ("If-None-Match", "W/\"1-0\""), ("If-Match", "\"1-0\""), ("Accept", "text/csv"),
        ("Accept-Language", "id"), ("Accept-Encoding", "gzip"), ("Range", "bytes=0-1"),
      ] { all.append(CaseRequest(method: "GET", path: "/v1/cases/{id}\(suffix)", fields: [field])) }
      for query in ["dry_run=true", "limit=1", "cursor=x", "as_of=", "as_of=2024-01-20&as_of=2024-01-20", "%", "=&="] {
        all.append(CaseRequest(method: "GET", path: "/v1/cases/{id}\(suffix)?\(query)"))
      }
    }
    for number in ["0", "3", "999999999999999999999", "x", "-1", "01"] {
      writes.append(("POST", "/correction-requests/\(number)/acceptance", #"{"reason":"x"}"#))
    }
    for (method, suffix, valid) in writes {
      let path = "/v1/cases/{id}\(suffix)"
      for match in [
        "", "1-0", "W/\"1-0\"", "\"\"", "\"1-0\", \"5-15\"", "\"1-0", "*, \"1-0\"", "\"99999999999999999999-0\"",
      ] {
        all.append(CaseRequest(method: method, path: path, body: valid, fields: [("If-Match", match)]))
        all.append(
          CaseRequest(method: method, path: "\(path)?dry_run=true", body: valid, fields: [("If-Match", match)]))
      }
      for key in ["", "a b", String(repeating: "k", count: 300), "absence"] {
        all.append(
          CaseRequest(
            method: method, path: path, body: valid, fields: [("Idempotency-Key", key), ("If-Match", "\"1-0\"")]))
      }
      for type in ["text/plain", "application/x-ndjson", "application/json; charset=latin1", ""] {
        all.append(CaseRequest(method: method, path: path, body: valid, fields: [("Content-Type", type)]))
      }
      for body in ["", "null", "\"", "\u{0}", #"{"occurred_on":"2024-03-10","occurred_on":"2024-03-10"}"#] {
        all.append(CaseRequest(method: method, path: path, body: body, fields: [("If-Match", "\"1-0\"")]))
      }
      all.append(CaseRequest(method: method, path: path, fields: [("If-Match", "\"1-0\"")]))
      all.append(CaseRequest(method: method, path: "\(path)?nothing=1", body: valid))
      for body in [valid, "{}", "[]", "{", #"{"nothing":1}"#] {
        for match in [nil, "*", "\"1-0\"", "\"999-15\""] {
          var fields = [("Idempotency-Key", "absence \(suffix)".replacing(" ", with: "-"))]
          if let match { fields.append(("If-Match", match)) }
          all.append(CaseRequest(method: method, path: "/v1/cases/{id}\(suffix)", body: body, fields: fields))
        }
      }
      all.append(CaseRequest(method: method, path: "/v1/cases/{id}\(suffix)?dry_run=true", body: valid))
      all.append(CaseRequest(method: method, path: "/v1/cases/{id}\(suffix)?dry_run=maybe", body: valid))
    }
    return all
  }
}

@Suite("A case outside the caller's rows")
struct AbsenceTests {
  @Test("answers exactly like one that does not exist")
  func answersAlike() async throws {
    let world = try await CanaryWorld.shared.value
    try await withTaskExecutorPreference(OwnThread()) {
      let visitor = Visitor(world.service)
      let hidden = zip(CanaryPlan.all, world.ids).filter { Sight.of($0.0, for: .kemendagri) == nil && $0.0.isCorrected }
      let absent = "0199d3c4-7c1e-7b52-9a51-3f0f4c1b2a90"
      let (plan, id) = try #require(hidden.last)
      for request in CaseRequest.all {
        func ask(_ id: String) throws -> HTTPAnswer {
          try visitor.ask(
            as: .kemendagri, request.method, request.path.replacing("{id}", with: id), request.body, request.fields)
        }
        let (one, other) = (try ask(id), try ask(absent))
        #expect(one.status == other.status, "\(request): \(plan)")
        #expect(one.status >= 400 || request.method == "OPTIONS", "\(request): \(plan)")
        #expect(one.textWithoutRequestID == other.textWithoutRequestID, "\(request): \(plan)")
        #expect(one.comparableFields == other.comparableFields, "\(request): \(plan)")
        if request.body?.contains("[") == false && request.method != "HEAD" && one.status == 404 {
          #expect(one.json["code"].string == "not_found")
        }
      }
    }
  }

  @Test("gives no other figure: one that was issued to another agency answers like one that was never issued")
  func figures() async throws {
    try await withService { visitor in
      _ = try visitor.makeCase()
      var scoped = 0
      for unit in ["case", "person"] {
        let target = "/v1/statistics/funnel?election=pilkada-2024&unit=\(unit)"
        let issued = try visitor.get(target, as: .bawaslu)
        let id = try #require(issued.json["figure_id"].string)
        let absent = String(id.dropLast(4)) + (id.hasSuffix("aaaa") ? "bbbb" : "aaaa")
        for field in [("Accept", "application/json"), ("If-None-Match", "\"\(id)\""), ("Accept-Language", "id")] {
          for query in ["", "?x=1"] {
            let answers = try [id, absent].map { id in
              try visitor.get("/v1/figures/\(id)\(query)", as: .kemendagri, [field])
            }
            if query.isEmpty && answers[0].status == 200 { continue }
            scoped += 1
            #expect(answers[0].status == answers[1].status && answers[0].status >= 400)
            #expect(answers[0].textWithoutRequestID == answers[1].textWithoutRequestID)
            #expect(answers[0].comparableFields == answers[1].comparableFields)
          }
        }
      }
      #expect(scoped > 6)
    }
  }

  @Test("cannot be linked, found as related, or counted")
  func isNotReferredTo() async throws {
    let world = try await CanaryWorld.shared.value
    try await withTaskExecutorPreference(OwnThread()) {
      let visitor = Visitor(world.service)
      let hidden = Set(
        zip(CanaryPlan.all, world.ids).filter { Sight.of($0.0, for: .kemendagri) == nil }.map(\.1))
      let visible = try #require(
        zip(CanaryPlan.all, world.ids).first { Sight.of($0.0, for: .kemendagri) != nil }?.1)
      for relation in ["same_act", "same_person"] {
        let answers = try [hidden.sorted()[0], "0199d3c4-7c1e-7b52-9a51-3f0f4c1b2a90"].map { id in
          try visitor.post(
            "/v1/cases/\(visible)/links", as: .kemendagri, #"{"case_id":"\#(id)","relation":"\#(relation)"}"#)
        }
        #expect(answers.allSatisfy { $0.status == 422 && $0.json["errors"][0]["pointer"].string == "/case_id" })
        #expect(answers[0].textWithoutRequestID == answers[1].textWithoutRequestID)
      }
      let links = try visitor.get("/v1/cases/\(world.ids[0])/links", as: .kemendagri).json["items"].items
      #expect(!links.isEmpty && links.allSatisfy { !hidden.contains($0["case_id"].string ?? "") })
      #expect(try visitor.get("/v1/cases/\(world.ids[0])/links", as: .bkn).json["items"].items.count == 5)
      for (plan, id) in zip(CanaryPlan.all, world.ids) where Sight.of(plan, for: .kemendagri) != nil {
        let related = try visitor.get("/v1/cases/\(id)/related", as: .kemendagri)
        #expect(related.json["items"].items.allSatisfy { !hidden.contains($0["case_id"].string ?? "") })
      }
    }
  }

  @Test("is matched by no filter on what is withheld", arguments: agencies)
  func filters(_ agency: AgencyCode) async throws {
    let world = try await CanaryWorld.shared.value
    try await withTaskExecutorPreference(OwnThread()) {
      let visitor = Visitor(world.service)
      for plan in CanaryPlan.all {
        let sight = Sight.of(plan, for: agency)
        func count(_ name: String, _ value: String) throws -> Int? {
          let body = #"{"count":"exact","\#(name)":"\#(value)"}"#
          return try visitor.ask(as: agency, "POST", "/v1/case-searches", body).json["count"].int
        }
        #expect(try count("nip", plan.nip) == (sight?.subject == true ? 1 : 0), "\(plan)")
        #expect(try count("nik", plan.nik) == (sight?.subject == true ? 1 : 0), "\(plan)")
        let two = plan.isCorrected ? "two" : ""
        let name = "\(plan.mark)nameqz"
        #expect(try count("name", name) == (sight?.subject == true ? 1 : 0), "\(plan)")
        #expect(try count("q", "\(plan.mark)story\(two)qz") == (sight?.narrative == true ? 1 : 0), "\(plan)")
        #expect(try count("q", name) == 0 && count("name", "\(plan.mark)story\(two)qz") == 0, "\(plan)")
        let byReference = try visitor.get("/v1/cases?count=exact&agency_ref=\(plan.reference)", as: agency)
        #expect(byReference.json["count"].int == (sight == nil ? 0 : 1), "\(plan)")
      }
    }
  }
}

@Suite("A replay")
struct ReplayVisibilityTests {
  @Test("never shows more than the first answer, nor more than may be seen now")
  func replaysShowTheFirstAnswer() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase(
        #"{"subject":{"name":"zq001nameqz"},"act":{"narrative":"zq001storyqz"},"reporter":{"name":"zq001reporterqz"}}"#)
      let fields = [("If-Match", try visitor.etag(path, as: .panrb)), ("Idempotency-Key", "k")]
      let body = #"{"occurred_on":"2024-10-07","outcome":"accepted","note":"zq001notepanrbqz"}"#
      let first = try visitor.ask(as: .panrb, "POST", "\(path)/verifications", body, fields)
      #expect(first.status == 201 && Canaries.found(in: first.text).isEmpty)
      try visitor.must("studies", on: path, as: .bawaslu, ActionBodies.valid(.studies, on: "2024-10-08"))
      try visitor.must("recommendations", on: path, as: .bkn, ActionBodies.valid(.recommendations, on: "2024-10-09"))
      #expect(Canaries.found(in: try visitor.get(path, as: .panrb).text) == ["000 nip", "001 name"])
      let again = try visitor.ask(as: .panrb, "POST", "\(path)/verifications", body, fields)
      #expect(again.status == 201 && again.body == first.body && again["etag"] == first["etag"])
      #expect(again["idempotency-replayed"] == "true")
    }
  }

  @Test("of a note shows the note to nobody else")
  func notes() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      let inOffice = agencies.filter { $0 != .kasn }
      for agency in inOffice {
        let body = #"{"occurred_on":"2024-10-08","text":"zq001note\#(agency)qz"}"#
        let fields = [("If-Match", try visitor.etag(path, as: agency)), ("Idempotency-Key", "same")]
        let answers = try (0..<2).map { _ in try visitor.ask(as: agency, "POST", "\(path)/notes", body, fields) }
        #expect(answers.map(\.status) == [201, 201] && answers[0].body == answers[1].body)
        #expect(answers[1]["idempotency-replayed"] == "true" && answers[0]["idempotency-replayed"] == nil)
        #expect(!Canaries.found(in: answers[0].text).contains { $0.contains("note") })
      }
      for agency in inOffice {
        let history = try visitor.get("\(path)/history", as: agency)
        #expect(Canaries.found(in: history.text) == ["001 note\(agency.rawValue.lowercased())"])
        #expect(history.json["items"].items.filter { $0["what"].string == "notes" }.count == 1)
      }
    }
  }
}
