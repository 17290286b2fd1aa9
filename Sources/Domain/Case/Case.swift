/// One civil servant and one alleged act: the record all agencies share.
public struct Case: Sendable, Equatable {
  /// Identity.
  public var id: CaseID
  /// Human-readable number, `YYYY-NNNNNN`, counted per year of receipt.
  public var number: String
  /// Counts the states of this record from 1.
  public var version: Int
  /// Sequence of the commit that made this version.
  public var seq: Int64
  /// What is said about person and act.
  public var facts: Facts {
    @inlinable _read { yield factsBox.value }
    @inlinable _modify { yield &Box.own(&factsBox).value }
  }
  /// How far the case has come.
  public var progress: CaseProgress
  /// The files that go with it, in the order in which they came; withdrawn ones, too.
  public var evidence: [EvidenceItem] = []
  /// Who has brought it in, and what is still to be confirmed.
  public var provenance: Provenance
  /// When this service first stored the case.
  public var createdAt: Timestamp
  /// When this service stored this version.
  public var updatedAt: Timestamp
  /// The day on which personal values were erased, of every version alike; nil: they were not.
  public var erasedOn: LegalDate?
  /// What the record commits to of this version; nil of one that is not stored.
  public var commitments: CaseCommitments?

  public init(
    id: CaseID, number: String, version: Int, seq: Int64, facts: Facts, progress: CaseProgress,
    provenance: Provenance = Provenance(), createdAt: Timestamp, updatedAt: Timestamp
  ) {
    self.id = id
    self.number = number
    self.version = version
    self.seq = seq
    factsBox = Box(facts)
    self.progress = progress
    self.provenance = provenance
    self.createdAt = createdAt
    self.updatedAt = updatedAt
  }

  /// True when both say the same. What the record commits to of them has salts, and is not compared.
  public static func == (one: Case, other: Case) -> Bool {
    one.id == other.id && one.number == other.number && one.version == other.version && one.seq == other.seq
      && one.factsBox == other.factsBox && one.progress == other.progress && one.provenance == other.provenance
      && one.evidence == other.evidence
      && one.createdAt == other.createdAt && one.updatedAt == other.updatedAt
  }

  /// True when the facts are those of `other`, which costs nothing for a copy.
  public func hasFacts(of other: Case) -> Bool { factsBox == other.factsBox }

  // Cases are handed on much and their facts changed rarely: copies share them, so that a copy counts one reference and not
  // forty.
  @usableFromInline var factsBox: Box<Facts>
}

/// A value that copies of its holder share until one changes it.
///
/// `@unchecked Sendable`, and `@exclusivity(unchecked)`: the value is changed only by a holder that has the box for itself,
/// and Swift checks the access to that holder.
@usableFromInline final class Box<Value: Sendable & Equatable>: @unchecked Sendable, Equatable {
  @exclusivity(unchecked) @usableFromInline var value: Value

  @usableFromInline init(_ value: Value) { self.value = value }

  @usableFromInline static func == (one: Box, other: Box) -> Bool { one === other || one.value == other.value }
}

extension Box {
  /// The box to change: a copy where others hold it too.
  @inlinable static func own(_ box: inout Box) -> Box {
    if !isKnownUniquelyReferenced(&box) { box = Box(box.value) }
    return box
  }
}

/// What is said about person and act; corrected with a patch, never moved by an action (but for the violation, which
/// the study may fill in).
public struct Facts: Sendable, Equatable {
  public var election: String
  public var contest: String
  public var region: RegionCode
  public var institution: InstitutionRef
  public var subject: Subject
  public var violation: ViolationRef?
  public var act: Act
  public var source: Source
  public var reporter: Reporter
  /// Motives, as codes.
  public var motives: [String]

  public init(
    election: String, contest: String, region: RegionCode, institution: InstitutionRef, subject: Subject,
    violation: ViolationRef?, act: Act, source: Source, reporter: Reporter, motives: [String]
  ) {
    self.election = election
    self.contest = contest
    self.region = region
    self.institution = institution
    self.subject = subject
    self.violation = violation
    self.act = act
    self.source = source
    self.reporter = reporter
    self.motives = motives
  }
}

