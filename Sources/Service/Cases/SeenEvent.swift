public import Domain

/// An event of a case as an agency sees it.
public struct SeenEvent {
  public let event: Event
  /// How it stands when another agency has recorded it; nil: nobody's word is asked.
  public let standing: EventStanding?
  /// What shows that it stands in the record; nil where nobody has asked.
  public let proof: LeafProof?
  /// What is shown of the facts that it names.
  private let facts: Projection
  /// What is shown of its texts.
  private let texts: Projection
  /// Whether whoever asks has recorded it.
  private let isOwn: Bool

  fileprivate init(_ event: Event, _ standing: EventStanding?, _ sight: EventSight, _ proof: LeafProof?) {
    (self.event, self.standing, isOwn) = (event, standing, event.agency == sight.agency)
    facts = sight.withdrawals.facts(sight.projection, at: event.seq)
    texts = sight.withdrawals.texts(sight.projection, at: event.seq)
    self.proof = proof?.opening { [texts, isOwn] opening in
      !opening.isState && Self.shows(opening.group, texts, isOwn: isOwn)
    }
  }

  /// A note exists for the agency that wrote it alone; so does a link here, because it may tie the case to one that
  /// others may not know of, or tell that two are about one person. Who may see a tie finds it under `links`.
  /// Who was given a file is nothing for who does not see files.
  ///
  /// - Parameter projection: what the agency sees of the case.
  static func exists(_ what: EventKind, of author: AgencyCode, for agency: AgencyCode, _ projection: Projection) -> Bool
  {
    switch what {
    case .act(.notes), .link: author == agency
    case .evidenceView: projection.contains(.evidence)
    default: true
    }
  }

  /// True when it is shown that it has changed a fact.
  public func shows(changed name: String) -> Bool { Self.shows(Facts.group(of: name), facts, isOwn: isOwn) }

  /// True when its texts that go with a group are shown.
  public func shows(textsOf group: FieldGroup) -> Bool { Self.shows(group, texts, isOwn: isOwn) }

  private static func shows(_ group: FieldGroup, _ projection: Projection, isOwn: Bool) -> Bool {
    group == .notes ? isOwn : projection.shows(group)
  }
}

/// What whoever asks sees of the events of a case.
private struct EventSight {
  let agency: AgencyCode
  let projection: Projection
  let withdrawals: Withdrawals
}

extension CaseService {
  /// The events of a case after a sequence, oldest first, until the page is full.
  ///
  /// - Parameters:
  ///   - proving: whether each comes with its proof.
  ///   - add: adds an event to the page; false when it has no room for it.
  /// - Returns: the page, and the sequence that the next one follows; nil when there is none.
  public func events<Page: Sendable>(
    of visible: VisibleCase, after seq: Int64, by asker: Asker, on page: Page, proving: Bool = false,
    add: @escaping @Sendable (SeenEvent, inout Page) -> Bool
  ) async throws -> (page: Page, next: Int64?) {
    let events = try await records.readPieces(
      of: CaseEvents(
        id: visible.id, context: try asker.context(records.reference), after: seq, page: page, proving: proving,
        add: add),
      by: asker)
    return (events.page, events.isFull ? events.after : nil)
  }
}

/// The events of a case on their way onto a page.
private struct CaseEvents<Page: Sendable>: PiecewiseList {
  let id: CaseID
  let context: Lifecycle.Context
  /// The sequence up to which events were looked at.
  var after: Int64
  var page: Page
  var isFull = false
  var isOver = false
  /// How the events stand that another agency has recorded, once they are read.
  private var standings: [Int64: EventStanding]?
  private let proving: Bool
  private let add: @Sendable (SeenEvent, inout Page) -> Bool

  init(
    id: CaseID, context: Lifecycle.Context, after: Int64, page: Page, proving: Bool,
    add: @escaping @Sendable (SeenEvent, inout Page) -> Bool
  ) {
    self.proving = proving

    (self.id, self.context, self.after, self.page, self.add) = (id, context, after, page, add)
  }

  /// Events of one piece: some milliseconds of work when each has a long text.
  private static var pieceEvents: Int { 200 }

  mutating func readPiece(_ reads: any CaseReads) throws {
    let agency = context.actor.agency
    let (stub, projection) = try reads.sight(of: id, for: agency)
    let sight = EventSight(
      agency: agency, projection: projection,
      withdrawals: try reads.withdrawals(of: id, reportedBy: stub.basis.owner, context))
    let standings = try standings ?? readStandings(stub, reads)
    self.standings = standings
    let events = try reads.history(id, after: after, limit: Self.pieceEvents)
    for event in events {
      if SeenEvent.exists(event.what, of: event.agency, for: agency, projection),
        !add(
          SeenEvent(event, standings[event.seq], sight, proving ? try reads.proof(ofEvent: event.seq) : nil), &page)
      {
        (isFull, isOver) = (true, true)
        return
      }
      after = event.seq
    }
    isOver = events.count < Self.pieceEvents
  }

  /// Only a case that was imported has events that wait for a word.
  private func readStandings(_ stub: CaseStub, _ reads: any CaseReads) throws -> [Int64: EventStanding] {
    let record = try SeenCase(reads.caseRecord(behind: stub), for: context.actor.agency).record
    return record.provenance.importer == nil ? [:] : Confirmation.standings(try reads.history(id), record)
  }
}
