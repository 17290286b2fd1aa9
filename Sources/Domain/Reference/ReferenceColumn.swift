/// A column of reference data: what its values are, and what they say.
public struct ReferenceColumn: Sendable {
  /// What a value is.
  public enum Form: Sendable, Equatable {
    case text
    /// One of these.
    case code([String])
    case date, number, flag
    /// Texts, in a cell separated by `|`.
    case list
    /// The contests of an election, in a cell as the JSON array that they are.
    case contests
  }

  public let name: String
  public let form: Form
  public let meaning: String
  /// Every row fills it.
  public let isRequired: Bool
  /// Recorded cases were judged by it and figures are counted by it: it never changes.
  private(set) var isSettled = false

  fileprivate static func needed(_ name: String, _ form: Form, _ meaning: String) -> ReferenceColumn {
    ReferenceColumn(name: name, form: form, meaning: meaning, isRequired: true)
  }

  fileprivate static func free(_ name: String, _ form: Form, _ meaning: String) -> ReferenceColumn {
    ReferenceColumn(name: name, form: form, meaning: meaning, isRequired: false)
  }

  fileprivate static func needed(_ name: String, oneOf codes: [String]) -> ReferenceColumn {
    needed(name, .code(codes), codes.joined(separator: ", "))
  }

  fileprivate static func needed<Code: RawRepresentable & CaseIterable>(_ name: String, oneOf type: Code.Type)
    -> ReferenceColumn
  where Code.RawValue == String { needed(name, oneOf: type.allCases.map(\.rawValue)) }

  fileprivate static func free(_ name: String, oneOf codes: [String]) -> ReferenceColumn {
    free(name, .code(codes), codes.joined(separator: ", "))
  }

  fileprivate var settled: ReferenceColumn {
    var column = self
    column.isSettled = true
    return column
  }
}

extension ReferenceKind {
  /// The columns of a row, in the order in which a table has them. The first one is the key.
  public var columns: [ReferenceColumn] { Self.tables[self] ?? table }

  private static let tables = Dictionary(uniqueKeysWithValues: allCases.map { ($0, $0.table) })

  private var table: [ReferenceColumn] {
    switch self {
    case .violations:
      [
        .needed("code", .text, "code of the form"), .needed("catalogue", .text, "catalogue that lists it"),
        .needed("conduct", .text, "the conduct it is about"),
      ] + Self.labels + [
        .needed("aspect", .text, "aspect of neutrality"), .needed("category", oneOf: Violation.categories).settled,
        .needed("period", oneOf: Violation.periods),
        .needed("requires_no_unpaid_leave", .flag, "fits only who is not on unpaid leave"),
        .free("sanction_level", oneOf: SanctionOutcome.levels).settled,
        .needed("sanctions", .list, "codes of the sanctions in its band"), .needed("legal_basis", .list, "articles"),
        .free("confidence", .text, "how well the row is sourced"),
      ] + Self.term
    case .sanctions:
      [
        .needed("code", .text, "code of the sanction"), .needed("level", oneOf: SanctionOutcome.levels).settled,
      ] + Self.labels + [
        .needed("legal_basis", .text, "articles"), .needed("regime", oneOf: Sanction.regimes).settled,
        .free("interim_substitute", .text, "code of the sanction that stands in for it"),
      ] + Self.term + [
        .free("employment", .code(Sanction.employments), "to whom it is given: pns (CPNS too) or pppk; empty: all"),
        .free("confidence", .text, "how well the row is sourced"),
      ]
    case .regions:
      [
        .needed("code", .text, "PP of a province, PP.KK of a regency or city"), .needed("name", .text, "name"),
        .needed("level", oneOf: Region.levels), .free("province", .text, "PP of its province; a province has none"),
      ] + Self.term
    case .institutions:
      [
        .needed("code", .text, "code; a region's government has the region's"), .needed("name", .text, "name"),
        .needed("kind", oneOf: InstitutionKind.self).settled,
      ] + Self.term
    case .elections:
      [
        .needed("key", .text, "key, as pilkada-2024"), .needed("name_id", .text, "Indonesian name"),
        .free("name_en", .text, "English name"), .needed("kind", .text, "kind of the election"),
        .free("voting_on", .date, "day of voting; empty while it is not decreed"),
        .free("regions_count", .number, "regions that take part"),
        .needed(
          "contests", .contests,
          "array of {key, determined_on, campaign_from, campaign_until, voting_on, confidence}; days that are not decreed are left out"
        ),
      ]
    case .positions: [.needed("code", .text, "code"), .needed("kind", oneOf: Position.kinds)] + Self.labels
    case .agencies:
      [
        .needed("code", .text, "code of the agency"), .needed("name_id", .text, "Indonesian name"),
        .needed("name_en", .text, "English name"),
      ] + Self.term + [
        .free("access_until", .date, "last day on which its keys read; empty: open"),
        .free("successor", .text, "code of the agency that took over"),
      ]
    case .mandates:
      [
        .needed("id", .number, "number of the mandate"), .needed("kind", oneOf: MandateKind.self),
        .needed("agency", .text, "code of the agency"), .free("from", .date, "first day; empty: since ever"),
        .free("until", .date, "last day; empty: open"), .needed("scope", oneOf: MandateScope.self),
        .needed("legal_basis", .text, "articles"),
      ]
    case .clockRules:
      [
        .needed("kind", oneOf: ClockKind.self), .needed("length", .number, "days of the period"),
        .needed("unit", oneOf: ClockUnit.self), .needed("starts_at", .text, "milestone at which it starts"),
        .needed("stops_at", .list, "milestones at which it stops"),
        .free("from", .date, "first day; empty: since ever"),
        .free("until", .date, "last day; empty: open"), .needed("time_zone", .text, "Asia/Jakarta"),
        .needed("legal_basis", .text, "articles"),
        .free("pause_days_max", .number, "longest pause in days; empty: \(ClockRule.pauseDaysStandard)"),
      ]
    case .holidays:
      [
        .needed("date", .date, "the day"), .needed("name_id", .text, "Indonesian name"),
        .free("name_en", .text, "English name"), .needed("kind", .text, "holiday or collective leave"),
        .needed("source", .text, "decree"), .free("confidence", .text, "how well the row is sourced"),
      ]
    case .retentionRules:
      [
        .needed("outcome", oneOf: Stage.allCases.filter(\.isFinal).map(\.rawValue)),
        .needed("years", .number, "years that personal values are kept, counted from the final stage"),
        .free("from", .date, "first day on which a case ends by it; empty: since ever"),
        .free("until", .date, "last day; empty: open"), .needed("legal_basis", .text, "articles"),
        .needed("reason", .text, "why so long, and no longer"),
        .free("confidence", .text, "how well the row is sourced"),
      ]
    case .motives, .sourceChannels:
      [.needed("code", .text, "code; cases may hold another text, too")] + Self.labels + [
        .needed("source", .text, "where it comes from"), .free("confidence", .text, "how well the row is sourced"),
      ] + Self.term
    }
  }

  private static let term: [ReferenceColumn] = [
    .free("valid_from", .date, "first day; empty: since ever"), .free("valid_until", .date, "last day; empty: open"),
  ]
  private static let labels: [ReferenceColumn] = [
    .needed("label_id", .text, "Indonesian label"), .needed("label_en", .text, "English label"),
  ]
}
