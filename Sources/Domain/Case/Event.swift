/// Something that happened to a case: who, what, when. Append-only.
public struct Event: Sendable {
  /// Sequence of the commit: gap-free, in commit order, over all cases.
  public var seq: Int64
  /// Version of the case after the event.
  public var version: Int
  /// `created`, `correction`, `correction_request`, `correction_acceptance`, `correction_refusal`, `link`,
  /// `clock_derivation`, or an action.
  public var what: String
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

  /// Makes an event.
  public init(
    seq: Int64, version: Int, what: String, agency: AgencyCode, onBehalfOf: AgencyCode?, importedBy: AgencyCode?,
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

/// An event that is to be stored with a change; the store adds sequence, version, stage and time.
public struct EventDraft: Sendable {
  public var what: String
  public var actor: Actor
  public var onBehalfOf: AgencyCode?
  public var occurredOn: LegalDate?
  public var changed: [String]
  public var details: [(name: String, value: String)]
  public var texts: [(name: String, text: String, group: FieldGroup)]

  /// Makes a draft.
  public init(
    what: String, actor: Actor, onBehalfOf: AgencyCode? = nil, occurredOn: LegalDate? = nil,
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
      what: action.kind.rawValue, actor: actor, onBehalfOf: action.onBehalfOf, occurredOn: action.occurredOn,
      changed: changed, details: action.details, texts: action.texts)
  }
}

extension Facts {
  /// One fact, its group, and whether it differs between two states.
  private static let fields: [(name: String, group: FieldGroup, differs: @Sendable (Facts, Facts) -> Bool)] = [
    ("election", .core, { $0.election != $1.election }),
    ("contest", .core, { $0.contest != $1.contest }),
    ("region", .core, { $0.region != $1.region }),
    ("institution", .core, { $0.institution != $1.institution }),
    ("subject.name", .subject, { $0.subject.name != $1.subject.name }),
    ("subject.nip", .subject, { $0.subject.nip != $1.subject.nip }),
    ("subject.nik", .subject, { $0.subject.nik != $1.subject.nik }),
    ("subject.employment", .core, { $0.subject.employment != $1.subject.employment }),
    ("subject.position_level", .core, { $0.subject.positionLevel != $1.subject.positionLevel }),
    ("subject.reporting_class", .core, { $0.subject.reportingClass != $1.subject.reportingClass }),
    ("subject.position_title", .subject, { $0.subject.positionTitle != $1.subject.positionTitle }),
    ("subject.appointment_year", .core, { $0.subject.appointmentYear != $1.subject.appointmentYear }),
    ("violation", .core, { $0.violation != $1.violation }),
    ("act.occurred_on", .core, { $0.act.occurredOn != $1.act.occurredOn }),
    ("act.known_on", .core, { $0.act.knownOn != $1.act.knownOn }),
    ("act.place", .narrative, { $0.act.place != $1.act.place }),
    ("act.channel", .core, { $0.act.channel != $1.act.channel }),
    ("act.narrative", .narrative, { $0.act.narrative != $1.act.narrative }),
    ("act.urls", .narrative, { $0.act.urls != $1.act.urls }),
    ("act.supports", .core, { $0.act.supports != $1.act.supports }),
    ("act.on_unpaid_leave", .core, { $0.act.onUnpaidLeave != $1.act.onUnpaidLeave }),
    ("act.witnesses", .narrative, { $0.act.witnesses != $1.act.witnesses }),
    ("source", .core, { $0.source != $1.source }),
    ("reporter", .reporter, { $0.reporter != $1.reporter }),
    ("motives", .core, { $0.motives != $1.motives }),
  ]

  /// The names of the facts that differ between two states.
  public static func changes(from old: Facts, to new: Facts) -> [String] {
    fields.filter { $0.differs(old, new) }.map(\.name)
  }

  /// True when a fact has this name.
  public static func isFact(_ name: String) -> Bool { fields.contains { $0.name == name } }

  /// The group a fact belongs to. A name nobody knows is withheld from everyone but the author.
  public static func group(of name: String) -> FieldGroup { fields.first { $0.name == name }?.group ?? .notes }
}
