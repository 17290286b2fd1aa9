internal import Domain
internal import JSON
internal import TestSupport
internal import Testing
internal import Web

@Suite("Evidence")
struct EvidenceTests {
  private static let stages: [(name: String, steps: [(action: String, agency: AgencyCode, body: String)])] = {
    let verified = ("verifications", AgencyCode.bkn, #"{"occurred_on":"2024-10-09","outcome":"accepted"}"#)
    let studied = ("studies", AgencyCode.bawaslu, #"{"occurred_on":"2024-10-11","outcome":"violation"}"#)
    let recommended = (
      "recommendations", AgencyCode.bkn,
      #"{"occurred_on":"2024-10-14","outcome":"recommended","letter_number":"S-1","institution":"16.71"}"#
    )
    return [("received", []), ("verified", [verified]), ("recommended", [verified, studied, recommended])]
  }()

  /// Whom the handbook's table shows files of a case that Bawaslu has reported.
  private static func sees(_ agency: AgencyCode, _ stage: String) -> Bool {
    switch agency {
    case .bawaslu, .bkn: true
    case .kasn: stage != "received"
    default: false
    }
  }

  @Test("is shown, told of, given out and taken by whom the policy names alone, by whatever door", arguments: 0..<3)
  func doors(index: Int) async throws {
    try await withService { visitor in
      let (stage, steps) = Self.stages[index]
      let sheet = Sheet()
      let path = try visitor.makeCase()
      let id = String(path.dropFirst("/v1/cases/".count))
      try visitor.mustBring(sheet, to: path)
      let other = try visitor.makeCase(
        #"{"act":{"occurred_on":"2024-09-01"},"region":"11.71","institution":"11.71"}"#, ref: "9")
      try visitor.mustBring(sheet, to: other)
      for step in steps { try visitor.must(step.action, on: path, as: step.agency, step.body) }
      _ = try visitor.get("\(path)/evidence/\(sheet.sha256)", as: .bkn)
      let (file, hidden) = ("\(path)/evidence/\(sheet.sha256)", "\(path)/evidence/\(String(repeating: "0", count: 64))")
      for agency in agencies {
        let isOpen = Self.sees(agency, stage)
        for target in [file, "\(file)/custody", "\(path)/evidence"] {
          let answer = try visitor.get(target, as: agency)
          #expect(answer.status == (isOpen ? 200 : 404), "\(agency) \(target)")
          if !isOpen {
            // Nothing tells a file that is there from one that is not.
            #expect(answer.json["detail"] == (try visitor.get(hidden, as: agency)).json["detail"])
          }
        }
        #expect(try visitor.ask(as: agency, "HEAD", file).status == (isOpen ? 200 : 404))
        #expect(try visitor.get(file, as: agency, [("Range", "bytes=0-3")]).status == (isOpen ? 206 : 404))
        for door in [
          path, "\(path)/history", "/v1/cases", "/v1/changes?limit=100", "/v1/exports/cases", "\(path)/related",
          "/v1/changes?limit=100&proof=true", "\(path)/history?proof=true", "/v1/cases?format=csv",
        ] {
          let text = try visitor.get(door, as: agency).text
          #expect(!text.contains(Sheet.words), "\(agency) \(door)")
          if !isOpen, !door.contains("related") {
            let mine = text.split(separator: "\n").joined()
            // The other case is in the same stage as at first.
            let isTold = mine.contains(sheet.sha256)
            #expect(!isTold || Self.sees(agency, "received"), "\(agency) \(door)")
          }
        }
        // That something was brought is told to all who see the case; who had it is not.
        let told = try visitor.get("\(path)/history", as: agency).json["items"].items.compactMap { $0["what"].string }
        #expect(told.contains("evidence") && told.contains("evidence_view") == isOpen, "\(agency) \(told)")
        let shown = try visitor.get(path, as: agency).json
        #expect(shown.has("evidence") == isOpen, "\(agency) \(shown)")
        let related = try visitor.get("\(path)/related", as: agency).json["items"].items
        let isRelated = related.contains { $0["shared"].strings.contains("file") }
        #expect(isRelated == (isOpen && Self.sees(agency, "received")), "\(agency) \(related)")
        let brought = try visitor.bring(Sheet("\(agency)"), to: path, as: agency)
        let expected = agency == .kasn ? 403 : isOpen ? 201 : 404
        #expect(brought.status == expected, "\(agency) \(brought.text)")
        let withdrawal = try visitor.ask(
          as: agency, "POST", "\(file)/withdrawal?dry_run=true", #"{"reason":"x"}"#,
          [("If-Match", try visitor.etag(path, as: agency))])
        let may = agency == .bawaslu ? 201 : agency == .kasn || isOpen ? 403 : 404
        #expect(withdrawal.status == may, "\(agency) \(withdrawal.text)")
      }
      #expect(try visitor.ask(as: "OPERATOR", "GET", file).status == 403)
      #expect(try visitor.ask("GET", file, []).status == 401)
      _ = id
    }
  }

  @Test("comes back byte for byte, whole and in ranges (RFC 9110, 14)")
  func ranges() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      let sheet = Sheet(count: 200_000)
      let made = try visitor.bring(
        sheet, to: path,
        "kind=screenshot&taken_on=2024-10-02&name=foto%20%C3%A9.txt&note=a%0Ab&platform=x&method=y"
          + "&place=Palembang&source_url=https://x.example/a")
      #expect(made.status == 201, "\(made.text)")
      let item = made.json["evidence"].items.first
      #expect(
        item?["name"].string == "foto é.txt" && item?["note"].string == "a\nb"
          && item?["bytes"].int == sheet.bytes.count)
      let target = try #require(made["location"])
      let whole = try visitor.get(target, as: .bkn)
      #expect(whole.body == sheet.bytes && whole["etag"] == "\"\(sheet.sha256)\"" && whole["accept-ranges"] == "bytes")
      #expect(whole["content-type"] == "text/plain; charset=utf-8" && whole["x-content-type-options"] == "nosniff")
      #expect(whole["content-disposition"]?.hasPrefix("attachment; filename=\"") == true)
      #expect(whole["content-disposition"]?.contains("filename*=UTF-8''foto%20%C3%A9.txt") == true)
      #expect(whole["content-security-policy"] == "default-src 'none'; sandbox")
      let count = sheet.bytes.count
      for (range, expected) in [
        ("bytes=0-0", 0..<1), ("bytes=65535-65536", 65_535..<65_537), ("bytes=-5", count - 5..<count),
        ("bytes=199990-", 199_990..<count), ("bytes=10-99999999", 10..<count), ("BYTES = 3-4", 3..<5),
        ("bytes=0-99999999999999999999", 0..<count), ("bytes=-99999999", 0..<count),
        ("bytes=0-9223372036854775807", 0..<count), ("bytes=-9223372036854775807", 0..<count),
      ] {
        let part = try visitor.get(target, as: .bkn, [("Range", range)])
        #expect(part.status == 206 && part.body == Array(sheet.bytes[expected]), "\(range)")
        #expect(part["content-range"] == "bytes \(expected.lowerBound)-\(expected.upperBound - 1)/\(count)")
      }
      for range in [
        "bytes=9223372036854775807-9223372036854775807", "bytes=\(count)-", "bytes=999999-9999999", "bytes=-0",
        "bytes=99999999999999999999-",
      ] {
        let answer = try visitor.get(target, as: .bkn, [("Range", range)])
        #expect(answer.status == 416 && answer["content-range"] == "bytes */\(count)", "\(range)")
      }
      for range in ["bytes=5-3", "bytes=", "lines=1-2", "bytes=1-2,5-6", "bytes=a-b", "1-2", "bytes=--5"] {
        #expect(try visitor.get(target, as: .bkn, [("Range", range)]).body == sheet.bytes, "\(range)")
      }
      let tag = "\"\(sheet.sha256)\""
      #expect(try visitor.get(target, as: .bkn, [("If-None-Match", tag)]).status == 304)
      #expect(try visitor.get(target, as: .bkn, [("Range", "bytes=0-1"), ("If-Range", tag)]).status == 206)
      #expect(try visitor.get(target, as: .bkn, [("Range", "bytes=0-1"), ("If-Range", "\"x\"")]).status == 200)
      let head = try visitor.ask(as: .bkn, "HEAD", target)
      #expect(head["content-length"] == "\(count)" && head.body.isEmpty)
    }
  }

