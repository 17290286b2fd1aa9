internal import Domain
internal import JSON
internal import TestSupport
internal import Testing

@testable internal import Service
@testable internal import Web

@Suite("Pages for people")
struct PageTests {
  private static let pages =
    ["/", "/?lang=en", "/?election=pilkada-2020", "/forms", "/forms?lang=en", "/data", "/data?lang=en"]
    + CodeTests.pages

  @Test("are in the language that was asked for, small, kept by tags, and run and load nothing", arguments: pages)
  func page(_ target: String) async throws {
    try await withService { visitor in
      let answer = try visitor.ask("GET", target, [])
      let english = target.contains("lang=en")
      #expect(answer.status == 200 && answer["content-type"] == "text/html; charset=utf-8")
      #expect(answer.text.contains("<html lang=\"\(english ? "en" : "id")\">"))
      #expect(answer.body.count < 60_000, "\(answer.body.count) bytes")
      #expect(answer["content-security-policy"]?.contains("default-src 'none'; style-src 'self'") == true)
      for word in ["<script", "style=\"", "onclick", "javascript:", "http://", "{{", "https://"] {
        #expect(!answer.text.contains(word), "\(word)")
      }
      let etag = try #require(answer["etag"])
      let again = try visitor.ask("GET", target, [("If-None-Match", etag)])
      #expect(again.status == 304 && again.body.isEmpty)
      #expect(answer["cache-control"]?.hasPrefix("public") == true)
      let head = try visitor.ask("HEAD", target, [])
      #expect(head.status == 200 && head.body.isEmpty && head["etag"] == etag)
      // Its other language is a link away, and comes back to the same place.
      let other = try #require(answer.text.firstMatch(of: #/hreflang="(?:en|id)" href="([^"]+)"/#)?.1)
      let turned = try visitor.ask("GET", String(other).replacing("&amp;", with: "&"), [])
      #expect(turned.text.contains("<html lang=\"\(english ? "id" : "en")\">"), "\(other)")
    }
  }

  @Test("show the released figures and no other, in the form of their language")
  func figures() async throws {
    try await withService { visitor in
      visitor.service.clock.set("2024-10-15T03:00:00Z")
      for number in 0..<120 {
        let changes = #"{"act":{"occurred_on":"2024-08-01"},"source":{"received_on":"2024-10-06"}}"#
        _ = try visitor.makeCase(changes, ref: "p-\(number)")
      }
      let unreleased = try visitor.ask("GET", "/", []).text
      #expect(!unreleased.contains(">120</td>"), "nothing is told before its release")
      visitor.service.clock.set("2025-01-15T03:00:00Z")
      await visitor.service.api.services.releaseMaker.makeDue()
      let address = "/v1/public/statistics/funnel?election=pilkada-2024&group_by=province"
      let released = try visitor.ask("GET", address, []).json
      let asOf = try #require(released["as_of"].string)
      #expect(released["total"]["reported"].int == 120 && asOf == "2024-11-30")
      for (language, day) in [("id", "30 November 2024"), ("en", "30 November 2024")] {
        let page = try visitor.ask("GET", "/?lang=\(language)", []).text
        #expect(page.contains(">120</td>") && page.contains(day))
        #expect(page.contains("as_of=\(asOf)&amp;group_by=province&amp;format=csv"))
        for group in released["groups"].items {
          let count = group["reported"].int ?? -1
          let row = "\(group["label"][language].string ?? "Tidak disebutkan")<svg"
          #expect(page.contains(row) || group["key"] == .null, "\(row) \(count)")
        }
        let links = page.matches(of: #/href="(\/v1\/[^"]+)"/#).map { String($0.1).replacing("&amp;", with: "&") }
        #expect(links.count == 3 * 5 + 1)
        for link in links { #expect(try visitor.ask("GET", link, []).status == 200, "\(link)") }
      }
    }
  }

  @Test("write numbers and dates as their language does")
  func forms() throws {
    let (id, en) = (PageText(.indonesian), PageText(.english))
    #expect([0, 999, 1_000, 1_234_567].map { id.number($0) } == ["0", "999", "1.000", "1.234.567"])
    #expect(en.number(-12_345) == "-12,345" && en.number(nil) == "–")
    #expect(id.percent(1, of: 3) == "33,3 %" && en.percent(2, of: 3) == "66.7 %")
    #expect(id.percent(5, of: 4) == "100,0 %" && id.percent(1, of: 0) == "–")
    #expect(try id.date(#require(LegalDate("2026-08-07"))) == "7 Agustus 2026")
    #expect(try en.date(#require(LegalDate("2026-08-07"))) == "7 August 2026")
  }

  @Test(
    "say that nothing is released yet, and know no other election or language",
    arguments: [
      ("/?election=national-2029", 200, "Belum ada angka"),
      ("/?election=national-2029&lang=en", 200, "Nothing of this"),
      ("/?election=x", 400, "election"), ("/?lang=fr", 400, "lang"), ("/?x=1", 400, "x"),
      ("/forms?election=x", 400, "election"),
      ("/x", 404, "not_found"), ("/index.html", 404, "not_found"),
    ])
  func refusals(_ target: String, _ status: Int, _ words: String) async throws {
    try await withService { visitor in
      let answer = try visitor.ask("GET", target, [])
      #expect(answer.status == status && answer.text.contains(words), "\(answer.status) \(answer.text.prefix(300))")
      #expect(try visitor.ask("POST", "/", []).status == 405)
    }
  }

  @Test("explain every form of a breach and every sanction that reference data have")
  func breaches() async throws {
    try await withService { visitor in
      let page = try visitor.ask("GET", "/forms", []).text
      for kind in ["violations", "sanctions"] {
        let items = try visitor.get("/v1/reference/\(kind)", as: .bkn).json["items"].items
        #expect(!items.isEmpty)
        for item in items { #expect(page.contains("<code>\(item["code"].string ?? "?")</code>"), "\(item["code"])") }
      }
    }
  }
}
