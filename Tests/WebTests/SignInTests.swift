internal import Domain
internal import JSON
internal import TestSupport
internal import Testing

@testable internal import Web

/// Paths of pages, with something in place of their parameters.
private func path(_ template: String) -> String {
  template.replacing("{id}", with: "0199d3c4-7c1e-7b52-9a51-3f0f4c1b2a90").replacing("{index}", with: "0")
    .replacing("{sha256}", with: String(repeating: "0", count: 64)).replacing("{path}", with: "whoami")
    .replacing("{form}", with: "notes")
}

@Suite("Signing in")
struct SignInTests {
  @Test("gives a cookie that no script reads, no other site sends, and that ends with the browser")
  func cookie() async throws {
    try await withService { visitor in
      let key = ["key": visitor.service.tokens["BKN"] ?? ""]
      let answer = try Browser(visitor).post("/app/sign-in", key)
      let value = "[A-Za-z0-9_-]{43}"
      let plain = try Regex("^netral_session=\(value); Path=/app; HttpOnly; SameSite=Strict$")
      #expect(answer.status == 303 && answer["location"] == "/app" && answer["set-cookie"]?.contains(plain) == true)
      #expect(answer["access-control-allow-origin"] == nil && answer["cache-control"] == "no-store")
      for field in [("Forwarded", "for=10.0.0.1;proto=https"), ("X-Forwarded-Proto", "https")] {
        let secure = try Browser(visitor).post("/app/sign-in", key, [field])
        let wanted = try Regex("^__Secure-netral_session=\(value); Path=/app; HttpOnly; SameSite=Strict; Secure$")
        #expect(secure["set-cookie"]?.contains(wanted) == true, "\(secure.fields)")
      }
      #expect(!"\(visitor.service.log.lines)".contains(key["key"] ?? "-"))
    }
  }

  @Test("refuses a wrong key with a page, without a cookie, and makes whoever guesses wait")
  func wrong() async throws {
    try await withService { visitor in
      var statuses: [Int] = []
      for number in 0..<31 {
        let key = "ntk_aaaaaaaaaaaa_" + String(repeating: "\(number % 10)", count: 43)
        let answer = try Browser(visitor).post("/app/sign-in", ["key": number == 0 ? "" : key])
        statuses.append(answer.status)
        #expect(answer["set-cookie"] == nil && answer["content-type"] == "text/html; charset=utf-8")
        #expect(!answer.text.contains(key))
      }
      #expect(statuses.prefix(30).allSatisfy { $0 == 401 } && statuses.last == 429, "\(statuses)")
      // Who has a valid key is locked out by nobody.
      _ = try Browser(visitor, as: "BKN")
    }
  }

