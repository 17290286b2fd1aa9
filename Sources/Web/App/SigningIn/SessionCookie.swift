internal import HTTPServer
internal import HTTPTypes

/// The cookie of a session (RFC 6265bis): no script reads it, no other site sends it, and the browser forgets it when it
/// ends.
enum SessionCookie {
  /// Behind TLS the name has a prefix that browsers take only with `Secure`.
  private static let names = (plain: "netral_session", secure: "__Secure-netral_session")

  /// What a request's cookie says; nil for none, and for several, of which one may be somebody else's.
  static func token(of request: Request) -> String? {
    guard let field = request.fields[.cookie] else { return nil }
    let wanted = isSecure(request) ? names.secure : names.plain
    let values = field.split(separator: ";").compactMap { pair -> Substring? in
      let parts = pair.drop { $0 == " " }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return parts.count == 2 && parts[0] == wanted ? parts[1] : nil
    }
    guard values.count == 1, let value = values.first, value.utf8.count == 43 else { return nil }
    return String(value)
  }

  /// The field that gives a browser its session, or takes it away.
  ///
  /// - Parameter paths: as the client spells them.
  static func field(_ token: String?, for request: Request, _ paths: PathSpelling) -> Response.Field {
    let isSecure = isSecure(request)
    let attributes =
      "; Path=\(paths.prefix)/app; HttpOnly; SameSite=Strict\(isSecure ? "; Secure" : "")"
      + (token == nil ? "; Max-Age=0" : "")
    return Response.Field(
      name: .setCookie, value: "\(isSecure ? names.secure : names.plain)=\(token ?? "")\(attributes)")
  }

  /// Whether the client came by TLS, as a proxy says. Whoever makes that up only makes the cookie harder to take.
  private static func isSecure(_ request: Request) -> Bool {
    request.fields[.forwarded]?.lowercased().contains("proto=https") == true
      || request.fields[.forwardedProto]?.lowercased() == "https"
  }
}

extension HTTPField.Name {
  static let cookie = known("Cookie")
  static let setCookie = known("Set-Cookie")
  static let forwardedProto = known("X-Forwarded-Proto")
}