  @Test("has a custody: who brought it, who had it and when, who withdrew it")
  func custody() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      let sheet = Sheet()
      try visitor.mustBring(sheet, to: path)
      let file = "\(path)/evidence/\(sheet.sha256)"
      func entries() throws -> [String] {
        try visitor.get("\(file)/custody", as: .bawaslu).json["items"].items.map {
          "\($0["what"].string ?? "") \($0["agency"].string ?? "")"
        }
      }
      let head = try visitor.get("/v1/changes", as: .bkn).json["head"].int
      // What leaves nothing with anybody leaves no trace: its own file, a head, what the client has.
      _ = try visitor.get(file, as: .bawaslu)
      _ = try visitor.ask(as: .bkn, "HEAD", file)
      _ = try visitor.get(file, as: .bkn, [("If-None-Match", "\"\(sheet.sha256)\"")])
      _ = try visitor.get(file, as: .bkn, [("Range", "bytes=99999-")])
      #expect(try visitor.get("/v1/changes", as: .bkn).json["head"].int == head)
      // A video that is wound is one view; after an hour it is another one.
      for offset in 0..<5 { _ = try visitor.get(file, as: .bkn, [("Range", "bytes=\(offset)-\(offset)")]) }
      #expect(try entries() == ["evidence BAWASLU", "evidence_view BKN"])
      visitor.clock.advance(seconds: 3_601)
      _ = try visitor.get(file, as: .bkn)
      #expect(try entries().count == 3)
      // So are many at once.
      visitor.clock.advance(seconds: 3_601)
      let clients = try (0..<20).map { _ in try visitor.newClient() }
      for client in clients {
        try client.send("GET", file, [("Authorization", "Bearer \(visitor.service.tokens["BKN"] ?? "")")], nil)
      }
      for client in clients { #expect(try client.answer().body == sheet.bytes) }
      #expect(try entries().count == 4)
      #expect(try visitor.get(path, as: .bkn).json["version"].int == 2, "a view makes no version")
      let before = try visitor.get(path, as: .bawaslu)
      let answer = try visitor.act(
        "evidence/\(sheet.sha256)/withdrawal", on: path, as: .bawaslu, #"{"reason":"Zqstarik"}"#)
      #expect(answer.status == 201 && answer["etag"] != before["etag"], "\(answer.text)")
      #expect(try entries().last == "evidence_withdrawal BAWASLU")
      for agency in [AgencyCode.bawaslu, .bkn] {
        #expect(try visitor.get(file, as: agency).status == 404)
        let item = try visitor.get("\(path)/evidence", as: agency).json["items"].items.first
        #expect(item?["withdrawal"]["reason"].string == "Zqstarik")
        #expect(try visitor.get("\(file)/custody", as: agency).status == 200)
      }
      #expect(!(try visitor.get(path, as: .panrb)).text.contains("Zqstarik"))
      #expect(
        try visitor.act("evidence/\(sheet.sha256)/withdrawal", on: path, as: .bawaslu, #"{"reason":"x"}"#)
          .json["code"].string == "already_decided")
      // It may be brought again.
      try visitor.mustBring(sheet, to: path)
      #expect(try visitor.get(file, as: .bkn).body == sheet.bytes)
      #expect(visitor.files.count == 1)
    }
  }

