internal import Domain
internal import TestSupport
internal import Testing

/// Corrections, and acts that are recorded late, on some cases of Pilkada 2020; through the API, by those who may.
struct LaterChanges {
  private var chosen: [String: RecordedDays.Item] = [:]
  private var numbers: [String: String] = [:]

  /// Identities of the cases of these names.
  func ids(_ names: String...) -> Set<String> { Set(names.compactMap { chosen[$0]?.id.description }) }

  /// What tells which case one is.
  func secrets(of name: String) -> [String] { ids(name) + [numbers[name]].compactMap { $0 } }

  init(_ items: [RecordedDays.Item], _ visitor: Visitor) throws {
    try choose(items, visitor)
    try correct(visitor)
    try act(visitor)
  }

  /// Each case is used once.
  private mutating func choose(_ items: [RecordedDays.Item], _ visitor: Visitor) throws {
    var left = items
    func take(_ name: String, _ suits: (RecordedDays.Item) -> Bool) throws {
      let found = left.firstIndex(where: suits)
      let index = try #require(found, "\(name)")
      let item = left.remove(at: index)
      chosen[name] = item
      numbers[name] = try visitor.get(item.path, as: .bkn).json["number"].string
    }
    let (june, never) = (Sample.date("2020-06-26"), Sample.date("2099-12-31"))
    func date(_ item: RecordedDays.Item, _ kind: ActionKind) -> LegalDate { item.date(of: kind) ?? never }
    func isDecided(_ item: RecordedDays.Item) -> Bool {
      item.isRegional && item.isSanctioned && date(item, .decisions) <= june
    }
    func waits(_ item: RecordedDays.Item, since day: String) -> Bool {
      item.isRegional && date(item, .recommendations) <= Sample.date(day) && item.date(of: .decisions) == nil
        && item.date(of: .blocks) == nil
    }
    try take("moved", isDecided)
    try take("reclassified") { isDecided($0) && $0.draft.facts.violation?.code == "KE-04" }
    try take("election") { isDecided($0) && $0.isEthics }
    try take("annulled", isDecided)
    try take("changed") { isDecided($0) && $0.draft.facts.violation?.code == "DS-08" }
    try take("person", isDecided)
    try take("namesake") { waits($0, since: "2020-06-26") }
    try take("decided") { waits($0, since: "2020-07-31") && !$0.isEthics }
    try take("cancelled") { waits($0, since: "2020-09-30") }
    for name in ["late1", "late2"] { try take(name) { $0.isRegional && $0.draft.facts.source.receivedOn == june } }
    try take("early") { $0.draft.facts.source.receivedOn == Sample.date("2020-08-01") }
    try take("released") { date($0, .blocks) <= Sample.date("2020-10-31") }
    try take("rejected") {
      !$0.isRegional && !$0.isEthics && $0.actions.isEmpty
        && $0.draft.facts.source.receivedOn > Sample.date("2020-10-01")
    }
  }

  private func patch(_ name: String, _ members: String, _ visitor: Visitor) throws {
    let item = try #require(chosen[name])
    let answer = try visitor.patch(item.path, as: .bkn, "{\(members),\"reason\":\"Koreksi contoh.\"}")
    guard answer.status == 200 else { throw Unexpected(answer) }
  }

  /// Moves a settled day of receipt: one agency asks, another one decides.
  private func move(_ name: String, to day: String, _ visitor: Visitor) throws {
    let path = try #require(chosen[name]).path
    let asked = try visitor.post(
      "\(path)/correction-requests", as: .bkn,
      #"{"patch":{"source":{"received_on":"\#(day)"}},"reason":"Koreksi contoh."}"#)
    guard let number = asked.json["number"].int else { throw Unexpected(asked) }
    try visitor.must("correction-requests/\(number)/acceptance", on: path, as: .bawaslu, #"{"reason":"Benar."}"#)
  }

  private func correct(_ visitor: Visitor) throws {
    try patch("moved", #""institution":"kemenag""#, visitor)
    try patch("reclassified", #""violation":"DS-08""#, visitor)
    try patch("election", #""election":"pilkada-2018""#, visitor)
    for name in ["late1", "late2"] { try move(name, to: "2020-06-27", visitor) }
    try move("early", to: "2020-07-31", visitor)
    let nip = try #require(chosen["person"]?.draft.facts.subject.nip?.text)
    try patch("namesake", #""subject":{"nip":"\#(nip)"}"#, visitor)
  }

  private func act(_ visitor: Visitor) throws {
    func act(_ name: String, _ action: String, _ agency: AgencyCode, _ on: String, _ members: String) throws {
      let item = try #require(chosen[name])
      try visitor.must(action, on: item.path, as: agency, "{\"occurred_on\":\"\(on)\",\(members)}")
    }
    try act("decided", "decisions", .kasn, "2020-08-10", Self.lightDecision)
    for name in ["annulled", "changed"] { try act(name, "appeals", .panrb, "2020-07-10", #""route":"objection""#) }
    try act("annulled", "rulings", .bkn, "2020-09-15", #""outcome":"annulled""#)
    try act("changed", "rulings", .bkn, "2020-09-15", #""outcome":"changed","sanction":"RIN-1""#)
    let owner = try #require(chosen["cancelled"]?.draft.facts.source.agency)
    try act("cancelled", "cancellations", owner, "2020-10-15", #""reason":"Laporan ganda.""#)
    try act("released", "block-releases", .bkn, "2020-11-01", #""proof":"Surat contoh""#)
    try act("rejected", "verifications", .bkn, "2020-11-04", #""outcome":"rejected","reason":"Bukan ASN.""#)
  }

  private static let lightDecision =
    #""outcome":"sanctioned","decree_number":"SK-1","sanction":"RIN-2","deviation_reason":"Alasan contoh.""#
}

extension RecordedDays.Item {
  /// True for the institutions KEMENDAGRI sees.
  var isRegional: Bool { draft.facts.institution.code == draft.facts.region.text }

  var isEthics: Bool { draft.facts.violation?.code.hasPrefix("KE") ?? false }

  /// True when the PPK decided on a sanction that is not a light one.
  var isSanctioned: Bool {
    actions.contains { step in
      if case .decision(.sanctioned, _, let sanction?, nil, _) = step.action.content {
        !sanction.isEmpty
      } else {
        false
      }
    }
  }
}
