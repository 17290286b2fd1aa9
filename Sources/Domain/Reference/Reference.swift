internal import Foundation

/// The kinds of dated reference data; the raw value is the path segment under `/v1/reference/`.
public enum ReferenceKind: String, Sendable, CaseIterable {
  case violations, sanctions, regions, institutions, elections, positions, agencies, mandates
  case clockRules = "clock-rules"
  case holidays, motives
  case sourceChannels = "source-channels"
  case retentionRules = "retention-rules"
}

/// One row of reference data as it is stored and shown.
public struct ReferenceEntry: Sendable, Equatable {
  public let kind: ReferenceKind
  public let code: String
  /// First day of validity; empty: since ever.
  public let from: String
  /// Last day of validity; nil: open.
  public let until: String?
  /// The row as a compact JSON object.
  public let json: String

  public init(kind: ReferenceKind, code: String, from: String, until: String?, json: String) {
    self.kind = kind
    self.code = code
    self.from = from
    self.until = until
    self.json = json
  }

  /// True when the row is valid on `date`.
  public func isValid(on date: LegalDate) -> Bool {
    dateIsWithin(date, from: from.isEmpty ? nil : from, until: until)
  }
}

/// All reference data as one immutable value that rules ask; replaced as a whole when an administrator changes a row.
///
/// Of a row each type below has what is asked of it; all that a row has are the columns of its kind.
public struct Reference: Sendable {
  public let entries: [ReferenceEntry]
  /// The leaf of the record that has changed these data last; nil where no log says so.
  public let revision: Int64?
  public let violations: [String: Violation]
  public let sanctions: [String: Sanction]
  public let elections: [String: Election]
  public let agencies: [String: Agency]
  /// Every term of each agency, in the order of their first days.
  let agencyTerms: [String: [Agency]]
  public let mandates: [Mandate]
  public let clockRules: [ClockRule]
  public let retentionRules: [RetentionRule]
  /// The active keys that seal reporters, by agency.
  public let sealingKeys: [AgencyCode: [SealingKey]]
  /// Those that have ended.
  public let endedSealingKeys: [AgencyCode: [SealingKey]]
  public let calendar: WorkingCalendar
  let positions: [String: Position]
  private let identity = Identity()
  let regions: [String: [Region]]
  let institutions: [String: [Institution]]

  /// Reads the rows.
  ///
  /// - Parameters:
  ///   - revision: the leaf that has changed them last.
  ///   - sealingKeys: those of all agencies.
  /// - Throws: `DecodingError` when a row does not have the fields of its kind.
  public init(entries: [ReferenceEntry], revision: Int64? = nil, sealingKeys: [SealingKey] = []) throws {
    self.entries = entries
    self.revision = revision
    self.sealingKeys = Dictionary(grouping: sealingKeys.filter { $0.endedAt == nil }, by: \.agency)
    endedSealingKeys = Dictionary(grouping: sealingKeys.filter { $0.endedAt != nil }, by: \.agency)
    let byKind = Dictionary(grouping: entries, by: \.kind)
    func decode<Item: Decodable>(_ kind: ReferenceKind, _ type: Item.Type) throws -> [Item] {
      try Self.decode((byKind[kind] ?? []).map(\.json), as: type)
    }
    func index<Item>(_ items: [Item], by code: (Item) -> String) -> [String: Item] {
      Dictionary(items.map { (code($0), $0) }, uniquingKeysWith: { _, last in last })
    }
    violations = index(try decode(.violations, Violation.self), by: \.code)
    sanctions = index(try decode(.sanctions, Sanction.self), by: \.code)
    elections = index(try decode(.elections, Election.self), by: \.key)
    let terms = try decode(.agencies, Agency.self).sorted { ($0.validFrom ?? "") < ($1.validFrom ?? "") }
    agencies = index(terms, by: \.code)
    agencyTerms = Dictionary(grouping: terms, by: \.code)
    mandates = try decode(.mandates, Mandate.self)
    clockRules = try decode(.clockRules, ClockRule.self)
    retentionRules = try decode(.retentionRules, RetentionRule.self)
    regions = Dictionary(grouping: try decode(.regions, Region.self), by: \.code)
    institutions = Dictionary(grouping: try decode(.institutions, Institution.self), by: \.code)
    positions = index(try decode(.positions, Position.self), by: \.code)
    let daysOff = try decode(.holidays, Holiday.self).filter { $0.kind != Holiday.takenBack }
    calendar = WorkingCalendar(holidays: daysOff.compactMap { LegalDate($0.date) })
  }

  private final class Identity: Sendable {}

  /// True for copies of one value. Two that were read apart are not the same, even when their rows are equal.
  public func isSame(as other: Reference) -> Bool { identity === other.identity }

  /// Decodes compact JSON objects, as rows are stored.
  ///
  /// - Throws: `DecodingError` when an object does not have the fields of `type`.
  public static func decode<Item: Decodable>(_ objects: [String], as type: Item.Type) throws -> [Item] {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode([Item].self, from: Data("[\(objects.joined(separator: ","))]".utf8))
  }

  /// The region with this code on `date`.
  public func region(_ code: String, on date: LegalDate) -> Region? {
    regions[code]?.first { dateIsWithin(date, from: $0.validFrom, until: $0.validUntil) }
  }

  /// The institution with this code on `date`.
  public func institution(_ code: String, on date: LegalDate) -> Institution? {
    institutions[code]?.first { dateIsWithin(date, from: $0.validFrom, until: $0.validUntil) }
  }

