/// Every state of every case, in columns of memory: what statistics are counted from.
///
/// SQLite takes seconds to read a million wide rows; these columns are gone through in milliseconds. They hold codes, dates
/// and numbers of our own, and no personal value. Appended to in the order of the record, never changed.
public struct CaseStates: Sendable {
  /// Up to which sequence every version is in here.
  public internal(set) var seq: Int64 = 0
  /// The first day on which anything was recorded or received; nil when there is no case.
  public internal(set) var firstRecordedOn: LegalDate?
  public internal(set) var firstReceivedOn: LegalDate?

  /// The newest entry of each case, by its key; -1 where there is none.
  var heads: ContiguousArray<Int32> = []
  var entries: ContiguousArray<Entry> = []
  var facts: ContiguousArray<Facts> = []
  var codes = Codes()
  var personCount = 0
  var reportCount = 0

  /// No state.
  public init() {}

  /// One version of a case, in 32 bytes: there are as many of them as versions.
  struct Entry {
    /// Sequences beyond 4,294,967,295 do not fit; a file of that many events would be larger than SQLite allows.
    var seq: UInt32
    /// The version before; -1 for the first.
    var previous: Int32
    var facts: Int32
    var recorded: Day
    /// Day of the latest act; 0 when none but the report has happened.
    var acted: Day
    /// Day on which the open clock is due; 0 when none is open.
    var due: Day
    /// Day on which the clock of verification is or was due; 0 when there is none.
    var verificationDue: Day
    /// A bit for each milestone reached.
    var reached: UInt16
    var sanction: UInt16
    var proposed: UInt16
    /// A bit for each milestone that another agency has recorded and nobody has confirmed.
    var unconfirmed: UInt16
    /// `disputed` in place of the stage of a disputed case, which is counted nowhere.
    var stage: UInt8
    var flags: Flags
    var clocks: StoppedClocks
    /// Day on which the open clock runs again after its last pause; 0 when there is none, or it names no end.
    var pausedUntil: Day = 0

    static let disputed = UInt8.max
  }

  /// The facts of one or several versions of a case.
  struct Facts: Equatable {
    var person: Int32
    var report: Int32
    var received: Day
    var acted: Day
    var election: UInt16
    var region: UInt16
    var province: UInt16
    var institution: UInt16
    var violation: UInt16
    var cohort: UInt16
    var category: UInt16
    var institutionKind: UInt16
    var positionLevel: UInt16
    var reportingClass: UInt16
    var agency: UInt16
  }

  struct Flags: OptionSet {
    let rawValue: UInt8
    static let blockIsOpen = Flags(rawValue: 1)
    static let outsideBand = Flags(rawValue: 2)
    static let deviationExplained = Flags(rawValue: 4)
    static let clockIsPaused = Flags(rawValue: 8)
    static let decidedNotProven = Flags(rawValue: 16)

    /// Which clock is open, in the upper three bits; nil when none is.
    var openClock: Int? { rawValue >> 5 == 0 ? nil : Int(rawValue >> 5) - 1 }
    static func openClock(_ index: Int) -> Flags { Flags(rawValue: UInt8(index + 1) << 5) }
  }

  /// For each kind of clock a bit for `met`, one for `late`, and one for what was met and recorded late.
  struct StoppedClocks: OptionSet {
    let rawValue: UInt16
    static func met(_ index: Int) -> StoppedClocks { StoppedClocks(rawValue: 1 << UInt16(index)) }
    static func late(_ index: Int) -> StoppedClocks { StoppedClocks(rawValue: 16 << UInt16(index)) }
    static func recordedLate(_ index: Int) -> StoppedClocks { StoppedClocks(rawValue: 256 << UInt16(index)) }
  }

  /// Days since 1970-01-01, up to the year 2149; an earlier date counts as the first one.
  typealias Day = UInt16

  /// The number of a code in the order in which codes came; 0 is no code.
  struct Codes {
    var elections = CodeTable()
    var regions = CodeTable()
    var provinces = CodeTable()
    var institutions = CodeTable()
    var violations = CodeTable()
    var categories = CodeTable()
    var institutionKinds = CodeTable()
    var positionLevels = CodeTable()
    var reportingClasses = CodeTable()
    var agencies = CodeTable()
    /// Code and recorded level, with a blank between them; the code alone where no level is recorded.
    var sanctions = CodeTable()

