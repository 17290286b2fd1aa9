internal import Domain
internal import JSON

/// A column of reference data: what its values are, in JSON and in a cell, and what they say.
struct ReferenceColumn: Sendable {
  /// What a value is.
  enum Form: Sendable, Equatable {
    case text, date, number, flag
    /// Texts, in a cell separated by `|`.
    case list
    /// The contests of an election, in a cell as the JSON array that they are.
    case contests
  }

  let name: String
  let form: Form
  let meaning: String
  var isRequired = false
}

extension ReferenceColumn {
  /// A column that every row fills.
  private static func needed(_ name: String, _ form: Form, _ meaning: String) -> ReferenceColumn {
    ReferenceColumn(name: name, form: form, meaning: meaning, isRequired: true)
  }

  private static func free(_ name: String, _ form: Form, _ meaning: String) -> ReferenceColumn {
    ReferenceColumn(name: name, form: form, meaning: meaning)
  }

  private static let term = [
    free("valid_from", .date, "first day; empty: since ever"), free("valid_until", .date, "last day; empty: open"),
  ]
  private static let labels = [
    needed("label_id", .text, "Indonesian label"), needed("label_en", .text, "English label"),
  ]

  /// The columns of each kind, in the order in which a table has them.
  static func all(of kind: ReferenceKind) -> [ReferenceColumn] {
    switch kind {
    case .violations:
      [needed("code", .text, "code of the form")]
        + [
          needed("catalogue", .text, "catalogue that lists it"), needed("conduct", .text, "the conduct it is about"),
        ] + labels + [
          needed("aspect", .text, "aspect of neutrality"),
          needed("category", .text, Violation.categories.joined(separator: ", ")),
          needed("period", .text, Violation.periods.joined(separator: ", ")),
          needed("requires_no_unpaid_leave", .flag, "fits only who is not on unpaid leave"),
          free("sanction_level", .text, SanctionOutcome.levels.joined(separator: ", ")),
          needed("sanctions", .list, "codes of the sanctions in its band"), needed("legal_basis", .list, "articles"),
          free("confidence", .text, "how well the row is sourced"),
        ] + term
    case .sanctions:
      [
        needed("code", .text, "code of the sanction"),
        needed("level", .text, SanctionOutcome.levels.joined(separator: ", ")),
      ] + labels + [
        needed("legal_basis", .text, "articles"), needed("regime", .text, Sanction.regimes.joined(separator: ", ")),
        free("interim_substitute", .text, "code of the sanction that stands in for it"),
      ] + term
    case .regions:
      [
        needed("code", .text, "PP of a province, PP.KK of a regency or city"), needed("name", .text, "name"),
        needed("level", .text, Region.levels.joined(separator: ", ")),
        free("province", .text, "PP of its province; a province has none"),
      ] + term
    case .institutions:
      [
        needed("code", .text, "code; a region's government has the region's"), needed("name", .text, "name"),
        needed("kind", .text, InstitutionKind.allCases.map(\.rawValue).joined(separator: ", ")),
      ] + term
    case .elections:
      [
        needed("key", .text, "key, as pilkada-2024"), needed("name_id", .text, "Indonesian name"),
        free("name_en", .text, "English name"), needed("kind", .text, "kind of the election"),
        free("voting_on", .date, "day of voting; empty while it is not decreed"),
        free("regions_count", .number, "regions that take part"),
        needed(
          "contests", .contests,
          "array of {key, determined_on, campaign_from, campaign_until, confidence}; days that are not decreed are left out"
        ),
      ]
    case .positions:
      [needed("code", .text, "code"), needed("kind", .text, Position.kinds.joined(separator: ", "))] + labels
    case .agencies:
      [
        needed("code", .text, "code of the agency"), needed("name_id", .text, "Indonesian name"),
        needed("name_en", .text, "English name"),
      ] + term + [
        free("access_until", .date, "last day on which its keys read; empty: open"),
        free("successor", .text, "code of the agency that took over"),
      ]
    case .mandates:
      [
        needed("id", .number, "number of the mandate"),
        needed("kind", .text, MandateKind.allCases.map(\.rawValue).joined(separator: ", ")),
        needed("agency", .text, "code of the agency"), free("from", .date, "first day; empty: since ever"),
        free("until", .date, "last day; empty: open"),
        needed("scope", .text, MandateScope.allCases.map(\.rawValue).joined(separator: ", ")),
        needed("legal_basis", .text, "articles"),
      ]
    case .clockRules:
      [
        needed("kind", .text, ClockKind.allCases.map(\.rawValue).joined(separator: ", ")),
        needed("length", .number, "days of the period"),
        needed("unit", .text, ClockUnit.allCases.map(\.rawValue).joined(separator: ", ")),
        needed("starts_at", .text, "milestone at which it starts"),
        needed("stops_at", .list, "milestones at which it stops"), free("from", .date, "first day; empty: since ever"),
        free("until", .date, "last day; empty: open"), needed("time_zone", .text, "Asia/Jakarta"),
        needed("legal_basis", .text, "articles"),
        free("pause_days_max", .number, "longest pause in days; empty: 30"),
      ]
    case .holidays:
      [
        needed("date", .date, "the day"), needed("name_id", .text, "Indonesian name"),
        free("name_en", .text, "English name"), needed("kind", .text, "holiday or collective leave"),
        needed("source", .text, "decree"), free("confidence", .text, "how well the row is sourced"),
      ]
    }
  }

