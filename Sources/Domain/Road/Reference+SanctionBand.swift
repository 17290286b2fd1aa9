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

  /// The sanction of an action, checked.
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
