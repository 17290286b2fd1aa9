/// Which sanctions the law knows on a day, and which of them fit a violation form.
extension Reference {
  /// First day of PP 94/2021; before it PP 53/2010 applies.
  private static let pp94From = LegalDate(day: 18_870)  // 2021-08-31

  /// The sanction with this code if the regime of the act's date knows it.
  ///
  /// PP 94/2021's allowance cuts cannot be carried out yet: each names an interim substitute of the old regime, which
  /// is therefore known too.
  func sanction(_ code: String, actOn date: LegalDate) -> Sanction? {
    guard let sanction = sanctions[code] else { return nil }
    let regime = date < Self.pp94From ? "PP53_2010" : "PP94_2021"
    if sanction.regime == "all" || sanction.regime == regime { return sanction }
    let isSubstitute = sanctions.values.contains { $0.regime == regime && $0.interimSubstitute == code }
    return isSubstitute ? sanction : nil
  }

  /// True when the sanction's level is the level of the violation form's band. A form without a level has no band.
  func isInBand(_ sanction: Sanction, of violation: String?) -> Bool {
    guard let violation, let level = violations[violation]?.sanctionLevel else { return true }
    return sanction.level == level
  }

  /// The sanction that an act proposes or gives: of the regime of the act's date, and of the person's employment.
  ///
  /// - Throws: `invalid` with `unknown_code`, `not_in_force` or `inconsistent` at `pointer`.
  func requireSanction(_ code: String, of facts: Facts, pointer: String) throws(Failure) -> Sanction {
    let date = facts.act.occurredOn
    let sanction = try requireSanction(code, actOn: date, pointer: pointer)
    guard sanction.fits(facts.subject.employment) else {
      let fitting = sanctions.values.filter {
        $0.level == sanction.level && $0.fits(facts.subject.employment) && self.sanction($0.code, actOn: date) != nil
      }
      let codes = fitting.map(\.code).sorted().joined(separator: ", ")
      let employment = facts.subject.employment.rawValue
      throw .invalid(
        pointer, .inconsistent,
        LocalizedText(
          en: "This sanction is not for the employment \(employment). Those of its level that are: \(codes).",
          inIndonesian: "Sanksi ini bukan untuk status kepegawaian \(employment). Yang setingkat untuknya: \(codes)."))
    }
    return sanction
  }

  /// - Throws: `invalid` at `/sanction` when a ruling that reduces or increases names a sanction of no lower or higher level
  ///   than the one on record, or one that changes names the same. A changed one may be of any level: PP 79/2021 has five
  ///   outcomes, and systems that know three of them say `changed` of all that is neither upheld nor annulled.
  func requireDirection(_ outcome: RulingOutcome, from decision: Decision?, to sanction: Sanction) throws(Failure) {
    let recorded = decision?.sanctionLevel ?? decision?.sanction.flatMap { sanctions[$0]?.level }
    if outcome == .changed, let code = decision?.sanction, code == sanction.code {
      throw .invalid(
        "/sanction", .inconsistent,
        LocalizedText(
          en: "This is the sanction on record already: the outcome of such a ruling is upheld.",
          inIndonesian: "Ini sanksi yang sudah tercatat: hasil putusan seperti itu upheld."))
    }
    guard outcome != .changed, let recorded else { return }
    let (before, now) = (SanctionOutcome.rank(recorded), SanctionOutcome.rank(sanction.level))
    if outcome == .reduced ? now < before : now > before { return }
    let (word, kata) = outcome == .reduced ? ("lower", "lebih rendah") : ("higher", "lebih tinggi")
    throw .invalid(
      "/sanction", .inconsistent,
      LocalizedText(
        en:
          "With the outcome \(outcome.rawValue) the sanction has a \(word) level than the one on record, which is \(recorded); this is \(sanction.level). Within a level the outcome is changed.",
        inIndonesian:
          "Sanksi pada hasil \(outcome.rawValue) tingkatnya \(kata) daripada yang tercatat, yaitu \(recorded); ini \(sanction.level). Pada tingkat yang sama hasilnya changed."
      ))
  }

  /// The sanction with this code, of whatever employment: one on record stays when facts are corrected.
  ///
  /// - Throws: `invalid` with `unknown_code` or `not_in_force` at `pointer`.
  func requireSanction(_ code: String, actOn date: LegalDate, pointer: String) throws(Failure) -> Sanction {
    guard sanctions[code] != nil else { throw .invalid(pointer, .unknownCode) }
    guard let sanction = sanction(code, actOn: date) else {
      throw .invalid(
        pointer, .notInForce,
        LocalizedText(
          en:
            "This sanction is not known to the regime of the act's date (PP 53/2010 until 2021-08-30, then PP 94/2021).",
          inIndonesian:
            "Sanksi ini tidak dikenal oleh rezim pada tanggal perbuatan (PP 53/2010 s.d. 2021-08-30, lalu PP 94/2021)."
        ))
    }
    return sanction
  }
}
