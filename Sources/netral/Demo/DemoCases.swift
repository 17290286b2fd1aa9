internal import Domain

/// The cases of Pilkada 2024 in the proportions SBT reported on 4 December 2024, as import lines.
///
/// Counts by stage are the published ones; positions and violation forms follow the published shares of Pemilu 2024
/// (the latest there are), provinces the published counts; whatever a publication leaves open is spread evenly. Every
/// name, number and text is synthetic.
enum DemoCases {
  /// How many there are.
  static let count = Fate.allCases.map(\.count).reduce(0, +)

  private enum Fate: CaseIterable {
    case awaitingVerification, awaitingPPK, lapsed, notProven, cancelled, rejected

    /// Reports of 4 December 2024; the last are outside the total of 1,158.
    var count: Int {
      switch self {
      case .awaitingVerification: 667
      case .awaitingPPK: 436
      case .lapsed: 4
      case .notProven: 24
      case .cancelled: 27
      case .rejected: 60
      }
    }
  }

  /// The lines, in order of receipt.
  static func lines(_ reference: Reference) -> [[UInt8]] {
    let fates = Fate.allCases.flatMap { Array(repeating: $0, count: $0.count) }
    let regencies = reference.entries.filter { $0.kind == .regions && $0.code.utf8.count == 5 }.map(\.code)
    let positions = DemoShares.spread(DemoShares.positions, over: count)
    let violations = DemoShares.spread(DemoShares.violations, over: count)
    let regions = DemoShares.regions(regencies, over: count)
    // A stride that shares no factor with the total visits every case once, so that no property follows another.
    return (0..<count).map { index in
      line(
        index, fate: fates[index], position: positions[index * 487 % count], violation: violations[index * 631 % count],
        region: regions[index * 353 % count])
    }
  }

  private static func line(_ index: Int, fate: Fate, position: String, violation: String, region: String) -> [UInt8] {
    // Acts fall before the determination (22 September 2024) for ethics rows, after it for discipline rows.
    let isEarly = violation.hasPrefix("KE") || ["DS-03", "DS-09", "DS-11"].contains(violation)
    let act = LegalDate.demo(isEarly ? "2024-08-01" : "2024-09-23", plus: index * 7 % (isEarly ? 50 : 30))
    let received = act.adding(days: 3 + index % 4)
    let item = DemoCase(
      index: index, election: "pilkada-2024", region: region, institution: region, position: position,
      violation: violation, actOn: act, receivedOn: received, agency: .bawaslu,
      reference: "\(DemoCase.padded(index + 1, 4))/LP/PB", acts: acts(index, fate, received))
    return item.line
  }

  private static func acts(_ index: Int, _ fate: Fate, _ received: LegalDate) -> [DemoAct] {
    let verified = received.adding(days: 4)
    let studied = verified.adding(days: 4)
    let recommended = studied.adding(days: 5)
    let reason = [("reason", "Alasan contoh (sintetis).")]
    switch fate {
    case .awaitingVerification: return []
    case .rejected: return [DemoAct("verifications", .bkn, verified, [("outcome", "rejected")] + reason)]
    case .awaitingPPK:
      let letter = "R-\(DemoCase.padded(index + 1, 4))/CONTOH/2024"
      return [
        .verification(.bkn, verified), .study(.bawaslu, studied, violationFound: true),
        DemoAct(
          "recommendations", recommended < kasnUntil ? .kasn : .bkn, recommended,
          [("outcome", "recommended"), ("letter_number", letter)]),
      ]
    case .notProven: return [.verification(.bkn, verified), .study(.bawaslu, studied, violationFound: false)]
    case .cancelled: return [DemoAct("cancellations", .bawaslu, verified, reason)]
    case .lapsed:
      return [
        DemoAct("lapses", .bkn, verified, [("reason", ["retired", "dismissed", "resigned", "retired"][index % 4])])
      ]
    }
  }

  /// The mandate to recommend passed from KASN to BKN on 1 September 2024.
  private static let kasnUntil = LegalDate.demo("2024-09-01")
}
