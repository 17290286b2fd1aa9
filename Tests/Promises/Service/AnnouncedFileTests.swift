internal import Domain
internal import JSON
internal import Storage
internal import TestSupport
internal import Testing
internal import Web

extension Sheet {
  /// What a line of an import says of it.
  func announced(_ rest: String = "", type: String = "text/plain") -> String {
    #"{"sha256":"\#(sha256)","kind":"document","media_type":"\#(type)"\#(rest)}"#
  }

  /// A line of an import that names files.
  static func line(
    _ files: [String]?, reporter: AgencyCode = .bawaslu, _ actions: [String] = [], ref: String = "c"
  ) -> String {
    let line = ImportedCase.line(reporter, actions, ref: ref)
    return files.map { line.dropLast() + #","evidence":[\#($0.joined(separator: ","))]}"# } ?? line
  }
}

extension Visitor {
  /// Imports one line and returns what became of it.
  func importLine(_ line: String, as who: AgencyCode = .bawaslu, _ query: String = "") throws -> JSONValue {
    let answer = try importLines([line], as: who, query)
    guard answer.status == 200, let first = answer.lines.first else { throw Unexpected(answer) }
    return try JSONValue.parse(Array(first.utf8))
  }

  /// Brings a file that was named, or a part of it.
  func deliver(_ sheet: Sheet, _ part: Range<Int>? = nil, as who: AgencyCode = .bawaslu, _ query: String = "") throws
    -> HTTPAnswer
  {
    let range = part.map { [("Content-Range", "bytes \($0.lowerBound)-\($0.upperBound - 1)/\(sheet.bytes.count)")] }
    return try deliver(Array(sheet.bytes[part ?? 0..<sheet.bytes.count]), of: sheet, as: who, range ?? [], query)
  }

  func deliver(
    _ bytes: [UInt8], of sheet: Sheet, as who: AgencyCode = .bawaslu, _ fields: [(String, String)] = [],
    _ query: String = ""
  ) throws -> HTTPAnswer {
    let key = service.tokens[who.rawValue] ?? ""
    return try ask(
      "PUT", "/v1/evidence-files/\(sheet.sha256)\(query)", [("Authorization", "Bearer \(key)")] + fields, bytes: bytes)
  }

  /// How many bytes of a file have come; nil where the agency knows of none.
  func received(_ sheet: Sheet, as who: AgencyCode = .bawaslu) throws -> Int? {
    try get("/v1/evidence-files/\(sheet.sha256)", as: who).json["received"].int
  }

  func awaited(as who: AgencyCode = .bawaslu) throws -> [String] {
    try get("/v1/evidence-files", as: who).json["items"].items.compactMap { $0["sha256"].string }
  }
}

@Suite("Files that lines of imports name")
struct AnnouncedFileTests {
  @Test("follow by themselves, and are files of the case then, as the line has described them")
  func follow() async throws {
    try await withService { visitor in
      let (one, two) = (Sheet("1"), Sheet("2"))
      let rest = #","taken_on":"2024-10-02","place":"Zqstempat","name":"a.txt""#
      let line = Sheet.line([one.announced(rest), two.announced()], [ImportedCase.verification])
      let result = try visitor.importLine(line)
      #expect(result["status"].string == "created" && result["awaited_files"].strings == [one.sha256, two.sha256])
      let path = "/v1/cases/\(result["id"].string ?? "")"
      #expect(try visitor.get("\(path)/evidence", as: .bawaslu).json["items"].items.isEmpty, "nothing is there yet")
      #expect(try visitor.awaited() == [two.sha256, one.sha256])
      let answer = try visitor.deliver(one)
      #expect(
        answer.status == 201 && answer.json["cases"].items.map { $0["status"].string } == ["kept"], "\(answer.text)")
      #expect(answer["netral-leaf"] != nil)
      let item = try visitor.get("\(path)/evidence", as: .bkn).json["items"].items.first
      #expect(item?["place"].string == "Zqstempat" && item?["name"].string == "a.txt")
      #expect(item?["taken_on"].string == "2024-10-02" && item?["received_by"].string == "BAWASLU")
      #expect(try visitor.get("\(path)/evidence/\(one.sha256)", as: .bkn).body == one.bytes)
      // The line again says what is left, and the file again changes nothing.
      let again = try visitor.importLine(line)
      #expect(again["status"].string == "duplicate" && again["awaited_files"].strings == [two.sha256])
      let version = try visitor.get(path, as: .bawaslu).json["version"].int
      #expect(try visitor.deliver(one).status == 200 && visitor.received(one) == one.bytes.count)
      #expect(try visitor.get(path, as: .bawaslu).json["version"].int == version)
      #expect(try visitor.awaited() == [two.sha256])
      // One that comes another way is not awaited any more.
      try visitor.mustBring(two, to: path)
      #expect(try visitor.awaited().isEmpty && visitor.importLine(line)["awaited_files"].strings.isEmpty)
      // What was withdrawn is not asked for again each night.
      try visitor.must("evidence/\(one.sha256)/withdrawal", on: path, as: .bawaslu, #"{"reason":"x"}"#)
      #expect(try visitor.importLine(line)["awaited_files"].strings.isEmpty)
      // A line without a list says nothing of files.
      #expect(try visitor.importLine(Sheet.line(nil, [ImportedCase.verification]))["awaited_files"] == .null)
    }
  }

