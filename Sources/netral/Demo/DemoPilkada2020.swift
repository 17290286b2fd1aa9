internal import Domain

/// A history of Pilkada 2020 that passes through the figures KASN and BKN published between June and November 2020, as
/// import lines.
///
/// Counts at the published dates are the published ones, and nothing happens after the last of them. What lies between
/// two dates is spread evenly over its days, and whatever else a publication leaves open evenly over the cases; positions,
/// violation forms and provinces follow the shares of the other demo cases. Every name, number and text is synthetic.
enum DemoPilkada2020 {
  /// So many things happen from one day to another, evenly spread.
  private struct Span {
    let from, until: LegalDate
    let count: Int

    init(_ from: String, _ until: String, _ count: Int) {
      self.from = .demo(from)
      self.until = .demo(until)
      self.count = count
    }

    var dates: [LegalDate] {
      let days = until.day - from.day + 1
      return (0..<count).map { from.adding(days: $0 * days / count) }
    }
  }

  /// Of each group of `size`, the first `among` of which are looked at, so many are taken, evenly spread.
  private struct Share {
    let size, among, taken: Int

    init(_ taken: Int, among: Int, of size: Int) { (self.taken, self.among, self.size) = (taken, among, size) }

    var picks: [Bool] {
      (0..<size).map { $0 < among && ($0 + 1) * taken / among > $0 * taken / among }
    }
  }

  /// Reported: 369, 456, 490, 694, 827.
  private static let receipts = [
    Span("2020-01-06", "2020-06-26", 369), Span("2020-06-27", "2020-07-31", 87), Span("2020-08-01", "2020-08-19", 34),
    Span("2020-08-20", "2020-09-30", 204), Span("2020-10-01", "2020-11-05", 133),
  ]
  /// Of those received in each span, those that are recommended sooner or later.
  private static let recommended = [
    Share(320, among: 369, of: 369), Share(60, among: 87, of: 87), Share(20, among: 34, of: 34),
    Share(130, among: 204, of: 204), Share(76, among: 96, of: 133),
  ]
  /// Recommended: 283, 372, 492, 606.
  private static let recommendations = [
    Span("2020-01-20", "2020-06-26", 283), Span("2020-06-27", "2020-08-19", 89), Span("2020-08-20", "2020-09-30", 120),
    Span("2020-10-01", "2020-11-05", 114),
  ]
  /// Of those recommended in each span, those that are followed up by 5 November.
  private static let followedUp = [
    Share(200, among: 283, of: 283), Share(60, among: 89, of: 89), Share(70, among: 120, of: 120),
    Share(32, among: 60, of: 114),
  ]
  /// Followed up: 99, 194, 256, 362.
  private static let decisions = [
    Span("2020-02-10", "2020-06-26", 99), Span("2020-06-27", "2020-08-19", 95), Span("2020-08-20", "2020-09-30", 62),
    Span("2020-10-01", "2020-11-05", 106),
  ]
  /// Of the 244 that wait for the PPK, those whose clock ran out first, and the 72 of them that are blocked.
  private static let blocked = [Share(72, among: 112, of: 244)]
  private static let blocks = [Span("2020-10-05", "2020-11-05", 72)]

  private static let lastDay = LegalDate.demo("2020-11-05")
  private static let determinedOn = LegalDate.demo("2020-09-23")

  /// What the publications tell about a case.
  private struct Road {
    let receivedOn: LegalDate
    var recommendedOn: LegalDate?
    var decidedOn: LegalDate?
    var blockedOn: LegalDate?
  }

  /// The lines, in order of receipt.
  static func lines(_ reference: Reference) -> [[UInt8]] {
    let roads = roads
    let regencies = reference.entries.filter { $0.kind == .regions && $0.code.utf8.count == 5 }.map(\.code)
      .filter { reference.region($0, on: roads[0].receivedOn) != nil }
    let positions = DemoShares.spread(DemoShares.positions, over: roads.count)
    let regions = DemoShares.regions(regencies, over: roads.count)
    let violations = violations(roads, reference)
    // As in the other election, no property follows another.
    return roads.indices.map { index in
      var item = DemoCase(
        index: DemoCases.count + index, election: "pilkada-2020", region: regions[index * 353 % roads.count],
        institution: regions[index * 353 % roads.count], position: positions[index * 487 % roads.count],
        violation: violations[index], actOn: actOn(index, roads[index]), receivedOn: roads[index].receivedOn,
        agency: index % 5 < 3 ? .bawaslu : .kasn, reference: "\(DemoCase.padded(index + 1, 4))/LP")
      if index % 12 == 5 { item.institution = centralInstitutions[index / 12 % centralInstitutions.count] }
      item.acts = acts(index, roads[index], item, reference)
      return item.line
    }
  }

  private static let centralInstitutions = ["kemenag", "kemenkes", "kemenkumham", "kemenkeu", "bps", "bkkbn"]