  @Test("leads back to the page that was asked for, and nowhere out of the service")
  func next() async throws {
    try await withService { visitor in
      let stranger = Browser(visitor)
      #expect(try stranger.get("/app")["location"] == "/app/sign-in")
      let asked = try stranger.get("/app/cases?stage=received")
      #expect(asked.status == 303 && asked["location"] == "/app/sign-in?next=%2Fapp%2Fcases%3Fstage%3Dreceived")
      let page = try stranger.get(asked["location"] ?? "")
      let key = visitor.service.tokens["BKN"] ?? ""
      let back = try stranger.send(page, to: "/app/sign-in", ["key": key])
      #expect(back["location"] == "/app/cases?stage=received")
      for hostile in [
        "//evil.example", "https://evil.example", "/appx", "/app\\evil", "/app\r\nX: y", "/docs", "/app//../..",
      ] {
        let answer = try stranger.post("/app/sign-in", ["key": key, "next": hostile])
        let location = answer["location"] ?? ""
        #expect(location == "/app" || location.hasPrefix("/app/"), "\(hostile): \(location)")
        #expect(!location.contains("evil") && !location.contains("\\"), "\(hostile): \(location)")
      }
      #expect(
        try Browser(visitor).post("/app/sign-in", ["key": visitor.service.tokens["OPERATOR"] ?? ""])["location"]
          == "/app/operation")
    }
  }

  @Test("ends after half an hour without a request, after twelve hours, and by signing out")
  func idle() async throws {
    try await withService { visitor in
      visitor.clock.set("2024-10-20T01:00:00Z")
      let browser = try Browser(visitor, as: "BKN")
      for minutes in stride(from: 29, to: 12 * 60, by: 29) {
        visitor.clock.set(Timestamp(milliseconds: 1_729_386_000_000 + Int64(minutes) * 60_000).description)
        #expect(try browser.get("/app/keys").status == 200, "\(minutes)")
      }
      visitor.clock.set("2024-10-20T13:00:00Z")
      #expect(try browser.get("/app/keys").status == 303)
      let other = try Browser(visitor, as: "BKN")
      visitor.clock.set("2024-10-20T13:30:00Z")
      #expect(try other.get("/app/keys").status == 303)
      let third = try Browser(visitor, as: "BKN")
      let out = try third.send(try third.get("/app/keys"), to: "/app/sign-out", [:])
      #expect(out.status == 303 && out["set-cookie"]?.contains("Max-Age=0") == true)
      #expect(try third.get("/app/keys").status == 303)
    }
  }

  @Test("lasts no longer than its key, and is good from nowhere else")
  func key() async throws {
    try await withService { visitor in
      let scopes = Set(Scope.allCases.filter { $0.suits(.agency(.bkn)) })
      let end = visitor.clock.now.adding(seconds: 600)
      let ending = try Browser(visitor, as: try await visitor.service.token(.agency(.bkn), scopes, expiresAt: end))
      let token = try await visitor.service.token(.agency(.bkn), scopes)
      let revoked = try Browser(visitor, as: token)
      let bound = try await visitor.service.token(.agency(.bkn), scopes, networks: ["10.0.0.0/8"])
      #expect(try Browser(visitor).post("/app/sign-in", ["key": bound]).status == 401)
      #expect(try ending.get("/app/keys").status == 200 && revoked.get("/app/keys").status == 200)
      let id = token.split(separator: "_")[1]
      #expect(try visitor.ask(as: Service.operatorName, "DELETE", "/v1/admin/keys/\(id)").status == 204)
      #expect(try revoked.get("/app/keys").status == 303)
      #expect(try revoked.post("/app/cases/new", ["token": "x"]).status == 401)
      visitor.clock.set(end.description)
      #expect(try ending.get("/app/keys").status == 303)
    } server: { _ in
    }
  }

  @Test("by certificate takes the keys that are bound to it and no other", arguments: [true, false])
  func certificate(_ isTrusted: Bool) async throws {
    try await withService { settings in
      if isTrusted { settings.trustedProxies = ["127.0.0.0/8"].compactMap { Network($0) } }
    } _: { visitor in
      let scopes: Set<Scope> = [.casesRead]
      let bound = try await visitor.service.token(.agency(.bkn), scopes, identities: ["CN=satu"])
      let other = try await visitor.service.token(.agency(.panrb), scopes, identities: ["CN=dua"])
      var browser = Browser(visitor)
      browser.fields = [("Netral-Client-Identity", "CN=satu"), ("Forwarded", "for=10.1.1.1;proto=https")]
      let (id, foreign) = (String(bound.split(separator: "_")[1]), String(other.split(separator: "_")[1]))
      let page = try browser.get("/app/sign-in")
      #expect(page.text.contains(id) == isTrusted && !page.text.contains(foreign))
      #expect(try browser.post("/app/sign-in", ["key_id": foreign]).status == 401)
      let answer = try browser.post("/app/sign-in", ["key_id": id])
      #expect(answer.status == (isTrusted ? 303 : 401))
      guard isTrusted else { return }
      browser.cookie = Browser.cookie(answer)
      #expect(try browser.get("/app/keys").status == 200)
      // Without the certificate the cookie opens nothing.
      browser.fields = [("Forwarded", "for=10.1.1.1;proto=https")]
      #expect(try browser.get("/app/keys").status == 303)
    }
  }

  @Test("is what every page asks for, of whom it is for")
  func gates() async throws {
    try await withService { visitor in
      let (agency, administrator) = (try Browser(visitor, as: "BKN"), try Browser(visitor, as: "OPERATOR"))
      for page in pageTable() where page.gate != "open" {
        let (address, isGet) = (path(page.path), page.method == "GET")
        func ask(_ browser: Browser) throws -> HTTPAnswer {
          isGet ? try browser.get(address) : try browser.post(address, [:])
        }
        let stranger = try ask(Browser(visitor))
        #expect(stranger.status == (isGet && !address.hasPrefix("/app/data") ? 303 : 401), "\(page)")
        for broken in [
          "netral_session=", "netral_session=x", "netral_session=\(String(repeating: "a", count: 43))", "=;;=",
        ] {
          var browser = Browser(visitor)
          browser.cookie = broken
          #expect(try ask(browser).status == stranger.status, "\(page) \(broken)")
        }
        for (browser, isOpen) in [
          (agency, !page.gate.hasSuffix("operator")), (administrator, !page.gate.hasSuffix("agency")),
        ] {
          let answer = try ask(browser)
          // A form without its token goes nowhere.
          #expect((answer.status == 403) == (!isOpen || !isGet), "\(page): \(answer.status)")
          #expect(answer.status < 500, "\(page): \(answer.text)")
          if !isGet || !isOpen { #expect(answer["content-type"] == "text/html; charset=utf-8", "\(page)") }
        }
      }
    }
  }

  @Test("lets no form in that another session or another site has had sent")
  func forged() async throws {
    try await withService { visitor in
      let (own, other) = (try Browser(visitor, as: "BAWASLU"), try Browser(visitor, as: "BAWASLU"))
      let location = try visitor.makeCase()
      let id = location.dropFirst("/v1/cases/".count)
      let address = "/app/cases/\(id)/forms/notes"
      let page = try own.get(address)
      let sent = Browser.values(of: page).merging(["text": "Catatan uji.", "step": "send"]) { _, new in new }
      let before = try visitor.get("\(location)/history", as: .bawaslu).json["items"].items.count
      var without = sent
      without["token"] = nil
      for (browser, values, fields) in [
        (own, without, []), (other, sent, []), (own, sent, [("Sec-Fetch-Site", "cross-site")]),
        (own, sent, [("Sec-Fetch-Site", "same-site")]), (own, sent, [("Sec-Fetch-Site", "none")]),
        (own, sent, [("Origin", "https://evil.example")]), (own, sent, [("Origin", "null")]),
      ] as [(Browser, [String: String], [(String, String)])] {
        let answer = try browser.post(address, values, fields)
        #expect(answer.status == 403 && answer.text.contains("form_refused"), "\(fields)")
      }
      // Whoever had to sign in again sees what they have written, with a fresh token and nothing done.
      let kept = try other.post(address, sent, [("Sec-Fetch-Site", "same-origin")])
      let values = Browser.values(of: kept)
      #expect(kept.status == 403 && values["text"] == "Catatan uji." && values["token"] != sent["token"])
      #expect(try visitor.get("\(location)/history", as: .bawaslu).json["items"].items.count == before)
      let taken = try own.post(address, sent, [("Sec-Fetch-Site", "same-origin")])
      #expect(taken.status == 303 && taken["location"] == "/app/cases/\(id)?done=notes")
      // Sent twice it is done once.
      #expect(try own.post(address, sent).status == 303)
      #expect(try visitor.get("\(location)/history", as: .bawaslu).json["items"].items.count == before + 1)
    }
  }
}