  @Test("come in parts, each of which goes on where the last one has ended, whatever was cut")
  func parts() async throws {
    try await withService { visitor in
      let sheet = Sheet("", count: 700_000)
      _ = try visitor.importLine(Sheet.line([sheet.announced()]))
      #expect(try visitor.received(sheet) == 0)
      let first = try visitor.deliver(sheet, 0..<100_000)
      #expect(first.status == 202 && first.json["received"].int == 100_000, "\(first.text)")
      for part in [100_001..<200_000, 99_999..<200_000, 200_000..<300_000] {
        let answer = try visitor.deliver(sheet, part)
        #expect(answer.status == 409 && answer.json["code"].string == "upload_conflict", "\(answer.text)")
        #expect(answer.json["received"].int == 100_000)
      }
      // Another length is another file.
      let other = try visitor.deliver(
        Array(sheet.bytes[100_000..<200_000]), of: sheet, [("Content-Range", "bytes 100000-199999/800000")])
      #expect(other.status == 409)
      // What came before a connection was cut is kept.
      var client: HTTPClient? = try visitor.newClient()
      try client?.send(
        "PUT", "/v1/evidence-files/\(sheet.sha256)",
        [
          ("Authorization", "Bearer \(visitor.service.tokens["BAWASLU"] ?? "")"),
          ("Content-Length", "\(sheet.bytes.count - 100_000)"),
          ("Content-Range", "bytes 100000-\(sheet.bytes.count - 1)/\(sheet.bytes.count)"),
        ], nil)
      try client?.send(Array(sheet.bytes[100_000..<450_000]))
      while try visitor.received(sheet) ?? 0 < 300_000 { try await Task.sleep(for: .milliseconds(10)) }
      client = nil
      var count = 0
      while count != 450_000 {
        count = try visitor.received(sheet) ?? 0
        try await Task.sleep(for: .milliseconds(10))
      }
      let last = try visitor.deliver(sheet, 450_000..<sheet.bytes.count)
      #expect(last.status == 201, "\(last.text)")
      let id = last.json["cases"].items.first?["id"].string ?? ""
      #expect(try visitor.get("/v1/cases/\(id)/evidence/\(sheet.sha256)", as: .bawaslu).body == sheet.bytes)
      #expect(visitor.files.count == 1, "nothing is left behind: \(visitor.files)")
      // One whose length nobody has said goes on as well, once somebody says it.
      let long = Sheet("long", count: 300_000)
      _ = try visitor.importLine(Sheet.line([long.announced()]))
      client = try visitor.newClient()
      try client?.send(
        "PUT", "/v1/evidence-files/\(long.sha256)",
        [
          ("Authorization", "Bearer \(visitor.service.tokens["BAWASLU"] ?? "")"), ("Transfer-Encoding", "chunked"),
        ], nil)
      try client?.send(Array("41eb0\r\n".utf8) + long.bytes[..<270_000] + Array("\r\n".utf8))
      while try visitor.received(long) ?? 0 < 256 << 10 { try await Task.sleep(for: .milliseconds(10)) }
      client = nil
      while try visitor.received(long) != 270_000 { try await Task.sleep(for: .milliseconds(10)) }
      #expect(try visitor.deliver(long, 270_000..<280_000).status == 202)
      #expect(try visitor.deliver(long, 280_000..<long.bytes.count).status == 201)
      // What begins at 0 begins anew, and so does everything after a start.
      let anew = Sheet("anew", count: 1_000)
      _ = try visitor.importLine(Sheet.line([anew.announced()]))
      #expect(try visitor.deliver(anew, 0..<500).status == 202)
      #expect(try visitor.deliver(anew, 0..<300).json["received"].int == 300)
      #expect(
        try visitor.deliver([], of: anew).status == 422 && visitor.received(anew) == 300, "nothing is no beginning")
      try await visitor.reopen()
      #expect(try visitor.received(anew) == 0 && visitor.deliver(anew, 300..<400).status == 409)
      #expect(visitor.files.count == 2)
      #expect(try visitor.deliver(anew).status == 201)
    }
  }

