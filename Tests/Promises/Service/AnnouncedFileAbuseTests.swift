internal import Domain
internal import JSON
internal import TestSupport
internal import Testing

@testable internal import Service
@testable internal import Web

@Suite("Files that lines of imports name, whoever means harm or is cut off,")
struct AnnouncedFileAbuseTests {
  @Test("are looked at as a whole once, and nothing of them is written again, whoever ends a request late")
  func lateEnd() async throws {
    try await withService { visitor in
      let sheet = Sheet("", count: 262_300)
      let total = sheet.bytes.count
      let id = try visitor.importLine(Sheet.line([sheet.announced()]))["id"].string ?? ""
      let late = try visitor.newClient()
      try late.send(
        "PUT", "/v1/evidence-files/\(sheet.sha256)",
        [
          ("Authorization", "Bearer \(visitor.service.tokens["BAWASLU"] ?? "")"), ("Transfer-Encoding", "chunked"),
          ("Content-Range", "bytes 0-262143/\(total)"),
        ], nil)
      try late.send(Array("40000\r\n".utf8) + sheet.bytes[..<262_144] + Array("\r\n".utf8))
      while try visitor.received(sheet) != 262_144 { try await Task.sleep(for: .milliseconds(10)) }
      #expect(try visitor.deliver(sheet, 262_144..<total).status == 201)
      // Another agency has the same file, on the same place of the disk.
      let other = try visitor.makeCase(as: .bkn, ref: "other")
      try visitor.mustBring(sheet, to: other, as: .bkn)
      try late.send(Array("0\r\n\r\n".utf8))
      #expect(try late.answer().json["cases"].items.map { $0["status"].string } == ["kept"])
      for (path, agency) in [("/v1/cases/\(id)", AgencyCode.bawaslu), (other, .bkn)] {
        #expect(try visitor.get("\(path)/evidence/\(sheet.sha256)", as: agency).body == sheet.bytes)
      }
      #expect(visitor.files.count == 1)
    }
  }

  @Test("that have come whole are taken, though whoever brings them is cut off before the end of the request")
  func cutAtTheEnd() async throws {
    try await withService { visitor in
      let sheet = Sheet("", count: 1_000)
      let id = try visitor.importLine(Sheet.line([sheet.announced()]))["id"].string ?? ""
      var client: HTTPClient? = try visitor.newClient()
      try client?.send(
        "PUT", "/v1/evidence-files/\(sheet.sha256)",
        [
          ("Authorization", "Bearer \(visitor.service.tokens["BAWASLU"] ?? "")"), ("Transfer-Encoding", "chunked"),
          ("Content-Range", "bytes 0-\(sheet.bytes.count - 1)/\(sheet.bytes.count)"),
        ], nil)
      let size = String(sheet.bytes.count, radix: 16)
      try client?.send(Array("\(size)\r\n".utf8) + sheet.bytes + Array("\r\n".utf8))
      client = nil
      while try visitor.awaited() != [] { try await Task.sleep(for: .milliseconds(10)) }
      #expect(try visitor.get("/v1/cases/\(id)/evidence/\(sheet.sha256)", as: .bawaslu).body == sheet.bytes)
      // Where nobody has said how long it is, curl says so at last, and sends nothing.
      let unknown = Sheet("unknown", count: 1_000)
      _ = try visitor.importLine(Sheet.line([unknown.announced()], ref: "u"))
      client = try visitor.newClient()
      try client?.send(
        "PUT", "/v1/evidence-files/\(unknown.sha256)",
        [
          ("Authorization", "Bearer \(visitor.service.tokens["BAWASLU"] ?? "")"), ("Transfer-Encoding", "chunked"),
        ], nil)
      let count = unknown.bytes.count
      try client?.send(Array("\(String(count, radix: 16))\r\n".utf8) + unknown.bytes + Array("\r\n".utf8))
      client = nil
      while try visitor.received(unknown) != count { try await Task.sleep(for: .milliseconds(10)) }
      let end = try visitor.deliver([], of: unknown, [("Content-Range", "bytes \(count)-\(count - 1)/\(count)")])
      #expect(end.status == 201, "\(end.text)")
    }
  }

