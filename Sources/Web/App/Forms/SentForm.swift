internal import Crypto
internal import Domain
internal import HTTPServer
internal import HTTPTypes

/// A form as a browser has sent it (`application/x-www-form-urlencoded`).
struct SentForm: Sendable {
  private let values: [String: String]
  /// Whether it was made in another session, and sent from a page of this service all the same: whoever had to sign in
  /// again is shown what they have written, and nothing of it is done.
  private(set) var isOfAnotherSession = false

  /// Fields of the longest form, several times over.
  private static let fieldCountMax = 500

  /// A form that was not sent.
  init() { values = [:] }

  /// Reads the form of a request that a page of this service has sent.
  ///
  /// - Throws: `content_too_large`; `malformed_request` for what no form of ours is; `form_refused` when another site has
  ///   had it sent.
  init(_ call: Call) async throws {
    try Self.requireOwnPage(call.request)
    var values: [String: String] = [:]
    for pair in String(decoding: try await call.bytes(), as: UTF8.self).split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard values.count < Self.fieldCountMax, parts.count == 2, let name = Query.decode(parts[0]),
        let value = Query.decode(parts[1]), values.updateValue(value, forKey: name) == nil
      else {
        throw Failure(
          .malformedRequest, en: "This is not a form of these pages. Nothing was changed.",
          inIndonesian: "Ini bukan formulir dari halaman ini. Tidak ada yang berubah.")
      }
    }
    self.values = values
  }

  /// The same for a form of a session, which carries its token.
  ///
  /// - Parameter keepsText: whether one of another session is given back to be looked at.
  /// - Throws: `form_refused` for a form of another session, too.
  init(_ app: AppCall, keepsText: Bool = false) async throws {
    try await self.init(app.call)
    // Digests are compared in a time that tells nothing.
    let (given, own) = (Data(self["token"] ?? ""), Data(app.session.formToken))
    if SHA256.hash(data: given.bytes) == SHA256.hash(data: own.bytes) { return }
    // Only a browser's word for it tells that no other site has filled it in.
    guard keepsText, app.call.request.fields[.fetchSite] == "same-origin" else { throw Self.refused }
    isOfAnotherSession = true
  }

  private struct Data {
    let bytes: [UInt8]
    init(_ text: String) { bytes = Array(text.utf8) }
  }

  /// What was entered, without blanks at its ends; nil for nothing. Lines end as everywhere else.
  subscript(name: String) -> String? {
    guard let text = values[name]?.replacing("\r\n", with: "\n") else { return nil }
    let trimmed = text.trimmingPrefix(while: \.isWhitespace)
    guard let last = trimmed.lastIndex(where: { !$0.isWhitespace }) else { return nil }
    return String(trimmed[...last])
  }

  /// A browser says where a form comes from (Fetch metadata, or RFC 6454), and other programs say nothing.
  private static func requireOwnPage(_ request: Request) throws(Failure) {
    if let site = request.fields[.fetchSite] {
      guard site == "same-origin" else { throw refused }
      return
    }
    guard let origin = request.fields[.origin], let host = request.fields[.host] else { return }
    // A proxy may hand the name of the host on without its port.
    func name(_ text: Substring) -> Substring { text.prefix { $0 != ":" } }
    guard let scheme = origin.firstRange(of: "://"), name(origin[scheme.upperBound...]) == name(host[...]) else {
      throw refused
    }
  }

  static let refused = Failure(
    .formRefused, en: "This form belongs to another session or another site. Nothing was changed: open the page again.",
    inIndonesian: "Formulir ini milik sesi atau situs lain. Tidak ada yang berubah: buka kembali halamannya.")
}

extension HTTPField.Name {
  static let fetchSite = known("Sec-Fetch-Site")
  static let origin = known("Origin")
  static let host = known("Host")
}
