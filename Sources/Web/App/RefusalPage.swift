internal import Domain
internal import HTTPServer
internal import HTTPTypes

/// A refusal as people read it, where they have asked for a page.
enum RefusalPage {
  /// Within the pages of a session.
  static func answer(_ failure: Failure, _ app: AppCall) -> Answer {
    var context = RefusalView(failure: failure, text: app.text).context
    context["requestID"] = app.call.requestID
    let start = AppPlace.allCases.first { $0.isOpen(to: app.caller) } ?? .overview
    context["back"] = ["href": start.rawValue, "name": app.text(start.name)] as PageShell.Context
    let title = app.text(failure.code.problem.title)
    var answer = AppPage(app: app, place: nil).answer(
      title, "refusal", context, status: failure.code.problem.status)
    if let seconds = failure.retryAfterSeconds {
      answer.fields.append(Response.Field(name: .retryAfter, value: "\(seconds)"))
    }
    return answer
  }

  /// Whether a request that was refused came from somebody who looks at pages.
  static func suits(_ request: Request, _ path: Substring) -> Bool {
    if path == "/app" || path.hasPrefix("/app/") { return true }
    guard request.method == .get || request.method == .head, !path.hasPrefix("/v1") else { return false }
    return request.fields[.accept]?.contains("text/html") == true
  }

  /// Without a session, or before it was known. A page behind the sign-in leads there.
  static func response(_ failure: Failure, _ request: Request, _ paths: PathSpelling, requestID: String) -> Response {
    let path = paths.plain(request.path)
    let isApp = path == "/app" || path.hasPrefix("/app/")
    let isData = path.hasPrefix("/app/data/")
    if failure.code == .unauthenticated, isApp, !isData, request.method == .get || request.method == .head {
      return SignInRoutes.redirect(from: request, paths)
    }
    let text = PageText(language(request))
    var context = RefusalView(failure: failure, text: text).context
    context["requestID"] = requestID
    let toSignIn = LocalizedText(en: "Sign in", inIndonesian: "Masuk")
    let toStart = LocalizedText(en: "To the start", inIndonesian: "Ke halaman awal")
    let ended = LocalizedText(
      en: "Your session has ended. Sign in in another tab, then reload this page: what you have written is still here.",
      inIndonesian:
        "Sesi Anda telah berakhir. Masuklah di tab lain, lalu muat ulang halaman ini: isian Anda masih ada.")
    if failure.code == .unauthenticated { (context["detail"], context["explanation"]) = (text(ended), "") }
    context["back"] =
      (isApp ? ["href": "/app/sign-in", "name": text(toSignIn)] : ["href": "/", "name": text(toStart)])
      as PageShell.Context
    let html = PageShell(text: text, place: nil, query: "").html(failure.code.problem.title, "refusal", context)
    let status = failure.code.problem.status
    var fields = Page.fields
    fields.append(Response.Field(name: .contentType, value: "text/html; charset=utf-8"))
    if status == .serviceUnavailable || status == .tooManyRequests {
      fields.append(Response.Field(name: .retryAfter, value: "\(failure.retryAfterSeconds ?? 1)"))
    }
    return Response(status: status, fields: fields, body: .bytes(paths.prefixingLinks(in: html)))
  }

  /// Indonesian, as pages are, unless the browser or the address asks for English.
  private static func language(_ request: Request) -> Language {
    if let query = request.query, query.split(separator: "&").contains("lang=en") { return .english }
    guard let accepted = request.fields[.acceptLanguage] else { return .indonesian }
    return accepted.lowercased().hasPrefix("en") ? .english : .indonesian
  }
}
