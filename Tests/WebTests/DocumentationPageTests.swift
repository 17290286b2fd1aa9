internal import Domain
internal import HTTPTypes
internal import JSON
internal import TestSupport
internal import Testing

@testable internal import Web

@Suite("Pages of the documentation")
struct DocumentationPageTests {
  private static let groups = Operation.Group.allCases

  /// The part of a page from a heading with this identity to the next one of its rank.
  private func section(_ anchor: String, _ page: String) -> String? {
    let parts = page.split(separator: "<h2 id=\"", omittingEmptySubsequences: false).dropFirst()
    return parts.first { $0.hasPrefix("\(anchor)\"") }.map(String.init)
  }

  private func pages(_ visitor: Visitor, _ language: String) throws -> [Operation.Group: String] {
    var pages: [Operation.Group: String] = [:]
    for group in Self.groups {
      let answer = try visitor.ask("GET", "/docs/\(group.rawValue)?lang=\(language)", [])
      #expect(answer.status == 200, "\(group)")
      pages[group] = answer.text
    }
    return pages
  }

  private func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
  }

  private func codes(_ html: String) -> [String] {
    html.matches(of: /href="\/docs\/problems\/([a-z_]+)\?lang=..">([a-z_]+)</).map { String($0.output.2) }
  }

  @Test("describe each operation once: who, question, answers and refusals", arguments: ["en", "id"])
  func operations(_ language: String) async throws {
    try await withService { visitor in
      let pages = try pages(visitor, language)
      for route in Routes.all {
        let operation = route.operation
        let places = pages.filter { section(operation.name, $0.value) != nil }
        #expect(places.map(\.key) == [operation.group], "\(operation.name)")
        let page = try #require(pages[operation.group])
        let html = try #require(section(operation.name, page), "\(operation.name)")
        let english = language == "en"
        var words = [
          english ? operation.summary.en : operation.summary.inIndonesian, operation.details,
          english ? "For: \(route.gate.words.en)" : "Untuk: \(route.gate.words.inIndonesian)",
        ]
        words += operation.query.map(\.description) + (operation.body?.contentTypes ?? [])
        words += operation.replies.flatMap { reply in
          [reply.description] + reply.contents.map(\.type) + reply.fields.flatMap { [$0.name.rawName, $0.description] }
        }
        for word in words { #expect(html.contains(escaped(word)), "\(operation.name): \(word)") }
        #expect(html.contains("<code>\(route.method.rawValue) \(route.template)</code>"))
        #expect(html.contains("<pre><code>\(escaped(Cookbook.line(of: route)))</code></pre>"), "\(operation.name)")
        for reply in operation.replies { #expect(html.contains("<strong>\(reply.status.code)</strong>")) }
        let rows = operation.query.map(\.name) + route.pathParameters.map(String.init)
        for name in rows + operation.needs.map(\.field) { #expect(html.contains("<th scope=\"row\">\(name)")) }
        let own = codes(html)
        let ofAll = codes(try #require(section("refusals", page)))
        #expect(Set(own).isDisjoint(with: ofAll) && Set(own).count == own.count, "\(operation.name)")
        #expect(Set(own + ofAll) == Set(route.failures.map(\.rawValue)), "\(operation.name)")
      }
    }
  }

  @Test("show the members of every body and answer, once, and lead to those that several share")
  func members() async throws {
    try await withService { visitor in
      let pages = try pages(visitor, "en")
      var shared: [ShapeBook.Page: String] = [:]
      for page in Set(ShapeBook.shared.pages.values) {
        shared[page] = try visitor.ask("GET", "\(page.path)?lang=en", []).text
      }
      for route in Routes.all {
        let html = try #require(pages[route.operation.group].flatMap { section(route.operation.name, $0) })
        for schema in route.operation.schemas { expectMembers(of: schema.json, "", html, route.operation.name) }
      }
      for (name, page) in ShapeBook.shared.pages {
        let html = try #require(shared[page].flatMap { section(name, $0) }, "\(name)")
        let shape = ShapeBook.shared.definitions[name] ?? .null
        expectMembers(of: shape, "", html, name)
      }
      #expect(ShapeBook.shared.pages.count > 60 && ShapeBook.shared.pages["CaseRecord"] == .group(.cases))
      #expect(ShapeBook.shared.pages["Problem"] == .problems)
    }
  }

  /// Walks a schema beside the program: a shape is a link, or its members are rows.
  private func expectMembers(of json: JSONValue, _ path: String, _ html: String, _ place: String) {
    if let name = json.referred {
      if ShapeBook.shared.pages[name] != nil {
        #expect(html.contains("#\(name)\">\(name)</a>"), "\(place): \(name)")
      } else {
        expectMembers(of: ShapeBook.shared.definitions[name] ?? .null, path, html, place)
      }
    }
    for (name, value) in json["properties"].members {
      let own = path.isEmpty ? name : "\(path).\(name)"
      let row = "<th scope=\"row\">\(own)"
      #expect(html.contains("\(row)<") || html.contains("\(row) <small>"), "\(place): \(own)")
      expectMembers(of: value, own, html, place)
    }
    if json.has("items") { expectMembers(of: json["items"], path + "[]", html, place) }
    expectMembers(ofParts: json["anyOf"].items, path, html, place)
    if json["additionalProperties"].names.isEmpty == false {
      expectMembers(of: json["additionalProperties"], path + ".*", html, place)
    }
  }

  private func expectMembers(ofParts parts: [JSONValue], _ path: String, _ html: String, _ place: String) {
    for part in parts { expectMembers(of: part, path, html, place) }
  }

  @Test(
    "speak the language of lang, or else the one that Accept-Language prefers",
    arguments: [
      ("", nil, "en"), ("", "id", "id"), ("", "id-ID,en;q=0.8", "id"), ("", "en,id;q=0.9", "en"), ("", "fr", "en"),
      ("?lang=id", nil, "id"), ("?lang=id", "en", "id"), ("?lang=en", "id", "en"),
    ])
  func language(_ query: String, _ accepted: String?, _ expected: String) async throws {
    try await withService { visitor in
      for path in ["/docs", "/docs/cookbook", "/docs/problems", "/docs/problems/invalid", "/docs/acts"] {
        let fields = accepted.map { [("Accept-Language", $0)] } ?? []
        let answer = try visitor.ask("GET", path + query, fields)
        #expect(answer.text.contains("<html lang=\"\(expected)\">"), "\(path)")
        #expect(answer["content-language"] == expected && answer["vary"] == "Accept-Encoding, Accept-Language")
        // Every further page is in the same language, and the other one is a link away.
        let links = answer.text.matches(of: /href="\/docs[^"]*lang=(..)/).map { String($0.output.1) }
        #expect(links.count { $0 != expected } == 1, "\(path)")
        let etag = try #require(answer["etag"])
        #expect(try visitor.ask("GET", path + query, fields + [("If-None-Match", etag)]).status == 304)
        let other = try visitor.ask(
          "GET", "\(path)?lang=\(expected == "en" ? "id" : "en")", [("If-None-Match", etag)])
        #expect(other.status == 200 && other["etag"] != etag, "\(path)")
      }
    }
  }

  @Test("are short, run and load nothing, and keep no English but what is marked as such", arguments: ["en", "id"])
  func pages(_ language: String) async throws {
    try await withService { visitor in
      let plain = ["", "/cookbook", "/problems"] + FailureCode.allCases.map { "/problems/\($0.rawValue)" }
      let shapes = Set(ShapeBook.shared.pages.values).map { String($0.path.dropFirst("/docs".count)) }
      for path in plain + shapes + Self.groups.map({ "/\($0.rawValue)" }) {
        let answer = try visitor.ask("GET", "/docs\(path)?lang=\(language)", [])
        #expect(answer.status == 200 && answer["content-type"] == "text/html; charset=utf-8", "\(path)")
        #expect(answer.body.count < 60_000, "\(path) has \(answer.body.count) bytes")
        #expect(answer["content-security-policy"]?.contains("default-src 'none'; style-src 'self'") == true)
        for word in ["<script", "style=\"", "onclick", "javascript:", "{{", "href=\"http"] {
          #expect(!answer.text.contains(word), "\(path) \(word)")
        }
        let frame = [
          "For:", "<small>required", "header field", "may be absent", ">Answers<", ">Refusals<", ">Value<",
          ">Parameters<", "list of ",
        ]
        if language == "id" { for word in frame { #expect(!answer.text.contains(word), "\(path) \(word)") } }
      }
    }
  }

  @Test("lead to every operation from the first one, by the anchors of before")
  func anchors() async throws {
    try await withService { visitor in
      let index = try visitor.ask("GET", "/docs?lang=en", []).text
      for route in Routes.all {
        let name = route.operation.name
        let item = "<li id=\"\(name)\"><a href=\"/docs/\(route.operation.group.rawValue)?lang=en#\(name)\">"
        #expect(index.ranges(of: item).count == 1, "\(name)")
      }
      for group in Self.groups { #expect(index.contains("<h2 id=\"\(group.rawValue)\">")) }
    }
  }

  @Test(
    "know no other page, language or parameter",
    arguments: [
      ("/docs/nothing", 404, "not_found"), ("/docs/Cases", 404, "not_found"), ("/docs/cases/x", 404, "not_found"),
      ("/docs/nothing/shapes", 404, "not_found"), ("/docs/cookbook/shapes", 404, "not_found"),
      ("/docs/links/shapes/x", 404, "not_found"), ("/docs/problems/nothing", 404, "not_found"),
      ("/docs/cases?lang=fr", 400, "invalid_parameter"), ("/docs?x=1", 400, "unknown_parameter"),
    ])
  func refusals(_ target: String, _ status: Int, _ code: String) async throws {
    try await withService { visitor in
      let answer = try visitor.ask("GET", target, [])
      #expect(answer.status == status && answer.json["code"].string == code, "\(answer.text.prefix(200))")
    }
  }

  @Test("escape what they show")
  func escaping() {
    let hostile = #"<b onclick="x">&'"#
    let page = DocumentationPage(
      path: "/docs/x", title: LocalizedText(en: hostile, inIndonesian: hostile), template: "problem"
    ) { _ in
      ["code": hostile, "explanation": hostile, "hasPlaces": true, "places": [["href": hostile, "request": hostile]]]
    }
    let html = String(decoding: page.html(PageText(.english)), as: UTF8.self)
    #expect(!html.contains("<b onclick") && !html.contains("\"x\"") && html.contains(escaped(hostile)))
  }
}
