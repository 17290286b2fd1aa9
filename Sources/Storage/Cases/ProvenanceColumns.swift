internal import Domain
internal import GRDB

/// What waits for confirmation and for whom a disputed case exists, each as one column; NULL in nearly every row.
enum ProvenanceColumns {
  /// `version agency milestones;` for each act; nil for none.
  static func text(_ acts: [UnconfirmedAct]) -> String? {
    acts.isEmpty ? nil : acts.map { "\($0.version) \($0.agency) \($0.milestones);" }.joined()
  }

  /// ` AGENCY AGENCY `, so that each stands between blanks.
  static func text(_ agencies: [AgencyCode]) -> String {
    " " + agencies.map(\.rawValue).joined(separator: " ") + " "
  }

  /// - Throws: `DatabaseError` when the text was not made by `text(_:)`.
  static func acts(_ text: String?) throws -> [UnconfirmedAct] {
    guard let text else { return [] }
    return try text.split(separator: ";").map { act in
      let words = act.split(separator: " ")
      guard words.count == 3, let version = Int(words[0]), let milestones = UInt16(words[2]) else {
        throw DatabaseError(message: "a stored act to confirm is malformed")
      }
      return UnconfirmedAct(version: version, agency: AgencyCode(rawValue: String(words[1])), milestones: milestones)
    }
  }

  static func agencies(_ text: String?) -> [AgencyCode]? {
    text.map { $0.split(separator: " ").map { AgencyCode(rawValue: String($0)) } }
  }

  /// A condition on the rows of a table: something waits for one of the agencies.
  static func awaits(_ agencies: [AgencyCode], in table: String) -> SQLCondition {
    let parts = agencies.map { SQLCondition("instr(\(table).unconfirmed, ?)", [text([$0])]) }
    return .all([SQLCondition("\(table).unconfirmed IS NOT NULL"), .any(parts)])
  }
}
