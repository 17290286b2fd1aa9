internal import Domain
internal import HTTPTypes

/// Who may use a route. There is no default: every route says it.
enum Gate: Sendable, Equatable {
  /// No key is asked for.
  case open
  /// Any valid key, of an agency or the operator.
  case anyKey
  /// A key of an agency with this scope. An operator's key never passes: an operator sees no case.
  case agency(Scope)
  /// The operator's key with scope `admin`.
  case administrator
}

/// One endpoint.
struct Route: Sendable {
  let method: HTTPRequest.Method
  /// Segments in braces are parameters.
  let template: String
  let gate: Gate
  let action: @Sendable (Exchange) async throws -> Answer

  init(
    _ method: HTTPRequest.Method, _ template: String, _ gate: Gate,
    _ action: @escaping @Sendable (Exchange) async throws -> Answer
  ) {
    self.method = method
    self.template = template
    self.gate = gate
    self.action = action
  }
}

/// EVERY endpoint.
enum Routes {
  static let all: [Route] =
    [
      Route(.get, "/livez", .open, OperationRoutes.live),
      Route(.get, "/readyz", .open, OperationRoutes.ready),
      Route(.get, "/docs/problems/{code}", .open, ProblemPages.show),

      Route(.post, "/v1/cases", .agency(.casesWrite), CaseRoutes.create),
      Route(.get, "/v1/cases", .agency(.casesRead), CaseListRoutes.list),
      Route(.get, "/v1/cases/{id}", .agency(.casesRead), CaseRoutes.show),
      Route(.patch, "/v1/cases/{id}", .agency(.casesWrite), CorrectionRoutes.correct),
      Route(.get, "/v1/cases/{id}/history", .agency(.casesRead), HistoryRoutes.list),
      Route(.get, "/v1/cases/{id}/allowed-actions", .agency(.casesRead), ActionRoutes.allowed),

      Route(.post, "/v1/cases/{id}/correction-requests", .agency(.casesWrite), CorrectionRoutes.request),
      Route(.get, "/v1/cases/{id}/correction-requests", .agency(.casesRead), CorrectionRoutes.list),
      Route(.post, "/v1/cases/{id}/correction-requests/{n}/acceptance", .agency(.casesWrite), CorrectionRoutes.accept),
      Route(.post, "/v1/cases/{id}/correction-requests/{n}/refusal", .agency(.casesWrite), CorrectionRoutes.refuse),

      Route(.post, "/v1/cases/{id}/links", .agency(.casesWrite), LinkRoutes.create),
      Route(.get, "/v1/cases/{id}/links", .agency(.casesRead), LinkRoutes.list),
      Route(.get, "/v1/cases/{id}/related", .agency(.casesRead), LinkRoutes.related),

      Route(.get, "/v1/clocks", .agency(.casesRead), ClockRoutes.list),
      Route(.post, "/v1/classification", .agency(.casesRead), ClassificationRoutes.suggest),
      Route(.post, "/v1/imports", .agency(.imports), ImportRoutes.run),

      Route(.get, "/v1/changes", .agency(.sync), FeedRoutes.list),
      Route(.get, "/v1/exports/cases", .agency(.sync), ExportRoutes.cases),
      Route(.post, "/v1/reconciliations", .agency(.sync), ReconciliationRoutes.compare),
      Route(.get, "/v1/reconciliations", .anyKey, ReconciliationRoutes.list),

      Route(.get, "/v1/figures/{id}", .agency(.statistics), FigureRoutes.show),
      Route(.post, "/v1/published-figures", .agency(.statistics), PublishedFigureRoutes.create),
      Route(.get, "/v1/published-figures", .agency(.statistics), PublishedFigureRoutes.list),
      Route(.get, "/v1/published-figures/{n}", .agency(.statistics), PublishedFigureRoutes.show),

      Route(.get, "/v1/reference/{kind}", .anyKey, ReferenceRoutes.list),
      Route(.get, "/v1/whoami", .anyKey, CallerRoutes.whoami),
      Route(.get, "/v1/policy", .anyKey, CallerRoutes.policy),

      Route(.post, "/v1/admin/keys", .administrator, KeyRoutes.create),
      Route(.get, "/v1/admin/keys", .administrator, KeyRoutes.list),
      Route(.get, "/v1/admin/keys/{id}", .administrator, KeyRoutes.show),
      Route(.delete, "/v1/admin/keys/{id}", .administrator, KeyRoutes.revoke),
      Route(.post, "/v1/admin/keys/{id}/rotation", .administrator, KeyRoutes.rotate),
      Route(.get, "/v1/admin/mandates", .administrator, ReferenceRoutes.listMandates),
      Route(.put, "/v1/admin/mandates", .administrator, ReferenceRoutes.putMandates),
      Route(.put, "/v1/admin/reference/{kind}", .administrator, ReferenceRoutes.put),
    ]
    + StatisticKind.allCases.map { kind in
      Route(.get, "/v1/statistics/\(kind.rawValue)", .agency(.statistics)) { try await StatisticRoutes.show(kind, $0) }
    }
    + PublicRoutes.Statistic.allCases.map { statistic in
      Route(.get, "/v1/public/statistics/\(statistic.rawValue)", .open) { try await PublicRoutes.show(statistic, $0) }
    }
    + ActionKind.allCases.map { kind in
      Route(.post, "/v1/cases/{id}/\(kind.rawValue)", .agency(.casesWrite)) { try await ActionRoutes.take(kind, $0) }
    }
}

/// One line per endpoint, for `netral routes`: method, path, and who may use it.
public func routeTable() -> [(method: String, path: String, gate: String)] {
  Routes.all.map { route in
    let gate =
      switch route.gate {
      case .open: "open"
      case .anyKey: "any key"
      case .agency(let scope): "agency, \(scope.rawValue)"
      case .administrator: "operator, admin"
      }
    return (route.method.rawValue, route.template, gate)
  }
}