  @Test("stays, with its whole custody, when the case turns out to be about somebody else, until it is withdrawn")
  func wrongPerson() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      let sheet = Sheet()
      try visitor.mustBring(sheet, to: path)
      for step in Self.stages[1].steps { try visitor.must(step.action, on: path, as: step.agency, step.body) }
      let file = "\(path)/evidence/\(sheet.sha256)"
      #expect(try visitor.get(file, as: .kasn).status == 200)
      let patch = #"{"subject":{"name":"Orang Benar","nip":"198704052015052002"},"reason":"x","wrong_person":true}"#
      #expect(try visitor.patch(path, as: .bawaslu, patch).status == 200)
      for agency in [AgencyCode.bawaslu, .kasn] {
        #expect(try visitor.get(file, as: agency).body == sheet.bytes)
        let entries = try visitor.get("\(file)/custody", as: agency).json["items"].items.compactMap {
          $0["what"].string
        }
        #expect(entries == ["evidence", "evidence_view"], "\(agency)")
      }
      try visitor.must("evidence/\(sheet.sha256)/withdrawal", on: path, as: .bawaslu, #"{"reason":"x"}"#)
      #expect(try visitor.get(file, as: .kasn).status == 404)
    }
  }
  @Test("stays, and stays open, when what another agency has recorded is disputed, and the case falls back")
  func fallsBack() async throws {
    try await withService { visitor in
      let path = try visitor.bring(ImportedCase.line(.bawaslu), as: .bawaslu)
      let (sheet, withdrawn) = (Sheet("1"), Sheet("2"))
      for sheet in [sheet, withdrawn] { try visitor.mustBring(sheet, to: path) }
      let target = "evidence/\(withdrawn.sha256)/withdrawal"
      try visitor.must(target, on: path, as: .bawaslu, #"{"reason":"x"}"#)
      let before = try visitor.get("\(path)/evidence", as: .bawaslu).json["items"]
      #expect(try visitor.dispute(path, as: .bkn).status == 201)
      #expect(try visitor.get(path, as: .bkn).json["stage"].string == "received")
      #expect(try visitor.get("\(path)/evidence", as: .bawaslu).json["items"] == before)
      #expect(try visitor.get(path, as: .bawaslu).json["evidence"] == before)
      #expect(try visitor.get("\(path)/evidence/\(sheet.sha256)", as: .bkn).body == sheet.bytes)
      try await visitor.reopen()
      #expect(try visitor.get(path, as: .bawaslu).json["evidence"] == before)
    }
  }
}
