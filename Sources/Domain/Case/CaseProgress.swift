/// How far a case has come: moved by actions alone.
public struct CaseProgress: Sendable, Equatable {
  public var stage: Stage
  public var milestones: Milestones
  public var recommendation: Recommendation?
  public var decision: Decision?
  public var block: Block?
  public var appeal: Appeal?
  /// Number of the record in BKN's discipline system (I'DIS), given at closure.
  public var idisReference: String?
  /// Why the case lapsed.
  public var lapseReason: LapseReason?
  /// Why nothing was proven; nil when something was, or nobody said.
  public var ground: NotProvenGround?
  /// The statutory clocks, in the order of `ClockKind`.
  public var clocks: [Clock]
  /// Sequence of the event that has told last of the files that go with the case; nil where there are none. How many there
  /// are does not stand here: everybody sees this who sees the case.
  public var evidenceSeq: Int64?

  /// The state of a case that has just come in.
  public init(receivedOn: LegalDate) {
    stage = .received
    milestones = Milestones()
    milestones[.received] = receivedOn
    clocks = []
  }

  /// True while a block is neither released nor ended with the case.
  public var blockIsOpen: Bool { block?.releasedOn == nil && block != nil }
}

/// The recommendation to the personnel authority (PPK).
public struct Recommendation: Sendable, Equatable {
  public var agency: AgencyCode
  public var letterNumber: String
  /// The institution whose PPK is asked.
  public var institution: String
  public var proposedSanction: String?

  public init(agency: AgencyCode, letterNumber: String, institution: String, proposedSanction: String?) {
    self.agency = agency
    self.letterNumber = letterNumber
    self.institution = institution
    self.proposedSanction = proposedSanction
  }
}

/// The decision of the PPK, as it stands (a ruling may have changed its sanction).
public struct Decision: Sendable, Equatable {
  /// The agency that recorded it.
  public var agency: AgencyCode
  public var outcome: DecisionOutcome
  public var decreeNumber: String
  /// Sanction code; nil when not proven or annulled.
  public var sanction: String?
  public var sanctionLevel: String?
  /// True when the sanction is outside the band of the violation form.
  public var outsideBand: Bool
  /// True when a reason for being outside was given (the reason itself stands in the history).
  public var deviationExplained: Bool

  public init(
    agency: AgencyCode, outcome: DecisionOutcome, decreeNumber: String, sanction: String?, sanctionLevel: String?,
    outsideBand: Bool, deviationExplained: Bool
  ) {
    self.agency = agency
    self.outcome = outcome
    self.decreeNumber = decreeNumber
    self.sanction = sanction
    self.sanctionLevel = sanctionLevel
    self.outsideBand = outsideBand
    self.deviationExplained = deviationExplained
  }
}

/// What the PPK decided.
public enum DecisionOutcome: String, Sendable, CaseIterable {
  case sanctioned
  case notProven = "not_proven"
}

/// Why nothing was proven.
public enum NotProvenGround: String, Sendable, CaseIterable {
  case noViolation = "no_violation"
  case insufficientEvidence = "insufficient_evidence"
  /// A party lists a person who has never joined it.
  case nameMisused = "name_misused"
  case notCivilServant = "not_civil_servant"

  /// What people are told.
  public var label: LocalizedText {
    switch self {
    case .noViolation: LocalizedText(en: "No violation", inIndonesian: "Tidak ada pelanggaran")
    case .insufficientEvidence: LocalizedText(en: "Insufficient evidence", inIndonesian: "Bukti tidak cukup")
    case .nameMisused: LocalizedText(en: "The name was misused", inIndonesian: "Nama dicatut")
    case .notCivilServant: LocalizedText(en: "Not a civil servant", inIndonesian: "Bukan ASN")
    }
  }
}

/// How much of the personnel services a block takes away (Perpres 116/2022 Pasal 20 (4)).
public enum BlockExtent: String, Sendable, CaseIterable {
  case partial, full

  /// What people are told.
  public var label: LocalizedText {
    switch self {
    case .partial: LocalizedText(en: "Some services", inIndonesian: "Sebagian layanan")
    case .full: LocalizedText(en: "All services", inIndonesian: "Seluruh layanan")
    }
  }
}

/// The block of the person's personnel services by BKN.
public struct Block: Sendable, Equatable {
  public var agency: AgencyCode
  public var letterNumber: String
  public var blockedOn: LegalDate
  /// Nil while the block is open.
  public var releasedOn: LegalDate?
  /// The decree or letter that led to the release.
  public var proof: String?
  /// Nil for a block that was recorded before it was asked.
  public var extent: BlockExtent?

  public init(
    agency: AgencyCode, letterNumber: String, blockedOn: LegalDate, releasedOn: LegalDate?, proof: String?,
    extent: BlockExtent? = nil
  ) {
    self.extent = extent
    self.agency = agency
    self.letterNumber = letterNumber
    self.blockedOn = blockedOn
    self.releasedOn = releasedOn
    self.proof = proof
  }
}

/// The latest appeal against the decision.
public struct Appeal: Sendable, Equatable {
  public var route: AppealRoute
  public var filedOn: LegalDate
  /// Nil until there is a ruling.
  public var outcome: RulingOutcome?
  public var ruledOn: LegalDate?

  public init(route: AppealRoute, filedOn: LegalDate, outcome: RulingOutcome?, ruledOn: LegalDate?) {
    self.route = route
    self.filedOn = filedOn
    self.outcome = outcome
    self.ruledOn = ruledOn
  }
}
