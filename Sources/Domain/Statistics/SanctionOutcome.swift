/// How a decision or recommendation ended, in the order in which it is shown: with a sanction of a level, or without one
/// in a way that has a name. Reference data may know further levels.
public enum SanctionOutcome: String, Sendable, CaseIterable {
  case moral, light, medium, heavy, dismissal
  /// A sanction that reference data do not know.
  case unknown
  case notProven = "not_proven"
  case annulled
  /// A recommendation that proposes none.
  case open

  /// Levels in the order of severity.
  public static let levels = [moral, light, medium, heavy, dismissal].map(\.rawValue)
  /// What ends without a sanction.
  static let without = [notProven, annulled, open]

  /// What people read; the level itself where reference data has added one.
  public static func label(of level: String) -> LocalizedText {
    switch SanctionOutcome(rawValue: level) {
    case .moral: LocalizedText(en: "Moral sanction", inIndonesian: "Sanksi moral")
    case .light: LocalizedText(en: "Light", inIndonesian: "Ringan")
    case .medium: LocalizedText(en: "Medium", inIndonesian: "Sedang")
    case .heavy: LocalizedText(en: "Heavy", inIndonesian: "Berat")
    case .dismissal: LocalizedText(en: "Dismissal", inIndonesian: "Pemberhentian")
    case .notProven: LocalizedText(en: "Not proven", inIndonesian: "Tidak terbukti")
    case .annulled: LocalizedText(en: "Annulled", inIndonesian: "Dibatalkan putusan")
    case .open: LocalizedText(en: "No sanction proposed", inIndonesian: "Tanpa usulan sanksi")
    case .unknown, nil: LocalizedText(en: level, inIndonesian: level)
    }
  }

  /// Where a level stands among all; one that reference data has added follows the others.
  static func rank(_ level: String) -> Int {
    SanctionOutcome(rawValue: level).flatMap { allCases.firstIndex(of: $0) } ?? levels.count
  }

  /// Sanctions are numbered as their codes, what ends without one follows.
  static func number(of entry: CaseStates.Entry, _ counted: SanctionsCounted, _ codeCount: Int) -> Int {
    switch counted {
    case .proposed: entry.proposed == 0 ? codeCount + 2 : Int(entry.proposed)
    case .decided where entry.sanction != 0: Int(entry.sanction)
    case .decided: codeCount + (entry.flags.contains(.decidedNotProven) ? 0 : 1)
    }
  }

  /// Level and code of every number.
  static func all(_ codes: CodeTable, _ reference: Reference) -> [(level: String, code: String?)] {
    codes.texts.map { text in
      let (code, level) = CaseStates.Codes.parts(ofSanction: text)
      // The level as which it was recorded: reference data may know the code otherwise now.
      return (level: level ?? reference.sanctions[code]?.level ?? unknown.rawValue, code: code)
    }
      + without.map { (level: $0.rawValue, code: nil) }
  }
}
