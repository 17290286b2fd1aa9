/// Who has brought a case in, in whose name, and what the agencies named have still to say about it.
public struct Provenance: Sendable, Equatable {
  /// The agency that imported the case; nil when it was posted.
  public var importer: AgencyCode?
  /// How many versions the import made at once: that of the report and those of its acts; 0 when the case was posted.
  public var importedVersions = 0
  /// What was recorded in another agency's name and waits for its answer, in the order of versions.
  public var unconfirmed: [UnconfirmedAct] = []
  /// For whom the case exists since the agency named as its reporter disputes it; nil: it is not disputed.
  public var disputedFor: [AgencyCode]?

  /// Of a case that was posted, or that `importer` imports.
  public init(importer: AgencyCode? = nil) { self.importer = importer }

  /// True when the agency named as the reporter says that it is not.
  public var isDisputed: Bool { disputedFor != nil }

  /// The agencies that have something to confirm, in the order of their codes.
  public var awaited: [AgencyCode] {
    Set(unconfirmed.map(\.agency)).sorted { $0.rawValue < $1.rawValue }
  }
}

/// A report or an act that an import has recorded in another agency's name.
public struct UnconfirmedAct: Sendable, Equatable {
  /// The version it has made; 1 is the report.
  public var version: Int
  /// In whose name.
  public var agency: AgencyCode
  /// A bit for each milestone it has set, by the milestone's index.
  public var milestones: UInt16

  public init(version: Int, agency: AgencyCode, milestones: UInt16) {
    self.version = version
    self.agency = agency
    self.milestones = milestones
  }
}

extension Case {
  /// The agency that imported the case in the reporting agency's place; nil where that one imported or posted it itself.
  public var importedBy: AgencyCode? {
    provenance.importer == facts.source.agency ? nil : provenance.importer
  }
}

extension Reference {
  /// True when the agency named has to confirm what was recorded in its name: another one has imported it that has not
  /// succeeded it.
  func needsConfirmation(_ actor: Actor, on today: LegalDate) -> Bool {
    actor.importedBy.map { !hasSucceeded($0, actor.agency, on: today) } ?? false
  }

  /// True when `agency` answers for what was recorded in the name of `named`.
  public func answers(_ agency: AgencyCode, for named: AgencyCode, on today: LegalDate) -> Bool {
    agency == named || hasSucceeded(agency, named, on: today)
  }

  /// The agencies that `agency` answers for.
  public func answeredFor(by agency: AgencyCode, on today: LegalDate) -> [AgencyCode] {
    agencies.keys.sorted().map { AgencyCode(rawValue: $0) }.filter { answers(agency, for: $0, on: today) }
  }
}
