/// Days from one to another, both included; nil where the span has no end.
public struct DateSpan: Sendable, Equatable {
  public var from: LegalDate?
  public var until: LegalDate?

  public init(from: LegalDate? = nil, until: LegalDate? = nil) { (self.from, self.until) = (from, until) }
}

/// Moments from one up to another, which is no longer in it; nil where the span has no end.
public struct InstantSpan: Sendable, Equatable {
  public var from: Timestamp?
  public var end: Timestamp?

  public init(from: Timestamp? = nil, end: Timestamp? = nil) { (self.from, self.end) = (from, end) }
}

/// Which cases a caller asks for, in which order. Visibility is part of the question: a store never answers without it.
public struct CaseQuery: Sendable {
  /// The order of a list. Every order ends in a unique key, so that a cursor is a place and not an offset.
  public enum Order: String, Sendable, CaseIterable {
    case created
    case updated
    case received
  }

  /// The place after which a page begins: the order's value and the row's key.
  public struct Position: Sendable, Equatable {
    public var value: String
    public var key: Int64

    public init(value: String, key: Int64) {
      self.value = value
      self.key = key
    }
  }

  /// The agency that asks.
  public var caller: AgencyCode
  /// The date in Jakarta on which `overdue` is judged.
  public var today: LegalDate
  public var stages: [Stage] = []
  public var election: String?
  /// A province takes in its regencies and cities.
  public var region: RegionCode?
  public var institution: String?
  public var violation: String?
  public var category: String?
  public var positionLevel: PositionLevel?
  public var reportedBy: AgencyCode?
  /// Cases that this agency has imported in the reporting agency's place.
  public var importedBy: AgencyCode?
  /// True: something in the case waits for one of `answering`; false: nothing does; nil: any.
  public var unconfirmed: Bool?
  /// The agencies that the caller answers for.
  public var answering: [AgencyCode] = []
  /// Cases that this agency has imported, whoever reported them.
  public var importer: AgencyCode?
  /// Cases that were stored until this moment.
  public var createdUntil: Timestamp?
  /// 18 digits.
  public var nip: String?
  /// 16 digits.
  public var nik: String?
  /// The number of one case.
  public var number: String?
  public var agencyRef: String?
  public var occurred = DateSpan()
  /// When the newest version was recorded.
  public var updated = InstantSpan()
  /// Days of milestones.
  public var milestones: [Milestone: DateSpan] = [:]
  /// True: a clock runs past its due date; false: none does.
  public var overdue: Bool?
  /// True: a clock was met and that was recorded after its due date; false: none was.
  public var recordedLate: Bool?
  /// Words of the narrative, all of which must occur.
  public var words: [String] = []
  /// Words of the person's name, all of which must occur.
  public var nameWords: [String] = []
  public var order: Order = .created
  public var descending = true
  public var after: Position?
  /// 1...200.
  public var limit = 50

  /// A question with no filter.
  public init(caller: AgencyCode, today: LegalDate) {
    self.caller = caller
    self.today = today
  }
}

/// What must be known of a case to judge who sees it and whether a rendering of it is still good.
public struct CaseStub: Sendable, Equatable {
  public var key: Int64
  public var id: CaseID
  public var version: Int
  public var basis: VisibilityBasis
  /// What the record commits to of the version.
  public var commitments: CaseCommitments?

  public init(key: Int64, id: CaseID, version: Int, basis: VisibilityBasis, commitments: CaseCommitments? = nil) {
    self.commitments = commitments
    self.key = key
    self.id = id
    self.version = version
    self.basis = basis
  }
}

/// One page of a list.
public struct CasePage: Sendable {
  public var items: [CaseStub]
  /// Whether the list goes on after the last item.
  public var hasMore: Bool
  /// What the order makes of each item.
  private let values: [String]

  /// - Parameter rows: each item with what the order makes of it.
  public init(rows: [(stub: CaseStub, value: String)], hasMore: Bool) {
    items = rows.map(\.stub)
    values = rows.map(\.value)
    self.hasMore = hasMore
  }

  /// The place after an item, for a page that ends with it.
  public func place(after index: Int) -> CaseQuery.Position {
    CaseQuery.Position(value: values[index], key: items[index].key)
  }

  /// Where the next page begins; nil on the last page.
  public var next: CaseQuery.Position? { hasMore ? place(after: items.count - 1) : nil }
}