  @Test("are not ended, described or counted by what another agency has or does")
  func others() async throws {
    try await withService { visitor in
      let sheet = Sheet("public")
      let line = Sheet.line([sheet.announced(#","place":"Palembang""#)], [ImportedCase.verification])
      let path = "/v1/cases/\(try visitor.importLine(line)["id"].string ?? "")"
      // BKN brings the same bytes, and withdraws them.
      _ = try visitor.bring(sheet, to: path, as: .bkn, "kind=letter&place=Tempat%20palsu")
      #expect(try visitor.importLine(line)["awaited_files"].strings.isEmpty, "it stands there")
      try visitor.must("evidence/\(sheet.sha256)/withdrawal", on: path, as: .bkn, #"{"reason":"x"}"#)
      #expect(try visitor.importLine(line)["awaited_files"].strings == [sheet.sha256])
      #expect(try visitor.deliver(sheet).status == 201)
      let item = try visitor.get("\(path)/evidence", as: .bawaslu).json["items"].items.last
      #expect(item?["place"].string == "Palembang" && item?["received_by"].string == "BAWASLU")
      // Where it stands when it comes, what others have said of it is not taken for what the line says.
      let second = Sheet("second")
      let again = Sheet.line([second.announced()], [ImportedCase.verification])
      #expect(try visitor.importLine(again)["awaited_files"].strings == [second.sha256])
      try visitor.mustBring(second, to: path, as: .bkn)
      let answer = try visitor.deliver(second)
      #expect(answer.status == 409 && answer.json["code"].string == "evidence_exists", "\(answer.text)")
      #expect(try visitor.deliver(second).status == 200 && visitor.awaited().isEmpty)
      // Who has announced nothing is told nothing, whatever others hold.
      #expect(try visitor.get("/v1/evidence-files/\(sheet.sha256)", as: .kemendagri).status == 404)
    }
  }

  @Test("give back what they hold after an hour, and when nobody awaits them any more; what still comes goes on")
  func idle() async throws {
    try await withService { visitor in
      let key = try await visitor.service.token(.agency(.bawaslu), [.imports, .casesWrite, .casesRead])
      func put(_ sheet: Sheet, _ rest: String) throws -> HTTPAnswer {
        try visitor.ask(
          "PUT", "/v1/evidence-files/\(sheet.sha256)",
          [("Authorization", "Bearer \(key)"), ("Content-Range", "bytes 0-9/\(64 << 20)\(rest)")],
          bytes: sheet.bytes.prefix(10) + [])
      }
      let sheets = (0..<16).map { Sheet("\($0)", count: 100) }
      _ = try visitor.importLine(Sheet.line(sheets.map { $0.announced() }))
      for sheet in sheets { #expect(try put(sheet, "").status == 202) }
      let path = try visitor.makeCase(ref: "direct")
      let upload = [
        ("Authorization", "Bearer \(key)"), ("Content-Type", "text/plain"),
        ("If-Match", try visitor.etag(path, as: .bawaslu)),
      ]
      let direct = "\(path)/evidence?kind=document"
      #expect(try visitor.ask("POST", direct, upload, bytes: sheets[0].bytes).status == 429, "the day is full")
      visitor.clock.advance(seconds: 3_601)
      #expect(try visitor.ask("POST", direct, upload, bytes: sheets[0].bytes).status == 201)
      #expect(try visitor.received(sheets[1]) == 0)
      // One that is not awaited any more is let go without waiting for that.
      #expect(try visitor.deliver(sheets[1], 0..<10).status == 202)
      _ = try visitor.importLine(Sheet.line([]))
      await visitor.service.api.services.deliveries.sweep()
      #expect(!visitor.files.contains { $0.hasPrefix("new/") }, "\(visitor.files)")
    }
  }

  @Test("that a migration has named wrongly are put right by another line, though the case is not told of")
  func migrationPutsRight() async throws {
    try await withService { visitor in
      let sheet = Sheet("m")
      func line(_ files: [String]) -> String { Sheet.line(files, reporter: .kemendagri, ref: "m") }
      _ = try visitor.importLine(line([sheet.announced(type: "image/png")]), as: .bkn)
      #expect(try visitor.deliver(sheet, as: .bkn).status == 415)
      #expect(try visitor.importLine(line([sheet.announced()]), as: .bkn)["awaited_files"].strings == [sheet.sha256])
      #expect(try visitor.deliver(sheet, as: .bkn).status == 201)
      #expect(try visitor.importLine(line([sheet.announced()]), as: .bkn)["awaited_files"].strings.isEmpty)
    }
  }

  @Test("are taken from no key that was revoked while they came")
  func revoked() async throws {
    try await withService { visitor in
      let sheet = Sheet("", count: (512 << 10) - Sheet().bytes.count)
      let id = try visitor.importLine(Sheet.line([sheet.announced()]))["id"].string ?? ""
      let key = try await visitor.service.token(.agency(.bawaslu), [.imports])
      let client = try visitor.newClient()
      try client.send(
        "PUT", "/v1/evidence-files/\(sheet.sha256)",
        [("Authorization", "Bearer \(key)"), ("Content-Length", "\(sheet.bytes.count)")], nil)
      try client.send(Array(sheet.bytes[..<300_000]))
      while try visitor.received(sheet) ?? 0 == 0 { try await Task.sleep(for: .milliseconds(10)) }
      let name = key.split(separator: "_")[1]
      let revoked = try visitor.ask(as: "OPERATOR", "DELETE", "/v1/admin/keys/\(name)")
      #expect((200..<300).contains(revoked.status), "\(revoked.text)")
      try client.send(Array(sheet.bytes[300_000...]))
      #expect(try client.answer().status == 401)
      #expect(try visitor.get("/v1/cases/\(id)/evidence", as: .bawaslu).json["items"].items.isEmpty)
      #expect(try visitor.awaited() == [sheet.sha256])
      #expect(try visitor.deliver(sheet).status == 201)
    }
  }
}
