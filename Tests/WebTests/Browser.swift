internal import Domain
internal import JSON
internal import TestSupport
internal import Testing

/// Somebody who looks at the pages behind the sign-in, as a browser without scripts would: it keeps the cookie and sends what
/// the forms hold.
struct Browser {
  let visitor: Visitor
  var cookie: String?
  var fields: [(String, String)] = []

  init(_ visitor: Visitor) { self.visitor = visitor }

  /// Signs in with a key given by its owner's name, or by its text.
  init(_ visitor: Visitor, as who: String) throws {
    self.init(visitor)
    let answer = try post("/app/sign-in", ["key": visitor.service.tokens[who] ?? who])
    guard answer.status == 303, let cookie = Self.cookie(answer) else { throw Unexpected(answer) }
    self.cookie = cookie
  }

  static func cookie(_ answer: HTTPAnswer) -> String? {
    answer["set-cookie"].map { String($0.prefix { $0 != ";" }) }
  }

  private var all: [(String, String)] { fields + (cookie.map { [("Cookie", $0)] } ?? []) }

  func get(_ target: String, _ more: [(String, String)] = []) throws -> HTTPAnswer {
    try visitor.ask("GET", target, all + more)
  }

  /// Sends a form with exactly these values.
  func post(_ target: String, _ values: [String: String], _ more: [(String, String)] = []) throws -> HTTPAnswer {
    let body = values.sorted { $0.key < $1.key }.map { "\(Self.encoded($0.key))=\(Self.encoded($0.value))" }
    let type = [("Content-Type", "application/x-www-form-urlencoded")]
    return try visitor.ask("POST", target, all + type + more, body.joined(separator: "&"))
  }

  /// Sends the form of a page with what it holds, and with these values changed.
  func send(_ page: HTTPAnswer, to target: String, _ changes: [String: String]) throws -> HTTPAnswer {
    try post(target, Self.values(of: page).merging(changes) { _, new in new })
  }

  /// What the fields of a page's forms hold.
  static func values(of page: HTTPAnswer) -> [String: String] {
    var values: [String: String] = [:]
    for match in page.text.matches(of: #/<input [^>]*name="(?<name>[^"]+)"[^>]*?value="(?<value>[^"]*)"/#) {
      values[String(match.name)] = plain(String(match.value))
    }
    for match in page.text.matches(of: #/<textarea [^>]*name="(?<name>[^"]+)"[^>]*>(?<value>[^<]*)</#) {
      values[String(match.name)] = plain(String(match.value))
    }
    for match in page.text.matches(of: #/<select [^>]*name="(?<name>[^"]+)"[^>]*>(?<options>.*?)<\/select>/#) {
      let chosen = match.options.firstMatch(of: #/value="(?<value>[^"]*)" selected/#)
      values[String(match.name)] = chosen.map { plain(String($0.value)) } ?? ""
    }
    return values
  }

  static func plain(_ html: String) -> String {
    html.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
      .replacing("&#39;", with: "'").replacing("&amp;", with: "&")
  }

  /// As a page writes a text.
  static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }

  static func encoded(_ text: String) -> String {
    text.utf8.map { byte in
      switch byte {
      case 48...57, 65...90, 97...122, 45, 46, 95, 126: String(UnicodeScalar(byte))
      default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }.joined()
  }
}
