internal import Domain

/// A filter in the question, and the same filter written in Swift.
struct Filter: Sendable {
  var name: String
  var set: @Sendable (inout CaseQuery) -> Void
  var matches: @Sendable (Case) -> Bool

  private init(
    _ name: String, _ set: @escaping @Sendable (inout CaseQuery) -> Void,
    _ matches: @escaping @Sendable (Case) -> Bool
  ) {
    self.name = name
    self.set = set
    self.matches = matches
  }

  /// True when a clock of the case, but that of filing an appeal, has run out by 2025-01-31.
  private static func isOverdue(_ record: Case) -> Bool {
    record.progress.clocks.contains { $0.kind != .appealFiling && $0.isOverdue(on: date("2025-01-31")) }
  }

  static let all: [Filter] =
    codes + [
      Filter("act from", { $0.occurred.from = date("2024-10-01") }, { $0.facts.act.occurredOn >= date("2024-10-01") }),
      Filter(
        "act until", { $0.occurred.until = date("2024-10-01") }, { $0.facts.act.occurredOn <= date("2024-10-01") }),
      Filter(
        "verified", { $0.milestones[.verified] = DateSpan(from: date("2024-10-03"), until: date("2024-10-20")) },
        { record in
          record.progress.milestones[.verified].map { $0 >= date("2024-10-03") && $0 <= date("2024-10-20") } ?? false
        }),
      Filter(
        "decided since", { $0.milestones[.decided] = DateSpan(from: date("2024-01-01")) },
        { $0.progress.milestones[.decided].map { $0 >= date("2024-01-01") } ?? false }),
      Filter("overdue", { $0.overdue = true }, { isOverdue($0) }),
      Filter("not overdue", { $0.overdue = false }, { !isOverdue($0) }),
      Filter(
        "several", { ($0.reportedBy, $0.category, $0.overdue) = (.bawaslu, "discipline", true) },
        { $0.facts.source.agency == .bawaslu && $0.facts.violation?.category == "discipline" && isOverdue($0) }),
    ]

  private static let codes: [Filter] = [
    Filter("one stage", { $0.stages = [.verified] }, { $0.progress.stage == .verified }),
    Filter(
      "stages", { $0.stages = [.blocked, .recommended, .lapsed] },
      { [.blocked, .recommended, .lapsed].contains($0.progress.stage) }),
    Filter("election", { $0.election = "pilkada-2020" }, { $0.facts.election == "pilkada-2020" }),
    Filter("province", { $0.region = RegionCode("16") }, { $0.facts.region.province == "16" }),
    Filter("city", { $0.region = RegionCode("16.71") }, { $0.facts.region.text == "16.71" }),
    Filter("institution", { $0.institution = "kemenag" }, { $0.facts.institution.code == "kemenag" }),
    Filter("violation", { $0.violation = "LN-13" }, { $0.facts.violation?.code == "LN-13" }),
    Filter("category", { $0.category = "discipline" }, { $0.facts.violation?.category == "discipline" }),
    Filter(
      "position level", { $0.positionLevel = .administrator }, { $0.facts.subject.positionLevel == .administrator }),
    Filter("reported by", { $0.reportedBy = .panrb }, { $0.facts.source.agency == .panrb }),
    Filter("report number", { $0.agencyRef = "7/LP/2024" }, { $0.facts.source.agencyRef == "7/LP/2024" }),
  ]
}