  @Test("are what their digest and the line say, or leave nothing behind and are awaited still")
  func refusals() async throws {
    try await withService { settings in
      settings.evidence.fileBytesMax = 5_000
    } _: { visitor in
      let sheet = Sheet()
      let (page, program) = (Sheet(of: "<html>"), Sheet(of: "MZ\u{0}"))
      let result = try visitor.importLine(
        Sheet.line([sheet.announced(type: "image/png"), page.announced(), program.announced()]))
      let path = "/v1/cases/\(result["id"].string ?? "")"
      let before = try visitor.get("\(path)/history", as: .bawaslu).body
      let large = [UInt8](repeating: 97, count: 6_000)
      let cases: [(HTTPAnswer, Int, String)] = [
        (try visitor.deliver(sheet), 415, "unsupported_media_type"),
        (try visitor.deliver(page), 415, "unsupported_media_type"),
        (try visitor.deliver(program), 415, "unsupported_media_type"),
        (try visitor.deliver(Array("other".utf8), of: sheet), 422, "invalid"),
        (try visitor.deliver([], of: sheet), 422, "invalid"),
        (try visitor.deliver(large, of: sheet), 413, "content_too_large"),
        (try visitor.deliver([97], of: sheet, [("Content-Range", "bytes 0-0/6000")]), 413, "content_too_large"),
        (try visitor.deliver([97], of: sheet, [("Content-Range", "bytes 0-1/2")]), 400, "malformed_request"),
        (try visitor.deliver([97], of: sheet, [("Content-Range", "bytes 1-0/2")]), 400, "malformed_request"),
        (try visitor.deliver([97], of: sheet, [("Content-Range", "bytes 0-0/*")]), 400, "malformed_request"),
        (try visitor.deliver([97], of: sheet, [("Content-Range", "bytes 5-5/5")]), 400, "malformed_request"),
        (try visitor.deliver([97], of: sheet, [("Content-Range", "x")]), 400, "malformed_request"),
        (
          try visitor.deliver([97], of: sheet, [("Content-Range", "bytes 0-9999999999999999999/9")]), 400,
          "malformed_request"
        ),
        (try visitor.deliver([97], of: sheet, [("Content-Encoding", "gzip")]), 400, "malformed_request"),
        (try visitor.deliver([97], of: sheet, [("Content-Type", "text/html")]), 415, "unsupported_media_type"),
        (try visitor.deliver([97], of: Sheet("nobody has named it")), 404, "not_found"),
      ]
      for (index, (answer, status, code)) in cases.enumerated() {
        #expect(
          answer.status == status && answer.json["code"].string == code, "\(index): \(answer.status) \(answer.text)")
      }
      #expect(try visitor.get("\(path)/history", as: .bawaslu).body == before)
      #expect(visitor.files.isEmpty, "\(visitor.files)")
      #expect(try visitor.awaited().count == 3 && visitor.received(sheet) == 0)
      // A line that was wrong is put right by another one.
      #expect(try visitor.importLine(Sheet.line([sheet.announced()]))["awaited_files"].strings == [sheet.sha256])
      #expect(try visitor.deliver(sheet).status == 201 && visitor.awaited().isEmpty)
      #expect(try visitor.importLine(Sheet.line([sheet.announced(#","note":"lain""#)]))["status"].string == "differs")
      #expect(try visitor.importLine(Sheet.line([]))["awaited_files"].strings.isEmpty)
    }
  }

  @Test(
    "are named in lines that say what is wrong with them",
    arguments: [
      (#"{"sha256":"x","kind":"photo","media_type":"image/png"}"#, "/evidence/0/sha256"),
      (#"{"kind":"photo","media_type":"image/png"}"#, "/evidence/0/sha256"),
      (#"{"sha256":"\#(Sheet().sha256)","kind":"x","media_type":"image/png"}"#, "/evidence/0/kind"),
      (#"{"sha256":"\#(Sheet().sha256)","kind":"photo","media_type":"text/html"}"#, "/evidence/0/media_type"),
      (Sheet().announced(#","taken_on":"2999-01-01""#), "/evidence/0/taken_on"),
      (Sheet().announced(#","name":"../a""#), "/evidence/0/name"),
      (Sheet().announced(#","source_url":"javascript:x""#), "/evidence/0/source_url"),
      (Sheet().announced(#","note":"\u0000""#), "/evidence/0/note"),
      (Sheet().announced(#","x":1"#), "/evidence/0/x"),
      (Sheet().announced() + "," + Sheet().announced(), "/evidence/1/sha256"),
      ("1", "/evidence/0"),
      (Array(repeating: "{}", count: 1_001).joined(separator: ","), "/evidence"),
    ])
  func badLines(file: String, pointer: String) async throws {
    try await withService { visitor in
      let result = try visitor.importLine(Sheet.line([file]))
      #expect(result["status"].string == "invalid")
      #expect(result["problem"]["errors"].items.first?["pointer"].string == pointer, "\(result)")
      #expect(try visitor.awaited().isEmpty)
    }
  }

  @Test("are brought and asked for by the agency alone that has named them, and by keys that import")
  func rights() async throws {
    try await withService { visitor in
      let sheet = Sheet()
      let result = try visitor.importLine(Sheet.line([sheet.announced()], [ImportedCase.verification], ref: "r"))
      let target = "/v1/evidence-files/\(sheet.sha256)"
      for agency in agencies where agency != .bawaslu {
        #expect(try visitor.get(target, as: agency).status == 404)
        // KASN has ended, and brings nothing.
        #expect(try visitor.deliver(sheet, as: agency).status == (agency == .kasn ? 403 : 404))
        #expect(try visitor.awaited(as: agency).isEmpty)
      }
      for (scopes, status) in [
        ([Scope.casesRead, .casesWrite, .sync], 403), ([.imports], 200), ([.migration], 200),
      ] as [(Set<Scope>, Int)] {
        let key = try await visitor.service.token(.agency(.bawaslu), scopes)
        for path in [target, "/v1/evidence-files"] {
          #expect(try visitor.ask(as: key, "GET", path).status == status, "\(scopes)")
        }
      }
      let id = result["id"].string ?? ""
      let blind = try await visitor.service.token(.agency(.bawaslu), [.casesWrite])
      let put = try visitor.ask("PUT", target, [("Authorization", "Bearer \(blind)")], bytes: sheet.bytes)
      #expect(put.status == 403)
      let dry = try visitor.deliver(sheet, nil, as: .bawaslu, "?dry_run=true")
      #expect(dry.status == 200 && dry["netral-dry-run"] == "true" && visitor.files.isEmpty)
      #expect(try visitor.get("/v1/cases/\(id)/evidence", as: .bawaslu).json["items"].items.isEmpty)
      // A migration names files only of what its agency will see: PANRB sees none of a case of Bawaslu.
      let foreign = try visitor.importLine(
        Sheet.line([Sheet("2").announced()], reporter: .kemendagri, ref: "m"), as: .panrb)
      #expect(foreign["status"].string == "invalid")
      #expect(foreign["problem"]["errors"].items.first?["pointer"].string == "/evidence")
      #expect(try visitor.awaited(as: .panrb).isEmpty)
      let migrated = try visitor.importLine(
        Sheet.line([Sheet("3").announced()], reporter: .kemendagri, ref: "m"), as: .bkn)
      #expect(migrated["awaited_files"].strings == [Sheet("3").sha256], "\(migrated)")
      #expect(try visitor.deliver(Sheet("3"), as: .bkn).status == 201)
    }
  }

  @Test("come once for all cases that they were named for, and count once")
  func manyCases() async throws {
    try await withService { settings in
      settings.evidence.filesPerCaseMax = 1
    } _: { visitor in
      let (sheet, other) = (Sheet("", count: 100_000), Sheet("other"))
      let lines = (0..<45).map { Sheet.line([sheet.announced()], ref: "c\($0)") }
      let ids = try visitor.importLines(lines).lines.compactMap { try JSONValue.parse(Array($0.utf8))["id"].string }
      #expect(ids.count == 45)
      try visitor.mustBring(other, to: "/v1/cases/\(ids[7])")
      let budget = try #require(KeyOwner.agency(.bawaslu).budget)
      let used = visitor.service.store.use(of: budget, at: visitor.clock.now).usedBytes
      let key = try await visitor.service.token(.agency(.bawaslu), [.imports])
      let answer = try visitor.ask(
        "PUT", "/v1/evidence-files/\(sheet.sha256)", [("Authorization", "Bearer \(key)")], bytes: sheet.bytes)
      #expect(answer.status == 201)
      let places = answer.json["cases"].items
      #expect(places.count == 45 && places.count { $0["status"].string == "kept" } == 44)
      let refused = places.first { $0["status"].string == "refused" }
      #expect(refused?["id"].string == ids[7] && refused?["problem"]["code"].string == "content_too_large")
      let grown = visitor.service.store.use(of: budget, at: visitor.clock.now).usedBytes - used
      #expect((100_000..<250_000).contains(grown), "\(grown)")
      for id in ids where id != ids[7] {
        #expect(try visitor.get("/v1/cases/\(id)/evidence/\(sheet.sha256)", as: .bkn).body == sheet.bytes)
      }
      #expect(visitor.files.count == 2)
      #expect(try visitor.awaited() == [sheet.sha256])
    }
  }

  @Test("are left where they are by a dry run, and forgotten with the case")
  func dryRuns() async throws {
    try await withService { visitor in
      let sheet = Sheet()
      let line = Sheet.line([sheet.announced(#","note":"Zqscatatan""#)])
      for _ in 0..<2 {
        let tried = try visitor.importLine(line, "?dry_run=true")
        #expect(tried["awaited_files"].strings == [sheet.sha256])
        #expect(try visitor.awaited().isEmpty)
      }
      let id = try visitor.importLine(line)["id"].string ?? ""
      #expect(try visitor.importLine(Sheet.line([]), "?dry_run=true")["awaited_files"].strings.isEmpty)
      #expect(try visitor.awaited() == [sheet.sha256])
      let path = "/v1/cases/\(id)"
      try visitor.must(
        "verifications", on: path, as: .bkn, #"{"occurred_on":"2024-10-09","outcome":"rejected","reason":"x"}"#)
      try visitor.must(
        "erasures", on: path, as: .bawaslu, #"{"ground":"subject_request"}"#)
      #expect(try visitor.awaited().isEmpty && visitor.deliver(sheet).status == 404)
      #expect(try visitor.importLine(line)["status"].string == "erased")
      #expect(try visitor.awaited().isEmpty && visitor.files.isEmpty)
    }
  }

  @Test("of one agency are at most sixteen on their way, and none holds another one up")
  func atOnce() async throws {
    try await withService { visitor in
      let sheets = (0..<17).map { Sheet("\($0)", count: 100) }
      _ = try visitor.importLine(Sheet.line(sheets.map { $0.announced() }))
      for sheet in sheets.dropLast() { #expect(try visitor.deliver(sheet, 0..<10).status == 202) }
      let refused = try visitor.deliver(sheets[16], 0..<10)
      #expect(refused.status == 429 && refused["retry-after"] != nil, "\(refused.text)")
      // Another agency has its own, and what is not gone on with makes room after an hour.
      let other = Sheet("other")
      _ = try visitor.importLine(Sheet.line([other.announced()], reporter: .bkn, ref: "b"), as: .bkn)
      #expect(try visitor.deliver(other, as: .bkn).status == 201)
      visitor.clock.advance(seconds: 3_601)
      #expect(try visitor.deliver(sheets[16], 0..<10).status == 202)
      #expect(try visitor.received(sheets[0]) == 0 && visitor.files.count == 2)
    }
  }

  @Test("are brought by the newest of several requests, and none of the others spoils it")
  func newestWins() async throws {
    try await withService { visitor in
      let sheet = Sheet("", count: 300_000)
      let total = sheet.bytes.count
      let id = try visitor.importLine(Sheet.line([sheet.announced()]))["id"].string ?? ""
      let stalled = try visitor.newClient()
      try stalled.send(
        "PUT", "/v1/evidence-files/\(sheet.sha256)",
        [("Authorization", "Bearer \(visitor.service.tokens["BAWASLU"] ?? "")"), ("Content-Length", "\(total)")], nil)
      try stalled.send(Array(sheet.bytes[..<270_000]))
      while try visitor.received(sheet) ?? 0 < 256 << 10 { try await Task.sleep(for: .milliseconds(10)) }
      let count = try visitor.received(sheet) ?? 0
      let answer = try visitor.deliver(sheet, count..<total)
      #expect(answer.status == 201, "\(answer.text)")
      try stalled.send(Array(sheet.bytes[270_000...]))
      #expect(try stalled.answer().status == 409)
      #expect(try visitor.get("/v1/cases/\(id)/evidence/\(sheet.sha256)", as: .bawaslu).body == sheet.bytes)
      #expect(visitor.files.count == 1)
    }
  }
}
