internal import Domain

/// A history of Pilkada 2020 that passes through the figures KASN and BKN published between June and November 2020, as
/// import lines.
///
/// `pilkada_2020.csv` has a row a case, in order of receipt. Counts at the published dates are the published ones:
/// reported 369, 456, 490, 694, 827; recommended 283, 372, 492, 606; followed up 99, 194, 256, 362; blocked 72. Nothing
/// happens after the last of them. What lies between two dates was spread evenly over its days, and whatever else a
/// publication leaves open evenly over the cases; positions, violation forms and provinces follow the shares of the
/// other demo cases. Every name, number and text is synthetic.
enum DemoPilkada2020 {
  /// The lines, in order of receipt.
  ///
  /// - Throws: `CSVError`, `ExitFailure` when the table in the program is broken.
  static func lines() throws -> [[UInt8]] {
    try DemoRow.rows(of: PackageResources.pilkada_2020_csv).map(line)
  }

  private static func line(_ row: DemoRow) throws -> [UInt8] {
    guard let region = row["region"], let institution = row["institution"], let position = row["position"],
      let violation = row["violation"], let actOn = row.date("act_on"), let receivedOn = row.date("received_on"),
      let agency = row.agency("agency")
    else { throw ExitFailure("a demo case of 2020 lacks what every case has") }
    let number = DemoCase.padded(row.index + 1, 4)
    return DemoCase(
      index: DemoCases.count + row.index, election: "pilkada-2020", region: region, institution: institution,
      position: position, violation: violation, actOn: actOn, receivedOn: receivedOn, agency: agency,
      reference: "\(number)/LP", acts: acts(row, number)
    ).line
  }

  /// What each agency did.
  private static func acts(_ row: DemoRow, _ number: String) -> [DemoAct] {
    var acts: [DemoAct] = []
    if let (agency, date) = row.act("verified") { acts.append(.verification(agency, date)) }
    if let (agency, date) = row.act("studied") {
      acts.append(.study(agency, date, violationFound: row["study"] == "violation"))
    }
    if let date = row.date("recommended_on"), let sanction = row["proposed_sanction"] {
      let letter = ("letter_number", "R-\(number)/CONTOH/2020")
      let members = [("outcome", "recommended"), letter, ("proposed_sanction", sanction)]
      acts.append(DemoAct("recommendations", .kasn, date, members))
    }
    if let (agency, date) = row.act("decided"), let decision = row["decision"] {
      acts.append(DemoAct("decisions", agency, date, members(of: decision, decree: "SK-\(number)/CONTOH/2020")))
    }
    if let date = row.date("blocked_on") {
      acts.append(DemoAct("blocks", .bkn, date, [("letter_number", "B-\(number)/CONTOH/2020")]))
    }
    if let (agency, date) = row.act("ended"), let end = row["end"] {
      acts.append(DemoAct(end, agency, date, [("reason", end == "lapses" ? "retired" : reason)]))
    }
    return acts
  }

  private static let reason = "Alasan contoh (sintetis)."

  /// - Parameter decision: a sanction, or `not_proven`. A light one deviates from what was recommended.
  private static func members(of decision: String, decree: String) -> [(String, String)] {
    let decree = ("decree_number", decree)
    if decision == "not_proven" { return [("outcome", decision), decree] }
    let sanctioned = [("outcome", "sanctioned"), decree, ("sanction", decision)]
    return decision.hasPrefix("RIN-") ? sanctioned + [("deviation_reason", reason)] : sanctioned
  }
}