  private static var roads: [Road] {
    var roads = receipts.flatMap(\.dates).map { Road(receivedOn: $0) }
    let recommended = taken(roads.indices, recommended)
    for (index, date) in zip(recommended, recommendations.flatMap(\.dates)) { roads[index].recommendedOn = date }
    let decided = taken(recommended, followedUp)
    for (index, date) in zip(decided, decisions.flatMap(\.dates)) { roads[index].decidedOn = date }
    let waiting = recommended.filter { roads[$0].decidedOn == nil }
    for (index, date) in zip(taken(waiting, blocked), blocks.flatMap(\.dates)) { roads[index].blockedOn = date }
    return roads
  }

  private static func taken(_ indices: some Sequence<Int>, _ shares: [Share]) -> [Int] {
    zip(indices, shares.flatMap(\.picks)).filter(\.1).map(\.0)
  }

  private static func actOn(_ index: Int, _ road: Road) -> LegalDate { road.receivedOn.adding(days: -3 - index % 4) }

  /// Forms of the time before candidates were determined, and of the time after it.
  private static func violations(_ roads: [Road], _ reference: Reference) -> [String] {
    let isEarly = roads.indices.map { actOn($0, roads[$0]) < determinedOn }
    func forms(_ period: String, _ count: Int) -> [String] {
      let shares = DemoShares.violations.filter { [period, "any"].contains(reference.violations[$0.0]?.period) }
      let spread = DemoShares.spread(shares, over: count)
      return spread.indices.map { spread[$0 * 631 % count] }
    }
    var early = forms("before_determination", isEarly.count { $0 })[...]
    var late = forms("after_determination", isEarly.count { !$0 })[...]
    return isEarly.map { $0 ? early.removeFirst() : late.removeFirst() }
  }
}

/// What each agency did.
extension DemoPilkada2020 {
  private static func acts(_ index: Int, _ road: Road, _ item: DemoCase, _ reference: Reference) -> [DemoAct] {
    let verified = road.receivedOn.adding(days: 2 + index % 4)
    let studied = verified.adding(days: 3 + index / 4 % 2)
    let verification = DemoAct.verification(index % 2 == 0 ? .bawaslu : .kasn, verified)
    let studying: AgencyCode = index % 3 == 0 ? .kasn : .bawaslu
    guard let recommendedOn = road.recommendedOn else {
      let open = openActs(index, verification, studying, studied)
      return open.contains { $0.date > lastDay } ? [] : open
    }
    let level = reference.violations[item.violation]?.sanctionLevel ?? ""
    let number = DemoCase.padded(index + 1, 4)
    var acts = [verification, DemoAct.study(studying, studied, violationFound: true)]
    acts.append(
      DemoAct(
        "recommendations", .kasn, recommendedOn,
        [
          ("outcome", "recommended"), ("letter_number", "R-\(number)/CONTOH/2020"),
          ("proposed_sanction", sanction(level, index)),
        ]))
    if let decidedOn = road.decidedOn {
      let isCentral = item.institution != item.region
      let recording: [AgencyCode] = isCentral ? [.panrb, .bkn, .kasn] : [.kasn, .bkn, .kemendagri]
      acts.append(DemoAct("decisions", recording[index / 12 % 3], decidedOn, decision(index, level, number)))
    }
    if let blockedOn = road.blockedOn {
      acts.append(DemoAct("blocks", .bkn, blockedOn, [("letter_number", "B-\(number)/CONTOH/2020")]))
    }
    return acts
  }

  /// Of what was never recommended: unproven, or waiting somewhere; a few lapsed or were withdrawn.
  private static func openActs(_ index: Int, _ verification: DemoAct, _ studying: AgencyCode, _ studied: LegalDate)
    -> [DemoAct]
  {
    let reported: AgencyCode = index % 5 < 3 ? .bawaslu : .kasn
    switch index % 31 {
    case 3: return [verification, DemoAct("lapses", .bkn, studied, [("reason", "retired")])]
    case 17: return [DemoAct("cancellations", reported, studied, [("reason", "Alasan contoh (sintetis).")])]
    default: break
    }
    switch index % 7 {
    case 0, 2, 5: return [verification, .study(studying, studied, violationFound: false)]
    case 1, 4: return [verification, .study(studying, studied, violationFound: true)]
    case 3: return [verification]
    default: return []
    }
  }

  private static func decision(_ index: Int, _ level: String, _ number: String) -> [(String, String)] {
    let decree = ("decree_number", "SK-\(number)/CONTOH/2020")
    if index % 20 == 13 { return [("outcome", "not_proven"), decree] }
    let sanctioned = [("outcome", "sanctioned"), decree]
    if index % 9 == 4 {
      return sanctioned + [
        ("sanction", "RIN-\(index / 9 % 3 + 1)"), ("deviation_reason", "Alasan contoh (sintetis)."),
      ]
    }
    return sanctioned + [("sanction", sanction(level, index / 5))]
  }

  /// A sanction of a level, as PP 53/2010 has them.
  private static func sanction(_ level: String, _ number: Int) -> String {
    let codes: [String: [String]] = [
      "moral": ["MOR-TUTUP", "MOR-BUKA"], "medium": ["P53-S1", "P53-S2", "P53-S3"],
      "heavy": ["P53-B1", "P53-B2", "P53-B3", "P53-B4", "P53-B5"], "dismissal": ["PTDH"],
    ]
    let known = codes[level] ?? ["RIN-1"]
    return known[number % known.count]
  }
}
