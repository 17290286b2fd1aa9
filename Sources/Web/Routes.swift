internal import Domain
internal import HTTPTypes

/// Who may use a route. There is no default: every route says it.
enum Gate: Sendable, Equatable {
  /// No key is asked for.
  case open
  /// None is asked for either; one that is given must be valid, and is told what concerns it.
  case optionalKey
  /// Any valid key, of an agency or the operator.
  case anyKey
  /// Any valid key of an agency.
  case anyAgency
  /// A key of an agency with this scope. An operator's key never passes: an operator sees no case.
  case agency(Scope)
  /// A key with one of these scopes of an agency that exists today: what the request leaves is an act of the agency.
  case recording([Scope])
  /// The operator's key with scope `admin`.
  case administrator
  /// As `administrator`, or no key from this machine itself (``LocalPeer``).
  case administratorOrLocal

  /// True for what anybody may fetch, a page of another origin too.
  var isPublic: Bool { self == .open || self == .optionalKey }

  /// In a few words, for people.
  var description: String {
    switch self {
    case .open: "open"
    case .optionalKey: "open, or any key"
    case .anyKey: "any key"
    case .anyAgency: "any key of an agency"
    case .agency(let scope): "agency, \(scope.rawValue)"
    case .recording(let scopes): "agency in office, \(scopes.map(\.rawValue).joined(separator: " or "))"
    case .administrator: "operator, admin"
    case .administratorOrLocal: "operator, admin; or loopback"
    }
  }
}

/// One endpoint.
struct Route: Sendable {
  let method: HTTPRequest.Method
  /// Segments in braces are parameters.
  let template: String
  let gate: Gate
  let operation: Operation
  /// What an answer of it is chosen by, beside the target.
  let vary: String
  /// Its place among all routes.
  var index = 0
  let action: @Sendable (Exchange) async throws -> Answer

  init(
    _ method: HTTPRequest.Method, _ template: String, _ gate: Gate, _ operation: Operation,
    _ action: @escaping @Sendable (Exchange) async throws -> Answer
  ) {
    self.method = method
    self.template = template
    self.gate = gate
    self.operation = operation
    self.action = action
    vary =
      (operation.formats.count > 1 ? "Accept, " : "") + (gate == .optionalKey ? "Authorization, " : "")
      + "Accept-Encoding"
  }
}