/// The institution that employs the person, as it was named when the fact was recorded.
public struct InstitutionRef: Sendable, Equatable {
  public var code: String
  public var name: String
  public var kind: InstitutionKind

  public init(code: String, name: String, kind: InstitutionKind) {
    self.code = code
    self.name = name
    self.kind = kind
  }
}

/// The violation form, as it was catalogued when the fact was recorded.
public struct ViolationRef: Sendable, Equatable {
  public var code: String
  public var catalogue: String
  public var category: String
  public var aspect: String

  public init(code: String, catalogue: String, category: String, aspect: String) {
    self.code = code
    self.catalogue = catalogue
    self.category = category
    self.aspect = aspect
  }
}

/// The civil servant. Name, numbers and title are identity; the rest is core.
public struct Subject: Sendable, Equatable {
  public var name: String
  public var nip: NIP?
  public var nik: NIK?
  public var employment: Employment
  public var positionLevel: PositionLevel
  public var reportingClass: ReportingClass?
  public var positionTitle: String?
  /// Year of the first appointment: from the NIP, else as given.
  public var appointmentYear: Int?

  public init(
    name: String, nip: NIP?, nik: NIK?, employment: Employment, positionLevel: PositionLevel,
    reportingClass: ReportingClass?, positionTitle: String?, appointmentYear: Int?
  ) {
    self.name = name
    self.nip = nip
    self.nik = nik
    self.employment = employment
    self.positionLevel = positionLevel
    self.reportingClass = reportingClass
    self.positionTitle = positionTitle
    self.appointmentYear = appointmentYear
  }
}

/// The alleged act. Place, narrative, addresses and witnesses are narrative; the rest is core.
public struct Act: Sendable, Equatable {
  public var occurredOn: LegalDate
  public var knownOn: LegalDate?
  public var place: String?
  public var channel: ActChannel?
  public var narrative: String
  public var urls: [String]
  public var supports: Supports?
  public var onUnpaidLeave: Bool?
  public var witnesses: [Witness]

  public init(
    occurredOn: LegalDate, knownOn: LegalDate?, place: String?, channel: ActChannel?, narrative: String, urls: [String],
    supports: Supports?, onUnpaidLeave: Bool?, witnesses: [Witness]
  ) {
    self.occurredOn = occurredOn
    self.knownOn = knownOn
    self.place = place
    self.channel = channel
    self.narrative = narrative
    self.urls = urls
    self.supports = supports
    self.onUnpaidLeave = onUnpaidLeave
    self.witnesses = witnesses
  }
}

/// Somebody who saw the act.
public struct Witness: Sendable, Equatable {
  public var name: String
  public var contact: String?

  public init(name: String, contact: String?) {
    self.name = name
    self.contact = contact
  }
}

/// How the case came in; all core.
public struct Source: Sendable, Equatable {
  public var kind: SourceKind
  /// The reporting agency: the owner of the case.
  public var agency: AgencyCode
  /// The agency's own number of the report; with agency and person it is unique.
  public var agencyRef: String
  public var receivedOn: LegalDate
  /// The system or desk it came through, as the agency calls it.
  public var channel: String?

  public init(kind: SourceKind, agency: AgencyCode, agencyRef: String, receivedOn: LegalDate, channel: String?) {
    self.kind = kind
    self.agency = agency
    self.agencyRef = agencyRef
    self.receivedOn = receivedOn
    self.channel = channel
  }
}

/// Who reported: seen by the reporting agency alone.
public struct Reporter: Sendable, Equatable {
  public var mode: ReporterMode
  public var name: String?
  public var contact: String?
  /// Name and contact, as only the agency opens them; empty where they stand in clear, or nothing is said.
  public var sealed: [SealedCopy]

  public init(mode: ReporterMode, name: String?, contact: String?, sealed: [SealedCopy] = []) {
    self.sealed = sealed
    self.mode = mode
    self.name = name
    self.contact = contact
  }
}
