internal import Domain
internal import HTTPTypes
internal import Service

/// EVERY endpoint; pages behind a sign-in are in `AppRoutes`.
enum Routes {
  static let all: [Route] =
    [
      Route(.get, "/", .open, .homePage) { try await PageRoutes.home($0, $1.releases, $1.pages) },
      Route(.get, "/forms", .open, .formsPage) { try PageRoutes.forms($0, $1.releases.reference, $1.pages) },
      Route(.get, "/data", .open, .dataPage) { try await DataRoutes.show($0, $1.releases, $1.pages) },
      Route(.get, "/codes", .open, .codesPage) { try CodeRoutes.index($0, $1.releases.reference, $1.pages) },
      Route(.get, "/codes/{list}", .open, .codeListPage) { try CodeRoutes.list($0, $1.releases.reference, $1.pages) },

      Route(.get, "/livez", .open, .live) { _, _ in OperationRoutes.live() },
      Route(.get, "/readyz", .open, .ready) { try await OperationRoutes.ready($0, $1.watching.readiness) },
      Route(.get, "/metrics", .administratorOrLocal, .metrics) {
        await MetricsRoutes.show($0, $1.watching, $1.metrics, $1.waiting)
      },
      Route(.get, "/openapi.json", .optionalKey, .openAPI) {
        DocumentationRoutes.openAPI($0, $1.documentation.openAPI)
      },
      Route(.get, "/openapi-3.0.json", .optionalKey, .openAPI30) {
        DocumentationRoutes.openAPI($0, $1.documentation.openAPI30)
      },
      Route(.get, "/docs", .open, .documentation) {
        try DocumentationRoutes.page($0, $1.documentation, $1.pages)
      },
      Route(.get, "/docs/cookbook", .open, .cookbook) {
        try DocumentationRoutes.page($0, $1.documentation, $1.pages)
      },
      Route(.get, "/docs/problems", .open, .problems) {
        try DocumentationRoutes.page($0, $1.documentation, $1.pages)
      },
      Route(.get, "/docs/problems/{code}", .open, .problem) {
        try DocumentationRoutes.page($0, $1.documentation, $1.pages)
      },
      Route(.get, "/docs/{group}", .open, .documentationGroup) {
        try DocumentationRoutes.page($0, $1.documentation, $1.pages)
      },
      Route(.get, "/docs/{group}/shapes", .open, .documentationShapes) {
        try DocumentationRoutes.page($0, $1.documentation, $1.pages)
      },
      Route(.get, "/favicon.ico", .open, .icon) { _, _ in DocumentationRoutes.icon() },
      Route(.get, "/docs/style.css", .open, .styleSheet) { _, _ in DocumentationRoutes.styleSheet() },

      Route(.get, "/v1/record/checkpoint", .counted, .checkpoint) { try RecordRoutes.checkpoint($0, $1.log) },
      Route(.get, "/v1/record/keys", .counted, .keyHandovers) { try RecordRoutes.keys($0, $1.log) },
      Route(.get, "/v1/record/tile/{path}", .open, .tile) { try RecordRoutes.tile($0, $1.log) }.withTail,
      Route(.get, "/v1/record/leaves", .agency(.sync), .listLeaves) { try await RecordRoutes.leaves($0, $1.log) },
      Route(.get, "/v1/record/administration", .anyKey, .administration) {
        try RecordRoutes.administration($0, $1.log)
      },
      Route(.get, "/v1/record/witnesses", .counted, .listWitnesses) { try RecordRoutes.witnesses($0, $1.log) },
      Route(.put, "/v1/record/witness", .recording([.sync]), .registerWitness) {
        try await RecordRoutes.register($0, $1.log)
      },
      Route(.post, "/v1/record/cosignatures", .recording([.sync]), .cosign) {
        try await RecordRoutes.cosign($0, $1.log)
      },

      Route(.post, "/v1/cases", .recording([.casesWrite]), .createCase) { try await CaseRoutes.create($0, $1.cases) },
      Route(.get, "/v1/cases", .agency(.casesRead), .listCases) {
        try await CaseListRoutes.list($0, $1.cases, $1.rendered)
      },
      Route(.post, "/v1/case-searches", .agency(.casesRead), .searchCases) {
        try await CaseListRoutes.search($0, $1.cases, $1.rendered)
      },
      .showing(.get, "/v1/cases/{id}", .agency(.casesRead), .showCase) {
        try CaseRoutes.show($0, $1, $2.cases, $2.rendered)
      },
      .ofCase(.patch, "/v1/cases/{id}", .recording([.casesWrite]), .correctCase) {
        try await CorrectionRoutes.correct($0, $1, $2.corrections)
      },
      .ofCase(.get, "/v1/cases/{id}/history", .agency(.casesRead), .caseHistory) {
        try await HistoryRoutes.list($0, $1, $2.cases)
      },
      .ofCase(.get, "/v1/cases/{id}/allowed-actions", .agency(.casesRead), .allowedActions) {
        try ActionRoutes.allowed($0, $1, $2.acts)
      },

      .ofCase(.post, "/v1/cases/{id}/evidence", .recording([.casesWrite]), .addEvidence) {
        try await EvidenceRoutes.add($0, $1, $2.evidence)
      },
      .ofCase(.get, "/v1/cases/{id}/evidence", .agency(.casesRead), .listEvidence) {
        try EvidenceRoutes.list($0, $1, $2.evidence)
      },
      .ofCase(.get, "/v1/cases/{id}/evidence/{sha256}", .agency(.casesRead), .getEvidence) {
        try await EvidenceRoutes.file($0, $1, $2.evidence)
      },
      .ofCase(.get, "/v1/cases/{id}/evidence/{sha256}/custody", .agency(.casesRead), .evidenceCustody) {
        try await EvidenceRoutes.custody($0, $1, $2.evidence)
      },
      .ofCase(.post, "/v1/cases/{id}/evidence/{sha256}/withdrawal", .recording([.casesWrite]), .withdrawEvidence) {
        try await EvidenceRoutes.withdraw($0, $1, $2.evidence)
      },

      .ofCase(.post, "/v1/cases/{id}/correction-requests", .recording([.casesWrite]), .requestCorrection) {
        try await CorrectionRoutes.request($0, $1, $2.corrections)
      },
      .ofCase(.get, "/v1/cases/{id}/correction-requests", .agency(.casesRead), .listCorrections) {
        try await CorrectionRoutes.list($0, $1, $2.corrections)
      },
      .ofCase(.post, "/v1/cases/{id}/correction-requests/{n}/acceptance", .recording([.casesWrite]), .acceptCorrection)
      { try await CorrectionRoutes.decide($0, $1, $2.corrections, accepting: true) },
      .ofCase(.post, "/v1/cases/{id}/correction-requests/{n}/refusal", .recording([.casesWrite]), .refuseCorrection) {
        try await CorrectionRoutes.decide($0, $1, $2.corrections, accepting: false)
      },

      .ofCase(.post, "/v1/cases/{id}/links", .recording([.casesWrite]), .createLink) {
        try await LinkRoutes.create($0, $1, $2.links)
      },
      .ofCase(.get, "/v1/cases/{id}/links", .agency(.casesRead), .listLinks) {
        try await LinkRoutes.list($0, $1, $2.links)
      },
      .ofCase(.get, "/v1/cases/{id}/related", .agency(.casesRead), .relatedCases) {
        try await LinkRoutes.related($0, $1, $2.links)
      },

      .ofCase(.post, "/v1/cases/{id}/confirmations", .recording([.casesWrite]), .confirm) {
        try await ConfirmationRoutes.answer($0, $1, $2.confirmations)
      },
      Route(.post, "/v1/confirmations", .recording([.casesWrite]), .confirmMany) {
        try await ConfirmationRoutes.answerMany($0, $1.confirmations)
      },

      .ofCase(.post, "/v1/cases/{id}/erasures", .recording([.casesWrite]), .eraseCase) {
        try await RetentionRoutes.erase($0, $1, $2.retention)
      },
      .ofCase(.post, "/v1/cases/{id}/retention-holds", .recording([.casesWrite]), .holdRetention) {
        try await RetentionRoutes.hold($0, $1, $2.retention)
      },
      .ofCase(.get, "/v1/cases/{id}/retention-holds", .agency(.casesRead), .listHolds) {
        try RetentionRoutes.holds($0, $1, $2.retention)
      },
      .ofCase(.post, "/v1/cases/{id}/retention-holds/{n}/release", .recording([.casesWrite]), .releaseRetention) {
        try await RetentionRoutes.release($0, $1, $2.retention)
      },
      Route(.put, "/v1/agencies/{agency}/sealing-key", .recording([.casesWrite]), .registerSealingKey) {
        try await SealingKeyRoutes.register($0, $1.sealingKeys)
      },
      Route(.get, "/v1/agencies/{agency}/sealing-key", .anyKey, .showSealingKeys) {
        try SealingKeyRoutes.show($0, $1.sealingKeys)
      },

      Route(.get, "/v1/retention", .agencyOrAdministrator(.casesRead), .listRetention) {
        try await RetentionRoutes.list($0, $1.retention)
      },

      Route(.get, "/v1/clocks", .agency(.casesRead), .listClocks) { try await ClockRoutes.list($0, $1.clocks) },
      Route(.post, "/v1/classification", .agency(.casesRead), .classify) {
        try await ClassificationRoutes.suggest($0, $1.cases)
      },
      Route(.post, "/v1/imports", .recording([.imports, .migration]), .importCases) {
        try await ImportRoutes.run($0, $1.imports)
      },

      Route(.get, "/v1/evidence-files", .agencyHolding([.imports, .migration]), .listEvidenceFiles) {
        try EvidenceFileRoutes.list($0, $1.deliveries)
      },
      Route(.get, "/v1/evidence-files/{sha256}", .agencyHolding([.imports, .migration]), .showEvidenceFile) {
        try EvidenceFileRoutes.show($0, $1.deliveries)
      },
      Route(.put, "/v1/evidence-files/{sha256}", .recording([.imports, .migration]), .putEvidenceFile) {
        try await EvidenceFileRoutes.put($0, $1.deliveries)
      },

      Route(.get, "/v1/changes", .agency(.sync), .changes) {
        try await FeedRoutes.list($0, $1.feed, $1.rendered, $1.metrics)
      },
      Route(.get, "/v1/exports/cases", .agency(.sync), .exportCases) { try await ExportRoutes.cases($0, $1.exports) },
      Route(.post, "/v1/reconciliations", .agency(.sync), .reconcile) {
        try await ReconciliationRoutes.compare($0, $1.reconciliations, $1.metrics)
      },
      Route(.get, "/v1/reconciliations", .anyKey, .listReconciliations) {
        try ReconciliationRoutes.list($0, $1.reconciliations)
      },

      Route(.get, "/v1/figures/{id}", .agency(.statistics), .showFigure) {
        try await FigureRoutes.show($0, $1.figures)
      },
      Route(
        .post, "/v1/published-figures", .recording([.statistics]), .createPublishedFigure
      ) { try await PublishedFigureRoutes.create($0, $1.publishedFigures) },
      Route(.get, "/v1/published-figures", .agency(.statistics), .listPublishedFigures) {
        try await PublishedFigureRoutes.list($0, $1.publishedFigures)
      },
      Route(.get, "/v1/published-figures/{n}", .agency(.statistics), .showPublishedFigure) {
        try await PublishedFigureRoutes.show($0, $1.publishedFigures)
      },

      Route(.get, "/v1/reference/{kind}", .anyKey, .listReference) { try ReferenceRoutes.list($0, $1.referenceData) },
      Route(.get, "/v1/whoami", .anyKey, .whoami) { try CallerRoutes.whoami($0, $1.keys) },
      Route(.get, "/v1/keys", .anyAgency, .listOwnKeys) { try KeyListRoutes.list($0, $1.keys) },
      Route(.get, "/v1/policy", .anyKey, .policy) { _, _ in CallerRoutes.policy() },

      Route(.post, "/v1/admin/keys", .administrator, .createKey) { try await KeyRoutes.create($0, $1.keys) },
      Route(.get, "/v1/admin/keys", .administrator, .listKeys) { try KeyRoutes.list($0, $1.keys) },
      Route(.get, "/v1/admin/keys/{id}", .administrator, .showKey) { try KeyRoutes.show($0, $1.keys) },
      Route(.delete, "/v1/admin/keys/{id}", .administrator, .revokeKey) { try await KeyRoutes.revoke($0, $1.keys) },
      Route(.post, "/v1/admin/keys/{id}/rotation", .administrator, .rotateKey) {
        try await KeyRoutes.rotate($0, $1.keys)
      },
      Route(.post, "/v1/admin/backups", .administrator, .createBackup) {
        try await BackupRoutes.create($0, $1.backups)
      },
      Route(.get, "/v1/admin/backups", .administrator, .listBackups) { try await BackupRoutes.list($0, $1.backups) },
      Route(.post, "/v1/admin/releases", .administrator, .makeReleases) {
        try await ReleaseRoutes.make($0, $1.releases)
      },
      Route(.get, "/v1/admin/mandates", .administrator, .listMandates) {
        try ReferenceRoutes.listMandates($0, $1.referenceData)
      },
      Route(.put, "/v1/admin/mandates", .administrator, .putMandates) {
        try await ReferenceRoutes.putMandates($0, $1.referenceData)
      },
      Route(.put, "/v1/admin/reference/{kind}", .administrator, .putReference) {
        try await ReferenceRoutes.put($0, $1.referenceData)
      },
    ]
    + StatisticKind.allCases.map { kind in
      Route(.get, "/v1/statistics/\(kind.rawValue)", .agency(.statistics), .statistic(kind)) {
        try await StatisticRoutes.show(kind, $0, $1.figures)
      }
    }
    + [Route(.get, "/v1/public/releases", .counted, .releases) { try await PublicRoutes.list($0, $1.releases) }]
    + PublicRoutes.Statistic.allCases.map { statistic in
      Route(.get, "/v1/public/statistics/\(statistic.rawValue)", .counted, .release(statistic)) {
        try await PublicRoutes.show(statistic, $0, $1.releases)
      }
    }
    + ActionKind.allCases.map { kind in
      .ofCase(.post, "/v1/cases/{id}/\(kind.rawValue)", .recording([.casesWrite]), .act(kind)) {
        try await ActionRoutes.take(kind, $0, $1, $2.acts)
      }
    }
}

/// One line per endpoint, for `netral routes`: method, path, and who may use it.
public func routeTable() -> [(method: String, path: String, gate: String)] {
  Routes.all.map { ($0.method.rawValue, $0.template, $0.gate.description) }
}
