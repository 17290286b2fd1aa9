/// Something that happened to a case: who, what, when. Append-only.
public struct Event: Sendable {
  /// Sequence of the commit: gap-free, in commit order, over all cases.
  public var seq: Int64
  /// Version of the case after the event.
  public var version: Int
  public var what: EventKind
  public var agency: AgencyCode
  public var onBehalfOf: AgencyCode?
  public var importedBy: AgencyCode?
  /// Legal date of the act; nil for corrections, links and derived clocks.
  public var occurredOn: LegalDate?
  public var recordedAt: Timestamp
  /// Stage of the case after the event.
  public var stage: Stage
  /// Names of the facts that changed.
  public var changed: [String]
  /// Coded values of the act.
  public var details: [(name: String, value: String)]
  /// Free texts, each with the group that opens it.
  public var texts: [(name: String, text: String, group: FieldGroup)]

  public init(
    seq: Int64, version: Int, what: EventKind, agency: AgencyCode, onBehalfOf: AgencyCode?, importedBy: AgencyCode?,
    occurredOn: LegalDate?, recordedAt: Timestamp, stage: Stage, changed: [String],
    details: [(name: String, value: String)], texts: [(name: String, text: String, group: FieldGroup)]
  ) {
    self.seq = seq
    self.version = version
    self.what = what
    self.agency = agency
    self.onBehalfOf = onBehalfOf
    self.importedBy = importedBy
    self.occurredOn = occurredOn
    self.recordedAt = recordedAt
    self.stage = stage
    self.changed = changed
    self.details = details
    self.texts = texts
  }
}

/// The details of an event that lead to the person, since other files keep the person under them.
public enum EventReferences {
  public static let names: Set = ["letter_number", "decree_number", "proof", "idis_reference"]
}

/// An event that is to be stored with a change; the store adds sequence, version, stage and time.
public struct EventDraft: Sendable {
  public var what: EventKind
  public var actor: Actor
  public var onBehalfOf: AgencyCode?
  public var occurredOn: LegalDate?
  public var changed: [String]
  public var details: [(name: String, value: String)]
  public var texts: [(name: String, text: String, group: FieldGroup)]

  public init(
    what: EventKind, actor: Actor, onBehalfOf: AgencyCode? = nil, occurredOn: LegalDate? = nil,
    changed: [String] = [], details: [(name: String, value: String)] = [],
    texts: [(name: String, text: String, group: FieldGroup)] = []
  ) {
    self.what = what
    self.actor = actor
    self.onBehalfOf = onBehalfOf
    self.occurredOn = occurredOn
    self.changed = changed
    self.details = details
    self.texts = texts
  }

  /// The event of an action.
  public init(_ action: Action, by actor: Actor, changed: [String]) {
    self.init(
      what: .act(action.kind), actor: actor, onBehalfOf: action.onBehalfOf, occurredOn: action.occurredOn,
      changed: changed, details: action.details, texts: action.texts)
  }
}
