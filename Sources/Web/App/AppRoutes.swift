internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import Service

/// EVERY page behind a sign-in. They are no part of the interface: what they show and do, they ask of its routes.
enum AppRoutes {
  static let all: [Route] = [
    Route(.get, "/app/sign-in", .sameOrigin, .app(["next", "said"])) { call, _ in try SignInRoutes.show(call) },
    Route(.post, "/app/sign-in", .sameOrigin, .app([], takesForm: true)) { call, _ in
      try await SignInRoutes.signIn(call)
    },
    form("/app/sign-out", of: .anybody) { SignInRoutes.signOut($0, $1) },

    page("/app", of: .anybody) { app in
      if app.caller.agency == nil { return AppPage.redirect(to: AppPlace.operation.rawValue) }
      return try await OverviewPage.show(app)
    },
    page("/app/cases", CaseFilters.listed + [.limit(1...200, standard: 50), .cursor]) {
      try await AppCaseRoutes.list($0)
    },
    form("/app/cases/search") { try await AppCaseRoutes.search($0, $1) },
    page("/app/cases/new") { try await FormRoutes.report($0).show() },
    form("/app/cases/new", keepsText: true) { try await FormRoutes.report($0).take($1) },
    page("/app/cases/{id}", names("done", "after")) { try await AppCaseRoutes.show($0) },
    page("/app/cases/{id}/forms/{form}", names("item", "acts", "case_id")) { try await FormRoutes.ofCase($0).show() },
    form("/app/cases/{id}/forms/{form}", names("item"), keepsText: true) { try await FormRoutes.ofCase($0).take($1) },
    page("/app/cases/{id}/evidence/{sha256}") { try await AppCaseRoutes.custody($0) },

    page("/app/clocks", ClockRoutes.filters + [.limit(1...200, standard: 50), .cursor]) {
      try await AppListPages.clocks($0)
    },
    page(
      "/app/figures",
      [.code("statistic", StatisticKind.self, "Which statistic.")] + StatisticQuery.parameters(of: .sanctions)
    ) { try await FigurePages.show($0) },
    page("/app/figures/compare", names("first", "second")) { try await FigurePages.compare($0) },
    page("/app/figures/{id}") { try await FigurePages.issued($0) },
    page("/app/keys", [.cursor]) { try await AppListPages.keys($0) },
    page("/app/retention", of: .anybody, [.cursor]) { try await AppListPages.retention($0) },
    page("/app/record", of: .anybody, names("before")) { try await RecordPages.show($0) },
    page("/app/record/{index}", of: .anybody) { try await RecordPages.leaf($0) },

    page("/app/operation", of: .operator, names("done")) { try await OperatorPages.operation($0) },
    page("/app/operation/{form}", of: .operator, names("item")) { try await FormRoutes.ofOperator($0).show() },
    form("/app/operation/{form}", of: .operator, names("item"), keepsText: true) {
      try await FormRoutes.ofOperator($0).take($1)
    },
    page("/app/operator-keys", of: .operator, names("item") + [.cursor]) { try await OperatorPages.keys($0) },
    page("/app/reference", of: .operator, [.code("kind", ReferenceKind.self, "Which data."), .cursor]) {
      try await OperatorPages.reference($0)
    },

    Route(.get, "/app/data/{path}", .session(of: .anybody), .app(nil)) { call, services in
      try await AppCall(call, services).download()
    }.withTail,
  ]

  /// A page: what is refused is told in its place.
  private static func page(
    _ template: String, of owner: SessionOwner = .agency, _ query: [Parameter] = [],
    _ show: @escaping @Sendable (AppCall) async throws -> Answer
  ) -> Route {
    Route(.get, template, .session(of: owner), .app(query)) { call, services in
      if let clean = cleanAddress(call) { return AppPage.redirect(to: clean) }
      let app = try AppCall(call, services)
      return try await telling(app) { try await show(app) }
    }
  }

  /// A form that was sent. None is taken without the token of its session, and this is the one way in.
  ///
  /// - Parameter keepsText: whether one of another session is shown again, which `take` must not do otherwise.
  private static func form(
    _ template: String, of owner: SessionOwner = .agency, _ query: [Parameter] = [],
    keepsText: Bool = false, _ take: @escaping @Sendable (AppCall, SentForm) async throws -> Answer
  ) -> Route {
    Route(.post, template, .session(of: owner), .app(query, takesForm: true)) { call, services in
      let app = try AppCall(call, services)
      return try await telling(app) { try await take(app, try await SentForm(app, keepsText: keepsText)) }
    }
  }

  private static func names(_ names: String...) -> [Parameter] { names.map { .text($0, "") } }

  /// The address without what a form has left empty, where it has anything like that: empty means no filter to whoever
  /// fills in a form, and is a mistake at the interface.
  private static func cleanAddress(_ call: Call) -> String? {
    guard let query = call.request.query else { return nil }
    let pairs = query.split(separator: "&")
    let kept = pairs.filter { !$0.hasSuffix("=") }
    guard kept.count < pairs.count else { return nil }
    let path = call.site.paths.plain(call.request.path)
    return kept.isEmpty ? String(path) : "\(path)?\(kept.joined(separator: "&"))"
  }

  private static func telling(_ app: AppCall, _ answer: () async throws -> Answer) async throws -> Answer {
    do {
      return try await answer()
    } catch let failure as Failure where failure.code != .unauthenticated {
      return RefusalPage.answer(failure, app)
    }
  }
}

extension AppCall {
  /// GET /app/data/{path}: what `GET /v1/{path}` answers, for links and pictures of pages.
  fileprivate func download() async throws -> Answer {
    let path = call.parameters.first ?? ""
    let query = call.request.query.map { "?\($0)" } ?? ""
    return try await ask(.get, "/v1/\(path)\(query)", asDownload: true)
  }
}

extension Operation {
  /// A page behind a sign-in.
  ///
  /// - Parameter query: nil where it is handed on as it came.
  static func app(_ query: [Parameter]?, takesForm: Bool = false) -> Operation {
    Operation(
      "page", .operation, .init(en: "A page", inIndonesian: "Halaman"),
      query: query.map { $0 + [PageRoutes.lang] } ?? [], passesQueryOn: query == nil,
      body: takesForm ? Body([("application/x-www-form-urlencoded", .string)]) : nil,
      replies: [Reply(.ok, "The page.", [Reply.Content(type: "text/html", schema: nil)])], example: Example(nil))
  }

  /// The same by names alone.
  fileprivate static func app(_ names: [String], takesForm: Bool = false) -> Operation {
    app(names.map { .text($0, "") }, takesForm: takesForm)
  }
}

/// One line per page behind a sign-in, for `netral routes`: method, path, and who may use it.
public func pageTable() -> [(method: String, path: String, gate: String)] {
  AppRoutes.all.map { ($0.method.rawValue, $0.template, $0.gate.description) }
}