  /// True when a region with this code exists on any date.
  public func knowsRegion(_ code: String) -> Bool { regions[code] != nil }
  /// True when an institution with this code exists on any date.
  public func knowsInstitution(_ code: String) -> Bool { institutions[code] != nil }

  /// True when there is a class of that name which published figures use beside levels.
  public func knowsReportingClass(_ code: String) -> Bool { positions[code]?.kind == "class" }
  /// Kind of the institution with this code; nil when there is none.
  public func institutionKind(_ code: String) -> InstitutionKind? { institutions[code]?.last?.kind }

  /// The rule of a clock that starts on `date`.
  public func clockRule(_ kind: ClockKind, on date: LegalDate) -> ClockRule? {
    clockRules.first { $0.kind == kind && dateIsWithin(date, from: $0.from, until: $0.until) }
  }
}

/// A violation form of a catalogue (SKB 2022).
public struct Violation: Sendable, Decodable {
  public var code: String
  public var catalogue: String
  /// The conduct the row is about; rows that differ only by the candidate's determination share it.
  public var conduct: String
  public var labelId: String
  public var labelEn: String
  public var aspect: String
  /// `ethics`, `discipline` or `task_force`.
  public var category: String
  /// `before_determination`, `after_determination` or `any`.
  public var period: String
  public var requiresNoUnpaidLeave: Bool
  /// Level of the band; nil where the task force decides.
  public var sanctionLevel: String?
  public var sanctions: [String]
  public var legalBasis: [String]
  /// How well the row is attested: full, partial, derived, conflict.
  public var confidence: String

  public static let categories = ["ethics", "discipline", "task_force"]
  public static let periods = ["before_determination", "after_determination", "any"]
}

/// A sanction of a regime.
public struct Sanction: Sendable, Decodable {
  public var code: String
  /// `moral`, `light`, `medium`, `heavy` or `dismissal`.
  public var level: String
  public var labelId: String
  public var labelEn: String
  /// `PP53_2010`, `PP94_2021` or `all`.
  public var regime: String
  /// The code used until the new one can be carried out.
  public var interimSubstitute: String?
  /// `pns`, which CPNS are treated as, or `pppk`; nil: everybody.
  public var employment: String?

  /// True when it may be given to a person of this employment.
  public func fits(_ employment: Employment) -> Bool {
    guard let own = self.employment else { return true }
    // PP 94/2021 counts candidates as PNS.
    return own == (employment == .cpns ? Employment.pns : employment).rawValue
  }

  public static let employments = [Employment.pns, .pppk].map(\.rawValue)
  public static let regimes = ["PP53_2010", "PP94_2021", "all"]
}

/// An election and its contests.
public struct Election: Sendable, Decodable {
  /// One ballot of an election, with the day its candidates are determined.
  public struct Contest: Sendable, Decodable {
    public var key: String
    /// Nil while it is not decreed, and so of the other days.
    public var determinedOn: String?
    public var campaignFrom: String?
    public var campaignUntil: String?
    /// A day of its own: of a re-vote (PSU), say; nil: the election's.
    public var votingOn: String?
    public var confidence: String?
  }
  public var key: String
  public var nameId: String
  public var nameEn: String?
  public var kind: String
  /// Nil while it is not decreed.
  public var votingOn: String?
  public var contests: [Contest]
}

/// An agency that takes part.
public struct Agency: Sendable, Decodable {
  public var code: String
  public var nameId: String
  public var nameEn: String
  public var validFrom: String?
  /// Last day of office; nil: open.
  public var validUntil: String?
  /// Last day on which its keys still read, never before `validUntil`; nil: open.
  public var accessUntil: String?
  /// The agency that took over its tasks.
  public var successor: String?
}

/// A province, regency or city.
public struct Region: Sendable, Decodable {
  public var code: String
  public var name: String
  /// `province`, `regency` or `city`.
  public var level: String
  public var province: String?
  public var validFrom: String?
  public var validUntil: String?

  public static let levels = ["province", "regency", "city"]
}

/// An institution that employs civil servants.
public struct Institution: Sendable, Decodable {
  public var code: String
  public var name: String
  public var kind: InstitutionKind
  public var validFrom: String?
  public var validUntil: String?
}

/// A position level or reporting class, with its labels.
public struct Position: Sendable, Decodable {
  public var code: String
  /// `level` or `class`.
  public var kind: String
  public var labelId: String
  public var labelEn: String

  public static let kinds = ["level", "class"]
}

/// A rule of a clock: data, not a constant, because decrees change it.
public struct ClockRule: Sendable, Decodable {
  public var kind: ClockKind
  public var length: Int
  public var unit: ClockUnit
  public var from: String?
  public var until: String?
  public var legalBasis: String
  /// How many days a pause lasts at most; nil: the standard.
  public var pauseDaysMax: Int?

  /// How many days a pause lasts at most where a rule does not say.
  public static let pauseDaysStandard = 30
  /// How many days a pause lasts at most.
  public var pauseDays: Int { pauseDaysMax ?? Self.pauseDaysStandard }
}

/// A day off: a national holiday or collective leave, decreed yearly; or one that was taken back.
public struct Holiday: Sendable, Decodable {
  public var date: String
  /// `holiday`, `collective_leave`, or `working_day` for a day off that was taken back.
  public var kind: String

  static let takenBack = "working_day"
  public static let kinds: Set<String> = ["holiday", "collective_leave", takenBack]
}