  /// The shape of a value.
  var schema: Schema {
    let schema: Schema =
      switch form {
      case .text: .string
      case .date: .date
      case .number: .count
      case .flag: .bool
      case .list: .anyOf([.array(of: .string), .string])
      case .contests: .array(of: .map(of: .any))
      }
    return (isRequired ? schema : schema.orNull).described(meaning)
  }

  /// The columns of every kind, for the documentation.
  static let table: String = ReferenceKind.allCases.map { kind in
    let columns = all(of: kind).map { "\($0.name)\($0.isRequired ? "" : "?") (\($0.meaning))" }
    return "\(kind.rawValue): \(columns.joined(separator: "; "))."
  }.joined(separator: " ")
}

// MARK: Values

extension ReferenceColumn {
  /// What is wrong with a value in this column, if anything is.
  func error(of value: JSONValue?, at place: String) -> FieldError? {
    guard let value, value != .null else {
      return isRequired ? FieldError(pointer: "\(place)/\(name)", .required) : nil
    }
    return switch (form, value) {
    case (.text, .string), (.flag, .bool), (.contests, .array), (.list, .array), (.list, .string): nil
    case (.date, .string(let text)):
      LegalDate(text) == nil ? FieldError(pointer: "\(place)/\(name)", .format, Hint.date) : nil
    case (.number, .number(let number)):
      number.int == nil ? FieldError(pointer: "\(place)/\(name)", .type) : nil
    default: FieldError(pointer: "\(place)/\(name)", .type)
    }
  }

  /// The value of a cell; nil where the cell is empty. What is no value of the column is left as the text that it is, for
  /// the check to name it.
  func value(of cell: String) -> JSONValue? {
    if cell.isEmpty { return nil }
    switch form {
    case .text, .date: return .string(cell)
    case .number: return Int(cell).map { .number(JSONNumber($0)) } ?? .string(cell)
    case .flag: return ["true": JSONValue.bool(true), "false": .bool(false)][cell.lowercased()] ?? .string(cell)
    case .list: return .array(cell.split(separator: "|").map { .string(PlainText.normalized(String($0))) })
    case .contests: return (try? JSONValue.parse(Array(cell.utf8))) ?? .string(cell)
    }
  }

  /// The cell of a value.
  func cell(of value: JSONValue?) -> String? {
    switch value {
    case nil, .null?: return nil
    case .string(let text)?: return text
    case .array(let items)? where form == .list:
      return items.compactMap { if case .string(let text) = $0 { text } else { nil } }.joined(separator: "|")
    case let value?:
      var writer = JSONWriter()
      writer.value(value)
      return String(decoding: writer.bytes, as: UTF8.self)
    }
  }
}
