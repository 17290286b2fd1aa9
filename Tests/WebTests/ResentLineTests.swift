internal import Domain
internal import JSON
internal import TestSupport
internal import Testing
internal import Web

/// Lines of one report of BAWASLU, and what sends them.
private struct Lines {
  let visitor: Visitor
  /// A key that imports for its own agency alone.
  let key: String

  init(_ visitor: Visitor, as who: AgencyCode = .bawaslu) async throws {
    self.visitor = visitor
    key = try await visitor.service.token(.agency(who), [.imports])
  }

  static let verified =
    #"{"action":"verifications","agency":"BAWASLU","occurred_on":"2024-10-08","outcome":"accepted"}"#
  static let note = #"{"action":"notes","agency":"BAWASLU","occurred_on":"2024-10-09","text":"Catatan."}"#
  static let cancelled = #"{"action":"cancellations","agency":"BAWASLU","occurred_on":"2024-10-10","reason":"Salah."}"#

  func send(_ actions: [String], _ changes: String = "{}", dryRun: Bool = false) throws -> JSONValue {
    let body = merged(Sample.caseBody(changes, agencyRef: "resent"), #"{"source":{"agency":"BAWASLU"}}"#)
    let line = #"{"case":\#(body),"actions":[\#(actions.joined(separator: ","))]}"#
    let answer = try visitor.ask(
      as: key, "POST", "/v1/imports\(dryRun ? "?dry_run=true" : "")", line, [("Content-Type", "application/x-ndjson")])
    return try JSONValue.parse(Array(answer.lines[0].utf8))
  }

  func status(_ actions: [String], _ changes: String = "{}") throws -> String {
    try send(actions, changes)["status"].string ?? ""
  }

  func events(_ path: String) throws -> [String] {
    try visitor.get("\(path)/history", as: .bawaslu).json["items"].items.compactMap { $0["what"].string }
  }
}

@Suite("A line of an import that is sent again")
struct ResentLineTests {
  @Test("is a duplicate, extends what is on record, or differs from it")
  func outcomes() async throws {
    try await withService { visitor in
      let lines = try await Lines(visitor)
      let made = try lines.send([])
      let path = "/v1/cases/\(made["id"].string ?? "")"
      #expect(made["status"].string == "created")
      #expect(try lines.status([]) == "duplicate")
      // A dry run says it and leaves nothing.
      let tried = try lines.send([Lines.verified], dryRun: true)
      #expect(tried["status"].string == "extended")
      #expect(try lines.events(path) == ["created"])
      let extended = try lines.send([Lines.verified, Lines.note])
      #expect(extended["status"].string == "extended" && extended["id"].string == made["id"].string)
      #expect(try lines.events(path) == ["created", "verifications", "notes"])
      #expect(try lines.status([Lines.verified, Lines.note]) == "duplicate")
      // What was sent before is on record, too.
      #expect(try lines.status([Lines.verified]) == "duplicate")
      #expect(try lines.status([]) == "duplicate")
      // Somebody's correction makes no other report of it, whether the source follows or not.
      let patch = #"{"act":{"place":"Balai"},"reason":"x"}"#
      #expect(try visitor.patch(path, as: .bawaslu, patch).status == 200)
      #expect(try lines.status([Lines.verified, Lines.note]) == "duplicate")
      #expect(try lines.status([Lines.verified, Lines.note], #"{"act":{"place":"Balai"}}"#) == "duplicate")
      // Another agency's acts stand between and count for nothing here.
      try visitor.must("notes", on: path, as: .bkn, #"{"occurred_on":"2024-10-09","text":"Catatan BKN."}"#)
      #expect(try lines.status([Lines.verified, Lines.note]) == "duplicate")
      let tail = try lines.send([Lines.verified, Lines.note, Lines.cancelled])
      #expect(tail["status"].string == "extended", "\(tail)")
      #expect(try visitor.get(path, as: .bawaslu).json["stage"].string == "cancelled")
      #expect(try lines.status([Lines.verified, Lines.note, Lines.cancelled]) == "duplicate")
      #expect(try visitor.get("/v1/cases", as: .bawaslu).json["items"].items.count == 1)
    }
  }

  @Test("that differs is told where and never what, and changes nothing")
  func differences() async throws {
    try await withService { visitor in
      let lines = try await Lines(visitor)
      let path = "/v1/cases/\(try lines.send([Lines.verified])["id"].string ?? "")"
      let before = try visitor.get(path, as: .bawaslu)
      for (actions, changes, pointers) in [
        ([Lines.verified], #"{"act":{"narrative":"zq001storyqz"}}"#, ["/case/act/narrative"]),
        (
          [Lines.verified], #"{"motives":["office"],"act":{"place":"zq001placeqz"}}"#,
          ["/case/act/place", "/case/motives"]
        ),
        ([Lines.verified.replacing("10-08", with: "10-09")], "{}", ["/actions/0/occurred_on"]),
        (
          [Lines.verified.replacing("accepted\"", with: "rejected\",\"reason\":\"x\"")], "{}",
          ["/actions/0/outcome", "/actions/0/reason"]
        ),
        ([Lines.note], "{}", ["/actions/0/action"]), ([Lines.cancelled, Lines.verified], "{}", ["/actions/0/action"]),
      ] {
        let result = try lines.send(actions, changes)
        #expect(result["status"].string == "differs" && result["id"].string == String(path.suffix(36)), "\(result)")
        let problem = result["problem"]
        #expect(problem["code"].string == "report_exists")
        #expect(problem["errors"].items.compactMap { $0["pointer"].string } == pointers, "\(result)")
        #expect(!"\(result)".contains("zq001"))
      }
      let impossible = try lines.send([Lines.verified, Lines.verified.replacing("10-08", with: "10-09")])
      #expect(impossible["status"].string == "invalid" && impossible["problem"]["code"].string == "stage_conflict")
      #expect(impossible["problem"]["allowed_actions"].items.isEmpty == false)
      // Of several new acts all are taken or none.
      let half = try lines.send([Lines.verified, Lines.note, Lines.verified])
      #expect(half["status"].string == "invalid", "\(half)")
      let after = try visitor.get(path, as: .bawaslu)
      #expect(after.body == before.body)
      #expect(try lines.events(path) == ["created", "verifications"])
      // Another person under the number is another case, in however similar a line.
      let other = try lines.send([], #"{"subject":{"nip":"198609262015051002"}}"#)
      #expect(other["status"].string == "created")
      // Spelling is not what differs.
      let spelled = try lines.send(
        [Lines.verified], #"{"subject":{"name":" PEGAWAI  contoh "},"source":{"agency_ref":"RESENT "}}"#)
      #expect(spelled["status"].string == "duplicate", "\(spelled)")
    }
  }

  @Test("goes on with acts of one's own alone, whatever its key may bring in with a report")
  func othersActs() async throws {
    try await withService { visitor in
      let act = Lines.verified.replacing("BAWASLU", with: "BKN")
      func send(_ ref: String, _ acts: [String]) throws -> JSONValue {
        let body = merged(Sample.caseBody(agencyRef: ref), #"{"source":{"agency":"BAWASLU"}}"#)
        // With scope migration, which brings in acts of anybody together with their report.
        let line = #"{"case":\#(body),"actions":[\#(acts.joined(separator: ","))]}"#
        return try JSONValue.parse(Array(try visitor.importLines([line], as: .bawaslu).lines[0].utf8))
      }
      let posted = try visitor.makeCase(ref: "posted")
      let result = try send("posted", [act])
      #expect(
        result["status"].string == "invalid" && result["problem"]["code"].string == "import_not_yours", "\(result)")
      #expect(result["problem"]["errors"][0]["pointer"].string == "/actions/0/agency")
      #expect(try await Lines(visitor).events(posted) == ["created"])
      // What it has brought in itself is on record; what others have written since is not its to compare.
      let path = "/v1/cases/\(try send("history", [act])["id"].string ?? "")"
      try visitor.must("notes", on: path, as: .bkn, #"{"occurred_on":"2024-10-09","text":"rahasia"}"#)
      #expect(try send("history", [act])["status"].string == "duplicate")
      let guesses = try ["rahasia", "lain"].map { text in
        try send("history", [act, #"{"action":"notes","agency":"BKN","occurred_on":"2024-10-09","text":"\#(text)"}"#])
      }
      #expect(guesses[0] == guesses[1] && guesses[0]["status"].string == "duplicate")
      // A disputed act is void, and the line that says it is still what was sent.
      let etag = try visitor.etag(path, as: .bkn)
      let dispute = try visitor.ask(
        as: .bkn, "POST", "\(path)/confirmations", #"{"outcome":"disputed","reason":"Bukan kami."}"#,
        [("If-Match", etag)])
      #expect(dispute.status == 201, "\(dispute.text)")
      #expect(try send("history", [act])["status"].string == "duplicate")
      #expect(try send("history", [Lines.verified])["status"].string == "extended")
      #expect(try send("history", [Lines.verified])["status"].string == "duplicate")
    }
  }

  @Test("names the same case after a correction of number or person, and pauses no clock that has run out")
  func corrected() async throws {
    try await withService { visitor in
      let lines = try await Lines(visitor)
      let path = "/v1/cases/\(try lines.send([])["id"].string ?? "")"
      let patch =
        #"{"source":{"agency_ref":"lain"},"subject":{"name":"Nama Benar","nip":"198609262015051009"},"reason":"x"}"#
      #expect(try visitor.patch(path, as: .bawaslu, patch).status == 200)
      let again = try lines.send([])
      #expect(again["status"].string == "duplicate" && again["id"].string == String(path.suffix(36)), "\(again)")
      // A report of that person under that number can still be made.
      #expect(try visitor.post("/v1/cases", as: .bawaslu, Sample.caseBody(agencyRef: "resent")).status == 201)
      let pause =
        #"{"action":"clock-pauses","agency":"BAWASLU","occurred_on":"2024-10-08","clock":"verification","#
        + #""until":"2024-10-25","ground":"awaiting_document","reason":"x"}"#
      let body = merged(Sample.caseBody(agencyRef: "late"), #"{"source":{"agency":"BAWASLU"}}"#)
      for acts in ["", pause] {
        let answer = try visitor.importLines([#"{"case":\#(body),"actions":[\#(acts)]}"#], as: .bawaslu)
        let result = try JSONValue.parse(Array(answer.lines[0].utf8))
        #expect(result["status"].string == (acts.isEmpty ? "created" : "invalid"), "\(result)")
      }
    }
  }

  @Test("is not held up by notes of one's own that it does not have")
  func notes() async throws {
    try await withService { visitor in
      let lines = try await Lines(visitor)
      let path = "/v1/cases/\(try lines.send([Lines.verified])["id"].string ?? "")"
      try visitor.must("notes", on: path, as: .bawaslu, #"{"occurred_on":"2024-10-09","text":"Sendiri."}"#)
      #expect(try lines.status([Lines.verified]) == "duplicate")
      #expect(try lines.status([Lines.verified, Lines.cancelled]) == "extended")
    }
  }

  @Test("tests no guess at what its sender may not see: BKN sends a report of KASN, whose reporter is KASN's alone")
  func guesses() async throws {
    try await withService { visitor in
      func line(_ reporter: String) throws -> JSONValue {
        let source = #"{"source":{"agency":"KASN","received_on":"2024-08-06"},"act":{"occurred_on":"2024-08-02"}}"#
        let body = merged(
          merged(Sample.caseBody(agencyRef: "k"), source), #"{"reporter":{"mode":"named","name":"\#(reporter)"}}"#)
        let answer = try visitor.importLines([#"{"case":\#(body)}"#], as: .bkn)
        return try JSONValue.parse(Array(answer.lines[0].utf8))
      }
      #expect(try line("Pelapor")["status"].string == "created")
      let (right, wrong) = (try line("Pelapor"), try line("Lain"))
      #expect(right == wrong && right["status"].string == "duplicate", "\(wrong)")
    }
  }

  @Test("by another agency tells nothing, and brings nothing in")
  func others() async throws {
    try await withService { visitor in
      let path = "/v1/cases/\(try await Lines(visitor).send([])["id"].string ?? "")"
      for actions in ["", Lines.verified] {
        for changes in ["{}", #"{"act":{"narrative":"other"}}"#] {
          let body = merged(Sample.caseBody(changes, agencyRef: "resent"), #"{"source":{"agency":"BAWASLU"}}"#)
          // With scope migration, which may speak for anybody.
          let answer = try visitor.importLines([#"{"case":\#(body),"actions":[\#(actions)]}"#], as: .kemendagri)
          let result = try JSONValue.parse(Array(answer.lines[0].utf8))
          #expect(result["status"].string == "duplicate" && result["id"] == .null, "\(result)")
        }
      }
      #expect(try await Lines(visitor).events(path) == ["created"])
    }
  }
}
