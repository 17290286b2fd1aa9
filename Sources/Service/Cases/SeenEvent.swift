public import Domain

/// An event of a case as an agency sees it.
public struct SeenEvent {
  public let event: Event
  /// How it stands when another agency has recorded it; nil: nobody's word is asked.
  public let standing: EventStanding?
  /// What shows that it stands in the record; nil where nobody has asked.
  public let proof: LeafProof?
  private let projection: Projection
  private let agency: AgencyCode

  fileprivate init(
    _ event: Event, _ standing: EventStanding?, _ projection: Projection, _ agency: AgencyCode, _ proof: LeafProof?
  ) {
    self.proof = proof?.opening { opening in
      !opening.isState && (opening.group == .notes ? event.agency == agency : projection.shows(opening.group))
    }
    (self.event, self.standing, self.projection, self.agency) = (event, standing, projection, agency)
  }

  /// A note exists for the agency that wrote it alone; so does a link here, because it may tie the case to one that
  /// others may not know of, or tell that two are about one person. Who may see a tie finds it under `links`.
  static func exists(_ what: EventKind, of author: AgencyCode, for agency: AgencyCode) -> Bool {
    ![.act(.notes), .link].contains(what) || author == agency
  }

  /// True when what belongs to a group of facts is shown.
  public func shows(_ group: FieldGroup) -> Bool {
    group == .notes ? event.agency == agency : projection.shows(group)
  }
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
      of: CaseEvents(id: visible.id, agency: visible.agency, after: seq, page: page, proving: proving, add: add),
      by: asker)
    return (events.page, events.isFull ? events.after : nil)
  }
}

/// The events of a case on their way onto a page.
private struct CaseEvents<Page: Sendable>: PiecewiseList {
  let id: CaseID
  let agency: AgencyCode
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
    id: CaseID, agency: AgencyCode, after: Int64, page: Page, proving: Bool,
    add: @escaping @Sendable (SeenEvent, inout Page) -> Bool
  ) {
    self.proving = proving

    (self.id, self.agency, self.after, self.page, self.add) = (id, agency, after, page, add)
  }

  /// Events of one piece: some milliseconds of work when each has a long text.
  private static var pieceEvents: Int { 200 }

  mutating func readPiece(_ reads: any CaseReads) throws {
    let (stub, projection) = try reads.sight(of: id, for: agency)
    let standings = try standings ?? readStandings(stub, reads)
    self.standings = standings
    let events = try reads.history(id, after: after, limit: Self.pieceEvents)
    for event in events {
      if SeenEvent.exists(event.what, of: event.agency, for: agency),
        !add(
          SeenEvent(
            event, standings[event.seq], projection, agency, proving ? try reads.proof(ofEvent: event.seq) : nil),
          &page)
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
    let record = try SeenCase(reads.caseRecord(behind: stub), for: agency).record
    return record.provenance.importer == nil ? [:] : Confirmation.standings(try reads.history(id), record)
  }
}
