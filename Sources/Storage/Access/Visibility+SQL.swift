internal import Domain

/// The policy as conditions on the rows of a table that has the columns of a ``VisibilityBasis``.
extension Visibility {
  /// That an agency may know of a case, disputes aside.
  static func rows(for agency: AgencyCode, in table: String) -> SQLCondition {
    row(agency).rows.sql(for: agency, in: table)
  }

  /// That a case is not disputed, or exists for the agency nevertheless.
  static func undisputed(for agency: AgencyCode, in table: String) -> SQLCondition {
    SQLCondition(
      "(\(table).disputed_for IS NULL OR instr(\(table).disputed_for, ?))", [ProvenanceColumns.text([agency])])
  }
}

extension Grant {
  func sql(for agency: AgencyCode, in table: String) -> SQLCondition {
    .any(conditions.map { $0.sql(for: agency, in: table) })
  }
}

extension Condition {
  fileprivate func sql(for agency: AgencyCode, in table: String) -> SQLCondition {
    switch self {
    case .always: SQLCondition("TRUE")
    case .own: SQLCondition("\(table).reported_by = ?", [agency.rawValue])
    case .fromVerified: SQLCondition("\(table).verified_on IS NOT NULL")
    case .fromRecommended: SQLCondition("\(table).recommended_on IS NOT NULL")
    case .regional: SQLCondition("\(table).institution_kind = '\(InstitutionKind.regional.rawValue)'")
    }
  }
}
