/// A statistical answer that was given out: kept for ever, so that it can be cited.
public struct Figure: Sendable, Equatable {
  /// `fig_` and 26 characters of the digest of question and result: the same answer to the same question has the same
  /// name.
  public var id: String
  /// The agency whose restricted view it is; nil when it counts all cases.
  public var scope: AgencyCode?
  public var kind: StatisticKind
  /// Version of the definition it was counted by.
  public var definition: String
  /// The question in one spelling, as a query.
  public var question: String
  /// The record as it was at this sequence.
  public var seq: Int64
  /// The leaf of the record that had changed reference data last when it was counted; nil for figures that were issued
  /// before there was a log.
  public var referenceRevision: Int64?
  public var issuedAt: Timestamp
  /// The answer, a JSON object.
  public var answer: [UInt8]

  public init(
    id: String, scope: AgencyCode?, kind: StatisticKind, definition: String, question: String, seq: Int64,
    referenceRevision: Int64?, issuedAt: Timestamp, answer: [UInt8]
  ) {
    self.id = id
    self.scope = scope
    self.kind = kind
    self.definition = definition
    self.question = question
    self.seq = seq
    self.referenceRevision = referenceRevision
    self.issuedAt = issuedAt
    self.answer = answer
  }

  /// The agency by whose restricted view a question is counted; nil when it sees all that is counted, so that agencies
  /// which see the same get the same figure.
  public static func scope(of agency: AgencyCode, _ unit: StatisticUnit) -> AgencyCode? {
    let row = Visibility.row(agency)
    let seesAll = row.rows.contains(.always) && (unit != .person || row.subject.contains(.always))
    return seesAll ? nil : agency
  }

  /// True when `agency` may see a figure about such units: it has asked for it, or sees all that can be counted.
  public func isVisible(to agency: AgencyCode, _ unit: StatisticUnit) -> Bool {
    scope == agency || Self.scope(of: agency, unit) == nil
  }
}

/// A number that an agency has published, to be set beside the service's own.
public struct PublishedFigure: Sendable, Equatable {
  /// Number under which it is kept; given by the store.
  public var number: Int64
  public var agency: AgencyCode
  public var asOf: LegalDate
  public var publishedOn: LegalDate?
  public var election: String
  /// A province; nil: the whole country.
  public var region: RegionCode?
  public var unit: StatisticUnit
  /// What was published, by metric of the funnel; never empty.
  public var values: [FunnelMetric: Int]
  /// Where it stands: title of the document or page.
  public var source: String
  public var registeredAt: Timestamp

  public init(
    number: Int64, agency: AgencyCode, asOf: LegalDate, publishedOn: LegalDate?, election: String,
    region: RegionCode?, unit: StatisticUnit, values: [FunnelMetric: Int], source: String, registeredAt: Timestamp
  ) {
    self.number = number
    self.agency = agency
    self.asOf = asOf
    self.publishedOn = publishedOn
    self.election = election
    self.region = region
    self.unit = unit
    self.values = values
    self.source = source
    self.registeredAt = registeredAt
  }

  /// The question whose answer stands beside it.
  public func question(_ basis: StatisticBasis) -> StatisticQuestion {
    var question = StatisticQuestion(.funnel, asOf: asOf)
    question.basis = basis
    question.unit = unit
    question.filter.election = election
    question.filter.region = region
    return question
  }
}

/// A public release as it is stored: frozen.
public struct StoredRelease: Sendable {
  public var election: String
  public var asOf: LegalDate
  /// Version of the method by which it was made.
  public var definition: Int
  /// The record as it was at this sequence.
  public var seq: Int64
  public var releasedAt: Timestamp
  /// What was published, a JSON object.
  public var document: [UInt8]

  /// The document of a date of which definition 1 told nothing. It is made anew.
  public static let withheld = "{}"

  /// True when the date told nothing.
  public var isWithheld: Bool { document == Array(Self.withheld.utf8) }

  public init(
    election: String, asOf: LegalDate, definition: Int, seq: Int64, releasedAt: Timestamp, document: [UInt8]
  ) {
    self.election = election
    self.asOf = asOf
    self.definition = definition
    self.seq = seq
    self.releasedAt = releasedAt
    self.document = document
  }
}