    mutating func intern(_ sanction: String?, level: String?) -> UInt16 {
      sanctions.intern(sanction.map { code in level.map { "\(code) \($0)" } ?? code })
    }

    /// Code and recorded level of a sanction.
    static func parts(ofSanction text: String) -> (code: String, level: String?) {
      let parts = text.split(separator: " ", maxSplits: 1)
      return (parts.first.map(String.init) ?? "", parts.count == 2 ? String(parts[1]) : nil)
    }

    /// The code of a sanction; nil for none.
    func sanction(_ number: UInt16) -> String? {
      number == 0 ? nil : Self.parts(ofSanction: sanctions.texts[Int(number)]).code
    }
  }
}

/// Codes and their numbers.
struct CodeTable: Sendable {
  private(set) var texts = [""]
  private var numbers: [String: UInt16] = ["": 0]

  /// The number of a code; nil when no case has it.
  func number(of text: String) -> UInt16? { numbers[text] }

  /// The number of a code, which gets one if it has none.
  mutating func intern(_ text: String?) -> UInt16 {
    guard let text else { return 0 }
    if let number = numbers[text] { return number }
    precondition(texts.count < Int(UInt16.max), "reference data of one kind has no more codes than that")
    let number = UInt16(texts.count)
    texts.append(text)
    numbers[text] = number
    return number
  }
}

/// One version of a case as it is added to ``CaseStates``.
public struct CaseState: Sendable {
  public var caseKey: Int64
  public var seq: Int64
  public var recordedOn: LegalDate
  /// Milestones reached, with their dates.
  public var milestones: Milestones
  public var stage: Stage
  public var sanction: String?
  /// The level as which it was recorded; nil: that of reference data.
  public var sanctionLevel: String?
  public var proposedSanction: String?
  public var decisionOutcome: DecisionOutcome?
  public var blockIsOpen: Bool
  public var outsideBand: Bool
  public var deviationExplained: Bool
  public var clocks: [Clock]
  /// A bit for each milestone that another agency has recorded and nobody has confirmed, by its index.
  public var unconfirmed: UInt16
  public var isDisputed: Bool
  /// Nil when they are those of the version before.
  public var facts: Facts?

  /// The facts that figures are split up by.
  public struct Facts: Sendable {
    /// Number of the person.
    public var person: Int64
    /// Number of the report.
    public var report: Int
    public var receivedOn: LegalDate
    public var actedOn: LegalDate
    public var election: String
    public var region: String
    public var institution: String
    public var institutionKind: String
    public var positionLevel: String
    public var reportingClass: String?
    public var appointmentYear: Int?
    public var violation: String?
    public var category: String?
    public var reportedBy: String

    public init(
      person: Int64, report: Int, receivedOn: LegalDate, actedOn: LegalDate, election: String, region: String,
      institution: String, institutionKind: String, positionLevel: String, reportingClass: String?,
      appointmentYear: Int?, violation: String?, category: String?, reportedBy: String
    ) {
      self.person = person
      self.report = report
      self.receivedOn = receivedOn
      self.actedOn = actedOn
      self.election = election
      self.region = region
      self.institution = institution
      self.institutionKind = institutionKind
      self.positionLevel = positionLevel
      self.reportingClass = reportingClass
      self.appointmentYear = appointmentYear
      self.violation = violation
      self.category = category
      self.reportedBy = reportedBy
    }
  }

  public init(
    caseKey: Int64, seq: Int64, recordedOn: LegalDate, milestones: Milestones, stage: Stage, sanction: String?,
    sanctionLevel: String? = nil, proposedSanction: String?, decisionOutcome: DecisionOutcome?, blockIsOpen: Bool,
    outsideBand: Bool, deviationExplained: Bool, clocks: [Clock], unconfirmed: UInt16 = 0, isDisputed: Bool = false,
    facts: Facts?
  ) {
    self.unconfirmed = unconfirmed
    self.isDisputed = isDisputed
    self.caseKey = caseKey
    self.seq = seq
    self.recordedOn = recordedOn
    self.milestones = milestones
    self.stage = stage
    self.sanction = sanction
    self.sanctionLevel = sanctionLevel
    self.proposedSanction = proposedSanction
    self.decisionOutcome = decisionOutcome
    self.blockIsOpen = blockIsOpen
    self.outsideBand = outsideBand
    self.deviationExplained = deviationExplained
    self.clocks = clocks
    self.facts = facts
  }
}

