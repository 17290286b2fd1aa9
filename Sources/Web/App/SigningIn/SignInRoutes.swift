internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import Service

/// Signing in and out.
enum SignInRoutes {
  /// GET /app/sign-in: `lang`, `next`.
  static func show(_ call: Call) throws(Failure) -> Answer {
    page(call, try PageText(call), next: call.query["next"], said: nil)
  }

  /// POST /app/sign-in: `key`, or `key_id` of one that the client's certificate is bound to.
  static func signIn(_ call: Call) async throws -> Answer {
    let text = try PageText(call)
    let form = try await SentForm(call)
    let (keys, now) = (call.site.keys, call.asker.now)
    let caller: Caller
    do throws(Failure) {
      if let id = form["key_id"] {
        guard let known = keys.callers(byCertificateOf: call.request, at: now).first(where: { $0.key.id == id }) else {
          throw .unauthenticated
        }
        try known.pass(.session(of: .anybody))
        caller = known
      } else {
        caller = try keys.caller(signingInWith: form["key"] ?? "", call.request, at: now)
      }
    } catch {
      let said = error.code == .unauthenticated ? refused : error.detail
      return page(call, text, next: form["next"], said: said, error.code.problem.status)
    }
    // Whoever had a session in this browser has it no longer.
    keys.sessions.end(call.request)
    let token = keys.sessions.begin(with: caller.key, in: text.language, at: now)
    let start = caller.agency == nil ? AppPlace.operation.rawValue : AppPlace.overview.rawValue
    return AppPage.redirect(
      to: own(form["next"]) ?? start, [SessionCookie.field(token, for: call.request, call.site.paths)])
  }

  /// POST /app/sign-out
  static func signOut(_ app: AppCall, _ form: SentForm) -> Answer {
    app.call.site.keys.sessions.end(app.call.request)
    return AppPage.redirect(
      to: "/app/sign-in?said=out", [SessionCookie.field(nil, for: app.call.request, app.call.site.paths)])
  }

  /// Where somebody without a session is led who asked for a page.
  static func redirect(from request: Request, _ paths: PathSpelling) -> Response {
    let path = paths.plain(request.path)
    let isGet = request.method == .get || request.method == .head
    let target = isGet ? path + (request.query.map { "?\($0)" } ?? "") : "/app"
    let query = path == "/app" ? "" : "?next=\(Query.encode(String(target)))"
    return Response(
      status: .seeOther, fields: [Response.Field(name: .location, value: "\(paths.prefix)/app/sign-in\(query)")])
  }

  /// A page of these, and nothing else: an address must not lead whoever signs in out of the service.
  private static func own(_ next: String?) -> String? {
    guard let next, next.hasPrefix("/app"), next.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x5C }) else {
      return nil
    }
    let rest = next.dropFirst(4)
    return rest.isEmpty || rest.hasPrefix("/") || rest.hasPrefix("?") ? next : nil
  }

  private static let refused = LocalizedText(
    en: "This key is not valid here: it is wrong, has ended, or is bound to another network or certificate.",
    inIndonesian:
      "Kunci ini tidak berlaku di sini: salah, sudah berakhir, atau terikat pada jaringan atau sertifikat lain.")
  private static let signedOut = LocalizedText(en: "You have signed out.", inIndonesian: "Anda telah keluar.")

  private static func page(
    _ call: Call, _ text: PageText, next: String?, said: LocalizedText?, _ status: HTTPResponse.Status = .ok
  ) -> Answer {
    let keys = call.site.keys.callers(byCertificateOf: call.request, at: call.asker.now).map { caller in
      [
        "id": caller.key.id, "label": caller.key.label, "owner": caller.agency?.rawValue ?? "operator",
      ] as PageShell.Context
    }
    let shell = PageShell(text: text, place: .app, query: "")
    var context: PageShell.Context = [
      "next": own(next) ?? "", "keys": keys, "hasCertificate": !keys.isEmpty, "langQuery": shell.langQuery,
    ]
    let isOut = call.query["said"] == "out" && call.request.method != .post
    if let said = said ?? (isOut ? signedOut : nil) { context["said"] = text(said) }
    let title = LocalizedText(en: "Sign in", inIndonesian: "Masuk")
    return AppPage.answer(shell.html(title, "signin", context), call, status)
  }
}
