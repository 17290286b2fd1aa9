/// A word that the personal values of a case are kept beyond their time.
public struct RetentionHold: Sendable, Equatable {
  /// The sequence of its event, which is also its number.
  public var seq: Int64
  public var agency: AgencyCode
  public var heldAt: Timestamp
  /// The last day on which it holds; nil: until somebody releases it.
  public var until: LegalDate?
  /// When it was released; nil: it was not.
  public var releasedAt: Timestamp?

  public init(seq: Int64, agency: AgencyCode, heldAt: Timestamp, until: LegalDate?, releasedAt: Timestamp?) {
    self.seq = seq
    self.agency = agency
    self.heldAt = heldAt
    self.until = until
    self.releasedAt = releasedAt
  }

  /// Whether it keeps the values on a day.
  public func isBinding(on day: LegalDate) -> Bool { releasedAt == nil && until.map { $0 >= day } ?? true }

  /// The name of its last day, and in the event of a release that of its number.
  public static let (untilName, holdName) = ("until", "hold")
}

extension Lifecycle {
  /// A word to keep the values of a case.
  ///
  /// - Throws: `not_owner`, `agency_ended`; `case_erased`; `invalid` when the last day is over.
  public static func hold(_ record: Case, until: LegalDate?, because reason: String, _ context: Context) throws(Failure)
    -> EventDraft
  {
    try requireHolder(of: record, context)
    if let until, until < context.today { throw .invalid("/until", .range) }
    return EventDraft(
      what: .retentionHold, actor: context.actor,
      details: until.map { [(RetentionHold.untilName, $0.description)] } ?? [],
      texts: [("reason", reason, .narrative)])
  }

  /// A word that one is needed no longer: by who gave it, or who has succeeded that one.
  ///
  /// - Throws: `not_owner`, `agency_ended`; `already_decided` when it was released before.
  public static func release(_ hold: RetentionHold, of record: Case, because reason: String, _ context: Context)
    throws(Failure) -> EventDraft
  {
    try requireHolder(of: record, context)
    let agency = context.actor.agency
    guard context.reference.owns(agency, reportedBy: hold.agency, on: context.today) else { throw Failure.notHolder }
    guard hold.releasedAt == nil else { throw Failure.holdReleased }
    return EventDraft(
      what: .retentionRelease, actor: context.actor, details: [(RetentionHold.holdName, String(hold.seq))],
      texts: [("reason", reason, .narrative)])
  }

  /// The owner of a case, and BKN, say that it is kept.
  private static func requireHolder(of record: Case, _ context: Context) throws(Failure) {
    try context.requireOffice()
    let agency = context.actor.agency
    guard agency == .bkn || context.reference.owns(agency, record.facts, on: context.today) else {
      throw Failure.notHolder
    }
    if record.erasedOn != nil { throw Failure.caseErased }
  }
}

extension Failure {
  fileprivate static let notHolder = Failure(
    .notOwner, en: "The agency that reported the case, and BKN, hold it; each releases its own holds.",
    inIndonesian: "Kasus ditahan oleh lembaga pelapor atau BKN; masing-masing melepas penahanannya sendiri.")

  fileprivate static let holdReleased = Failure(
    .alreadyDecided, en: "This hold was released before.", inIndonesian: "Penahanan ini sudah dilepas.")
}