extension CaseStates {
  /// Adds a version; those of one case come in their order.
  public mutating func append(_ state: CaseState) {
    let key = Int(state.caseKey)
    if key >= heads.count { heads.append(contentsOf: repeatElement(-1, count: key + 1 - heads.count)) }
    let previous = heads[key]
    let facts = state.facts.map { self.intern($0) }
    var entry = Entry(
      seq: UInt32(clamping: state.seq), previous: previous, facts: previous < 0 ? -1 : entries[Int(previous)].facts,
      recorded: Self.day(state.recordedOn), acted: Self.lastAct(state), due: 0, verificationDue: 0,
      reached: state.milestones.bits,
      sanction: codes.intern(state.sanction, level: state.sanctionLevel),
      proposed: codes.intern(state.proposedSanction, level: nil), unconfirmed: state.unconfirmed,
      stage: state.isDisputed ? Entry.disputed : UInt8(state.stage.index), flags: [], clocks: [])
    if let facts, previous < 0 || self.facts[Int(entry.facts)] != facts {
      entry.facts = Int32(self.facts.count)
      self.facts.append(facts)
    }
    if state.blockIsOpen { entry.flags.insert(.blockIsOpen) }
    if state.outsideBand { entry.flags.insert(.outsideBand) }
    if state.deviationExplained { entry.flags.insert(.deviationExplained) }
    if state.decisionOutcome == .notProven { entry.flags.insert(.decidedNotProven) }
    Self.add(state.clocks, to: &entry)
    heads[key] = Int32(entries.count)
    entries.append(entry)
    firstRecordedOn = min(firstRecordedOn ?? state.recordedOn, state.recordedOn)
    if let received = state.facts?.receivedOn { firstReceivedOn = min(firstReceivedOn ?? received, received) }
  }

  /// Says that every version up to a sequence has been added.
  public mutating func complete(upTo seq: Int64) { self.seq = seq }

  private mutating func intern(_ facts: CaseState.Facts) -> Facts {
    personCount = max(personCount, Int(facts.person) + 1)
    reportCount = max(reportCount, facts.report + 1)
    return Facts(
      person: Int32(facts.person), report: Int32(facts.report), received: Self.day(facts.receivedOn),
      acted: Self.day(facts.actedOn), election: codes.elections.intern(facts.election),
      region: codes.regions.intern(facts.region), province: codes.provinces.intern(String(facts.region.prefix(2))),
      institution: codes.institutions.intern(facts.institution), violation: codes.violations.intern(facts.violation),
      cohort: UInt16(clamping: facts.appointmentYear ?? 0), category: codes.categories.intern(facts.category),
      institutionKind: codes.institutionKinds.intern(facts.institutionKind),
      positionLevel: codes.positionLevels.intern(facts.positionLevel),
      reportingClass: codes.reportingClasses.intern(facts.reportingClass),
      agency: codes.agencies.intern(facts.reportedBy))
  }

  private static func add(_ clocks: [Clock], to entry: inout Entry) {
    for clock in clocks {
      let index = clock.kind.index
      if clock.kind == .verification { entry.verificationDue = day(clock.dueOn) }
      switch clock.state {
      case .met: entry.clocks.insert(clock.isRecordedLate ? .recordedLate(index) : .met(index))
      case .late: entry.clocks.insert(.late(index))
      case .running, .paused:
        entry.flags.insert(.openClock(index))
        if clock.state == .paused { entry.flags.insert(.clockIsPaused) }
        entry.pausedUntil = clock.pauses.last?.until.map(day) ?? 0
        entry.due = day(clock.dueOn)
      }
    }
  }

  /// The day of the latest act: acts follow each other in time, so that it is the latest of their dates.
  private static func lastAct(_ state: CaseState) -> Day {
    let pauses = state.clocks.lazy.flatMap(\.pauses).map(\.lastActOn).max()
    return max(state.milestones.latestAct.map(day) ?? 0, pauses.map(day) ?? 0)
  }

  static func day(_ date: LegalDate) -> Day { Day(clamping: date.day) }
}

extension ClockKind {
  /// Position in `allCases`.
  var index: Int {
    switch self {
    case .verification: 0
    case .study: 1
    case .ppkFollowUp: 2
    case .appealFiling: 3
    }
  }
}

extension Stage {
  /// Position in `allCases`.
  var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