/// EVERY endpoint.
enum Routes {
  static let all: [Route] =
    [
      Route(.get, "/livez", .open, .live, OperationRoutes.live),
      Route(.get, "/readyz", .open, .ready, OperationRoutes.ready),
      Route(.get, "/metrics", .administratorOrLocal, .metrics, MetricsRoutes.show),
      Route(.get, "/openapi.json", .optionalKey, .openAPI, DocumentationRoutes.openAPI),
      Route(.get, "/docs", .open, .page(.init(en: "The documentation", id: "Dokumentasi")), DocumentationRoutes.index),
      Route(
        .get, "/docs/cookbook", .open, .page(.init(en: "Every operation in curl", id: "Setiap operasi dalam curl")),
        DocumentationRoutes.cookbook),
      Route(
        .get, "/docs/problems", .open, .page(.init(en: "Every problem", id: "Setiap masalah")),
        DocumentationRoutes.problems),
      Route(
        .get, "/docs/problems/{code}", .open,
        .page(.init(en: "What a problem means", id: "Arti suatu masalah"), path: ["clock_running"]),
        DocumentationRoutes.problem),
      Route(.get, "/docs/style.css", .open, .styleSheet, DocumentationRoutes.styleSheet),

      Route(.post, "/v1/cases", .recording([.casesWrite]), .createCase, CaseRoutes.create),
      Route(.get, "/v1/cases", .agency(.casesRead), .listCases, CaseListRoutes.list),
      Route(.post, "/v1/case-searches", .agency(.casesRead), .searchCases, CaseListRoutes.search),
      Route(.get, "/v1/cases/{id}", .agency(.casesRead), .showCase, CaseRoutes.show),
      Route(.patch, "/v1/cases/{id}", .recording([.casesWrite]), .correctCase, CorrectionRoutes.correct),
      Route(.get, "/v1/cases/{id}/history", .agency(.casesRead), .caseHistory, HistoryRoutes.list),
      Route(.get, "/v1/cases/{id}/allowed-actions", .agency(.casesRead), .allowedActions, ActionRoutes.allowed),

      Route(
        .post, "/v1/cases/{id}/correction-requests", .recording([.casesWrite]), .requestCorrection,
        CorrectionRoutes.request),
      Route(.get, "/v1/cases/{id}/correction-requests", .agency(.casesRead), .listCorrections, CorrectionRoutes.list),
      Route(
        .post, "/v1/cases/{id}/correction-requests/{n}/acceptance", .recording([.casesWrite]), .acceptCorrection,
        CorrectionRoutes.accept),
      Route(
        .post, "/v1/cases/{id}/correction-requests/{n}/refusal", .recording([.casesWrite]), .refuseCorrection,
        CorrectionRoutes.refuse),

      Route(.post, "/v1/cases/{id}/links", .recording([.casesWrite]), .createLink, LinkRoutes.create),
      Route(.get, "/v1/cases/{id}/links", .agency(.casesRead), .listLinks, LinkRoutes.list),
      Route(.get, "/v1/cases/{id}/related", .agency(.casesRead), .relatedCases, LinkRoutes.related),

      Route(
        .post, "/v1/cases/{id}/confirmations", .recording([.casesWrite]), .confirm, ConfirmationRoutes.answer),
      Route(.post, "/v1/confirmations", .recording([.casesWrite]), .confirmMany, ConfirmationRoutes.answerMany),

      Route(.get, "/v1/clocks", .agency(.casesRead), .listClocks, ClockRoutes.list),
      Route(.post, "/v1/classification", .agency(.casesRead), .classify, ClassificationRoutes.suggest),
      Route(.post, "/v1/imports", .recording([.imports, .migration]), .importCases, ImportRoutes.run),

      Route(.get, "/v1/changes", .agency(.sync), .changes, FeedRoutes.list),
      Route(.get, "/v1/exports/cases", .agency(.sync), .exportCases, ExportRoutes.cases),
      Route(.post, "/v1/reconciliations", .agency(.sync), .reconcile, ReconciliationRoutes.compare),
      Route(.get, "/v1/reconciliations", .anyKey, .listReconciliations, ReconciliationRoutes.list),

      Route(.get, "/v1/figures/{id}", .agency(.statistics), .showFigure, FigureRoutes.show),
      Route(
        .post, "/v1/published-figures", .recording([.statistics]), .createPublishedFigure, PublishedFigureRoutes.create),
      Route(.get, "/v1/published-figures", .agency(.statistics), .listPublishedFigures, PublishedFigureRoutes.list),
      Route(.get, "/v1/published-figures/{n}", .agency(.statistics), .showPublishedFigure, PublishedFigureRoutes.show),

      Route(.get, "/v1/reference/{kind}", .anyKey, .listReference, ReferenceRoutes.list),
      Route(.get, "/v1/whoami", .anyKey, .whoami, CallerRoutes.whoami),
      Route(.get, "/v1/keys", .anyAgency, .listOwnKeys, KeyListRoutes.list),
      Route(.get, "/v1/policy", .anyKey, .policy, CallerRoutes.policy),

      Route(.post, "/v1/admin/keys", .administrator, .createKey, KeyRoutes.create),
      Route(.get, "/v1/admin/keys", .administrator, .listKeys, KeyRoutes.list),
      Route(.get, "/v1/admin/keys/{id}", .administrator, .showKey, KeyRoutes.show),
      Route(.delete, "/v1/admin/keys/{id}", .administrator, .revokeKey, KeyRoutes.revoke),
      Route(.post, "/v1/admin/keys/{id}/rotation", .administrator, .rotateKey, KeyRoutes.rotate),
      Route(.post, "/v1/admin/backups", .administrator, .createBackup, BackupRoutes.create),
      Route(.get, "/v1/admin/backups", .administrator, .listBackups, BackupRoutes.list),
      Route(.post, "/v1/admin/releases", .administrator, .makeReleases, ReleaseRoutes.make),
      Route(.get, "/v1/admin/mandates", .administrator, .listMandates, ReferenceRoutes.listMandates),
      Route(.put, "/v1/admin/mandates", .administrator, .putMandates, ReferenceRoutes.putMandates),
      Route(.put, "/v1/admin/reference/{kind}", .administrator, .putReference, ReferenceRoutes.put),
    ]
    + StatisticKind.allCases.map { kind in
      Route(.get, "/v1/statistics/\(kind.rawValue)", .agency(.statistics), .statistic(kind)) {
        try await StatisticRoutes.show(kind, $0)
      }
    }
    + [Route(.get, "/v1/public/releases", .open, .releases, PublicRoutes.list)]
    + PublicRoutes.Statistic.allCases.map { statistic in
      Route(.get, "/v1/public/statistics/\(statistic.rawValue)", .open, .release(statistic)) {
        try await PublicRoutes.show(statistic, $0)
      }
    }
    + ActionKind.allCases.map { kind in
      Route(.post, "/v1/cases/{id}/\(kind.rawValue)", .recording([.casesWrite]), .act(kind)) {
        try await ActionRoutes.take(kind, $0)
      }
    }
}

/// One line per endpoint, for `netral routes`: method, path, and who may use it.
public func routeTable() -> [(method: String, path: String, gate: String)] {
  Routes.all.map { ($0.method.rawValue, $0.template, $0.gate.description) }
}
