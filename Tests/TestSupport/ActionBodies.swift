public import Domain

/// Bodies of actions that are right in themselves.
public enum ActionBodies {
  /// A body that leads on along the main road, with the legal date `date`.
  public static func valid(_ kind: ActionKind, on date: String, clock: ClockKind = .ppkFollowUp) -> String {
    let rest =
      switch kind {
      case .verifications: #""outcome":"accepted""#
      case .studies: #""outcome":"violation","summary":"Ringkasan.""#
      case .recommendations: #""outcome":"recommended","letter_number":"R-1","proposed_sanction":"BER-1""#
      case .decisions: #""outcome":"sanctioned","decree_number":"SK-1","sanction":"BER-1""#
      case .blocks: #""letter_number":"B-1""#
      case .blockReleases: #""proof":"SK-1""#
      case .appeals: #""route":"objection""#
      case .rulings: #""outcome":"upheld""#
      case .closures: #""idis_reference":"I-1""#
      case .cancellations: #""reason":"Laporan ganda.""#
      case .lapses: #""reason":"retired""#
      case .escalations: #""letter_number":"E-1","addressee":"Gubernur""#
      case .clockPauses:
        """
        "clock":"\(clock.rawValue)","until":"\(LegalDate(date)?.adding(days: 10).description ?? "")",\
        "ground":"awaiting_document","reason":"Menunggu dokumen."
        """
      case .clockResumptions:
        "\"clock\":\"\(clock.rawValue)\",\"reason\":\"Menunggu dokumen.\""
      case .notes: #""text":"Catatan.""#
      }
    return "{\"occurred_on\":\"\(date)\",\(rest)}"
  }
}
