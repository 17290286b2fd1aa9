internal import Domain
internal import Foundation
internal import JSON
internal import Service
internal import Storage
internal import Synchronization
internal import TestSupport
internal import Testing
internal import Web

@Suite("Evidence that is brought")
struct EvidenceUploadTests {
  @Test("that is no such thing is refused by name, and leaves nothing behind")
  func refusals() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      let before = try visitor.get("\(path)/history", as: .bawaslu).body
      func expect(
        _ status: Int, _ code: String, _ sheet: Sheet = Sheet(), _ query: String = "kind=document",
        type: String = "text/plain",
        match: String? = nil, _ fields: [(String, String)] = [], line: Int = #line
      ) throws {
        let answer = try visitor.bring(sheet, to: path, query, type: type, match: match, fields)
        #expect(
          answer.status == status && answer.json["code"].string == code, "\(line): \(answer.status) \(answer.text)")
      }
      for query in ["", "kind=x", "kind=photo&x=1", "kind=photo&taken_on=2999-01-01", "kind=photo&taken_on=x"] {
        let answer = try visitor.bring(Sheet(), to: path, query)
        #expect(answer.status == 400, "\(query) \(answer.text)")
      }
      for query in [
        "name=..%2Fetc%2Fpasswd", "name=a%5Cb", "name=..", "name=", "name=a%00b", "source_url=javascript:alert(1)",
        "note=\(String(repeating: "a", count: 2_001))", "place=a%0Ab",
      ] { try expect(400, "invalid_parameter", Sheet(), "kind=photo&\(query)") }
      try expect(415, "unsupported_media_type", type: "text/html")
      try expect(415, "unsupported_media_type", type: "application/x-www-form-urlencoded")
      try expect(415, "unsupported_media_type", type: "image/png")
      try expect(412, "version_mismatch", match: #""4-1-000000000000000000000000""#)
      try expect(400, "malformed_request", match: "x")
      for (text, name) in [("<html>\(Sheet.words)", "HTML"), ("#!/bin/sh", "a script"), ("MZ\u{0}", "a program")] {
        let answer = try visitor.bring(Sheet(of: text), to: path)
        #expect(answer.status == 415 && answer.text.contains(name), "\(answer.text)")
      }
      try expect(422, "invalid", Sheet(of: ""))
      try expect(400, "malformed_request", Sheet(), type: "text/plain", [("Content-Encoding", "gzip")])
      try expect(400, "malformed_request", Sheet(), type: "text/plain", [("Idempotency-Key", "a b")])
      let missing = try visitor.ask(
        "POST", "\(path)/evidence?kind=photo",
        [("Authorization", "Bearer \(visitor.service.tokens["BAWASLU"] ?? "")"), ("Content-Type", "text/plain")],
        bytes: Sheet().bytes)
      #expect(missing.status == 428)
      #expect(try visitor.get("\(path)/history", as: .bawaslu).body == before)
      #expect(visitor.files.isEmpty, "\(visitor.files)")
    }
  }

  @Test("is bounded by file, by case and by day, and judged before the first byte")
  func limits() async throws {
    try await withService { settings in
      settings.evidence.fileBytesMax = 5_000
      settings.evidence.filesPerCaseMax = 3
      settings.evidence.caseBytesMax = 10_000
    } _: { visitor in
      let path = try visitor.makeCase()
      func code(_ sheet: Sheet, _ fields: [(String, String)] = []) throws -> String {
        let answer = try visitor.bring(sheet, to: path, "kind=photo", fields)
        return "\(answer.status) \(answer.json["code"].string ?? "")"
      }
      #expect(try code(Sheet("a", count: 5_000)) == "413 content_too_large")
      // The length is not told, or is that of what is compressed.
      let tag = try visitor.etag(path, as: .bawaslu)
      let chunked = try visitor.newClient()
      try chunked.send(
        "POST", "\(path)/evidence?kind=photo",
        [
          ("Authorization", "Bearer \(visitor.service.tokens["BAWASLU"] ?? "")"), ("Content-Type", "text/plain"),
          ("If-Match", tag), ("Transfer-Encoding", "chunked"),
        ], nil)
      try chunked.send(Array("1770\r\n".utf8) + [UInt8](repeating: 97, count: 6_000) + Array("\r\n0\r\n\r\n".utf8))
      #expect(try chunked.answer().status == 413)
      // A client that waits for 100 Continue is told before it sends anything.
      let waiting = try visitor.newClient()
      try waiting.send(
        "POST", "\(path)/evidence?kind=photo",
        [
          ("Authorization", "Bearer \(visitor.service.tokens["BAWASLU"] ?? "")"), ("Content-Type", "text/plain"),
          ("If-Match", "\"4-9-000000000000000000000000\""), ("Content-Length", "4000"), ("Expect", "100-continue"),
        ], nil)
      #expect(try waiting.answer().status == 412)
      try visitor.mustBring(Sheet("1", count: 4_000), to: path)
      try visitor.mustBring(Sheet("2", count: 4_000), to: path)
      #expect(try code(Sheet("3", count: 4_000)) == "413 content_too_large")
      try visitor.mustBring(Sheet("3"), to: path)
      #expect(try code(Sheet("4")) == "413 content_too_large")
      #expect(visitor.files.count == 3, "\(visitor.files)")
    } store: {
      $0.bytesPerAgencyPerDay = 1 << 20
    }
    try await withService { visitor in
      let path = try visitor.makeCase()
      // Not one for migrations, which has a budget of its own.
      let key = try await visitor.service.token(.agency(.bawaslu), [.casesRead, .casesWrite])
      func bring(_ sheet: Sheet, _ fields: [(String, String)]? = nil) throws -> HTTPAnswer {
        let fields = try fields ?? [("If-Match", try visitor.etag(path, as: .bawaslu))]
        return try visitor.ask(
          "POST", "\(path)/evidence?kind=photo",
          [("Authorization", "Bearer \(key)"), ("Content-Type", "text/plain")] + fields, bytes: sheet.bytes)
      }
      let tag = try visitor.etag(path, as: .bawaslu)
      let first = [("Idempotency-Key", "satu"), ("If-Match", tag)]
      #expect(try bring(Sheet("1", count: 600_000), first).status == 201)
      // A retry stores nothing more.
      #expect(try bring(Sheet("1", count: 600_000), first)["idempotency-replayed"] == "true")
      let answer = try bring(Sheet("2", count: 600_000))
      #expect(answer.status == 429 && answer["retry-after"] != nil, "\(answer.text)")
      #expect(visitor.files.count == 1)
      #expect(try visitor.get("\(path)/evidence", as: .bkn).json["items"].items.count == 1)
    } store: {
      $0.bytesPerAgencyPerDay = 1 << 20
    }
  }

  @Test("is brought once: the same request is answered again, the same file is not added twice")
  func retries() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      let (sheet, key) = (Sheet(), [("Idempotency-Key", "satu")])
      let tag = try visitor.etag(path, as: .bawaslu)
      let tried = try visitor.bring(sheet, to: path, "kind=photo&dry_run=true")
      #expect(tried.status == 201 && tried["netral-dry-run"] == "true" && visitor.files.isEmpty)
      #expect(!(try visitor.get(path, as: .bawaslu)).json.has("evidence"))
      let first = try visitor.bring(sheet, to: path, match: tag, key)
      #expect(first.status == 201)
      let again = try visitor.bring(sheet, to: path, match: tag, key)
      #expect(
        again.status == 201 && again["idempotency-replayed"] == "true"
          && again.json["evidence"] == first.json["evidence"])
      #expect(try visitor.bring(Sheet("x"), to: path, match: tag, key).json["code"].string == "idempotency_key_reused")
      #expect(
        try visitor.bring(sheet, to: path, "kind=photo", match: tag, key).json["code"].string
          == "idempotency_key_reused")
      #expect(try visitor.bring(sheet, to: path).json["code"].string == "evidence_exists")
      #expect(visitor.files.count == 1)
      // A lost race, too: of two with one entity tag one is told.
      let now = try visitor.etag(path, as: .bawaslu)
      #expect(try visitor.bring(Sheet("b"), to: path, match: now).status == 201)
      #expect(try visitor.bring(Sheet("c"), to: path, match: now).json["code"].string == "version_mismatch")
      #expect(visitor.files.count == 2)
    }
  }

  @Test("is kept once for all cases, and gone when the last one that has it is erased")
  func erasure() async throws {
    try await withService { visitor in
      let sheet = Sheet()
      let one = try visitor.makeCase()
      let two = try visitor.makeCase(#"{"subject":{"nip":"198704052015052002"}}"#, ref: "2")
      for path in [one, two] { try visitor.mustBring(sheet, to: path) }
      #expect(visitor.files.count == 1)
      try await visitor.reopen()
      #expect(visitor.files.count == 1)
      for (path, left) in [(one, 1), (two, 0)] {
        try visitor.must("cancellations", on: path, as: .bawaslu, #"{"occurred_on":"2024-10-10","reason":"x"}"#)
        try visitor.must("erasures", on: path, as: .bawaslu, #"{"ground":"subject_request"}"#)
        for agency in [AgencyCode.bawaslu, .bkn] {
          #expect(try visitor.get("\(path)/evidence/\(sheet.sha256)", as: agency).status == 404)
          #expect(try visitor.get("\(path)/evidence", as: agency).json["items"].items.isEmpty)
          for door in [path, "\(path)/history", "/v1/changes?limit=200"] {
            let text = try visitor.get(door, as: agency).text
            #expect(!text.contains(sheet.sha256) || door.hasPrefix("/v1/changes") && left == 1, "\(door)")
          }
        }
        #expect(visitor.files.count == left, "\(visitor.files)")
        #expect(try visitor.bring(Sheet("y"), to: path).json["code"].string == "case_erased")
      }
      #expect(
        try visitor.get("\(one)/history", as: .bkn).json["items"].items.contains { $0["what"].string == "evidence" })
    }
  }

  /// Of a long file what is good goes out; where it is not the connection is cut.
  private func later(_ visitor: Visitor) async throws {
    let path = try visitor.makeCase(ref: "long")
    let sheet = Sheet("later", count: 1_500_000)
    let before = Set(visitor.files)
    try visitor.mustBring(sheet, to: path)
    let name = try #require(Set(visitor.files).subtracting(before).first)
    let url = URL(filePath: visitor.service.file.path + ".files/" + name)
    let whole = try Data(contentsOf: url)
    var flipped = whole
    flipped[whole.count - 1] ^= 1
    try flipped.write(to: url)
    let client = try visitor.newClient()
    try client.send(
      "GET", "\(path)/evidence/\(sheet.sha256)",
      [("Authorization", "Bearer \(visitor.service.tokens["BAWASLU"] ?? "")")], nil)
    #expect((try? client.answer())?.body == nil)
    try FileManager.default.removeItem(at: url)
    try whole.write(to: url)
    try visitor.must("cancellations", on: path, as: .bawaslu, #"{"occurred_on":"2024-10-10","reason":"x"}"#)
    try visitor.must("erasures", on: path, as: .bawaslu, #"{"ground":"subject_request"}"#)
  }

  @Test("that was damaged on the disk is given to nobody beyond what is proven")
  func damage() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      // What is opened before the head of an answer goes out.
      let sheet = Sheet(count: 200_000)
      try visitor.mustBring(sheet, to: path)
      let name = try #require(visitor.files.first)
      let url = URL(filePath: visitor.service.file.path + ".files/" + name)
      let whole = try Data(contentsOf: url)
      #expect(!whole.contains(Data(Sheet.words.utf8)))
      let target = "\(path)/evidence/\(sheet.sha256)"
      for offset in [0, 40_000, whole.count - 1] {
        var flipped = whole
        flipped[offset] ^= 1
        try flipped.write(to: url)
        #expect(try visitor.get(target, as: .bawaslu).json["code"].string == "evidence_damaged", "\(offset)")
      }
      // Who brings it again to its own case mends it, and changes nothing else.
      let version = try visitor.get(path, as: .bawaslu).json["version"]
      try visitor.mustBring(sheet, to: path)
      #expect(try visitor.get(target, as: .bawaslu).body == sheet.bytes)
      #expect(try visitor.get(path, as: .bawaslu).json["version"] == version)
      #expect(try visitor.bring(sheet, to: path).json["code"].string == "evidence_exists")
      try await later(visitor)
      #expect(visitor.files.count == 1)
      let renamed = try #require(visitor.files.first)
      let mended = URL(filePath: visitor.service.file.path + ".files/" + renamed)
      for cut in [whole.dropLast(), whole + [0], Data()] {
        try cut.write(to: mended)
        #expect(try visitor.get(target, as: .bawaslu).json["code"].string == "evidence_damaged")
      }
      try FileManager.default.removeItem(at: mended)
      #expect(try visitor.get(target, as: .bawaslu).json["code"].string == "evidence_damaged")
      // Who brings it again, to whichever case, mends it for all.
      let other = try visitor.makeCase(ref: "2")
      try visitor.mustBring(sheet, to: other)
      for path in [path, other] {
        #expect(try visitor.get("\(path)/evidence/\(sheet.sha256)", as: .bawaslu).body == sheet.bytes)
      }
      #expect(visitor.files.count == 1)
    }
  }
}

/// A scanner that finds what stands in a file of its own kind, once it answers.
private final class Scanner: FileScanner {
  struct Silence: Error {}
  let answers: Mutex<Bool>
  init(answers: Bool) { self.answers = Mutex(answers) }

  func isHarmful(_ file: any KeptFile) async throws -> Bool {
    guard answers.withLock({ $0 }) else { throw Silence() }
    return String(decoding: try await file.read(0..<file.byteCount), as: UTF8.self).contains("jahat")
  }
}

extension EvidenceUploadTests {
  @Test("that waits for a scanner is given to whoever brought it alone, and a harmful one to nobody")
  func scanning() async throws {
    let scanner = Scanner(answers: false)
    try await withService { settings in
      settings.scanner = scanner
      settings.scanInterval = .milliseconds(20)
    } _: { visitor in
      let (good, bad) = (Sheet("baik"), Sheet("jahat"))
      let path = try visitor.makeCase()
      for sheet in [good, bad] { try visitor.mustBring(sheet, to: path) }
      func scans(_ agency: AgencyCode = .bkn) throws -> [String] {
        try visitor.get("\(path)/evidence", as: agency).json["items"].items.compactMap { $0["scan"].string }
      }
      func statuses(_ sheet: Sheet) throws -> [Int] {
        try [AgencyCode.bawaslu, .bkn].flatMap { agency in
          let target = "\(path)/evidence/\(sheet.sha256)"
          return try [visitor.get(target, as: agency).status, visitor.ask(as: agency, "HEAD", target).status]
        }
      }
      #expect(try scans() == ["pending", "pending"])
      for sheet in [good, bad] { #expect(try statuses(sheet) == [200, 200, 404, 404]) }
      // A start in between forgets nothing.
      try await visitor.reopen()
      let version = try visitor.get(path, as: .bkn).json["version"].int ?? 0
      scanner.answers.withLock { $0 = true }
      try await waitUntil { try scans() == ["clean", "infected"] }
      #expect(try scans() == ["clean", "infected"] && scans(.bawaslu) == ["clean", "infected"])
      #expect(try statuses(good) == [200, 200, 200, 200] && statuses(bad) == [404, 404, 404, 404])
      #expect(try visitor.get(path, as: .bkn).json["version"].int == version + 2)
      let custody = try visitor.get("\(path)/evidence/\(bad.sha256)/custody", as: .bkn).json["items"].items
      #expect(custody.map { $0["what"].string } == ["evidence", "evidence_scan"])
      #expect(custody.last?["agency"].string == "OPERATOR")
      // What was found is nobody's business who sees no evidence.
      for door in ["", "/history"] { #expect(!(try visitor.get(path + door, as: .panrb)).text.contains("infected")) }
      // Another case with a harmful file is no relative of this one.
      let other = try visitor.makeCase(
        #"{"act":{"occurred_on":"2024-09-01"},"region":"11.71","institution":"11.71"}"#, ref: "9")
      try visitor.mustBring(bad, to: other)
      try await waitUntil { try visitor.get(other, as: .bkn).text.contains("infected") }
      let related = try visitor.get("\(path)/related", as: .bkn).json["items"].items
      #expect(!related.contains { $0["shared"].strings.contains("file") })
      #expect(visitor.files.count == 2, "a harmful file is kept, sealed")
    }
  }
}

/// Looks now and then until something is so, for as long as ten minutes: what goes on by itself waits for a core among a
/// thousand tests. Whoever calls says what then fails.
private func waitUntil(_ isSo: () throws -> Bool) async throws {
  let end = ContinuousClock.now + .seconds(600)
  while try !isSo(), ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(50)) }
}
