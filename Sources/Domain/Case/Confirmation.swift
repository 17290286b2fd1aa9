/// What an agency says about what another one has recorded in its name; the raw value is the code in bodies and events.
public enum ConfirmationOutcome: String, Sendable, CaseIterable { case confirmed, disputed }

/// How an event stands that another agency has recorded.
public enum EventStanding: String, Sendable, CaseIterable {
  case unconfirmed, confirmed, disputed
  /// Built on what is disputed.
  case void
}

/// An agency's answer.
public struct Confirmation: Sendable, Equatable {
  public var outcome: ConfirmationOutcome
  /// Why; of a dispute.
  public var reason: String?
  /// Sequences of the events that are answered; nil: everything in the case that waits for the agency.
  public var acts: [Int64]?

  /// Reads sequences as they stand in the details of such an event, with blanks between them.
  public static func sequences(_ text: String) -> [Int64] { text.split(separator: " ").compactMap { Int64($0) } }

  public init(_ outcome: ConfirmationOutcome, reason: String?, acts: [Int64]?) {
    self.outcome = outcome
    self.reason = reason
    self.acts = acts
  }

  /// What an answer does to a case, judged before anything is changed.
  public struct Verdict: Sendable, Equatable {
    /// Versions whose acts are answered, in order.
    var answered: [Int]
    /// Versions whose acts are void by a dispute, in order: those disputed, and what the import has built on them.
    var void: [Int]
    /// The version before the first void act, whose progress the case falls back to; nil when it stands, and when the
    /// report itself is disputed.
    public var fallsBackTo: Int?
    var disputesCase: Bool
    /// The violation that a void study has filled in.
    var studied: String?
    /// The sequences of the events that have made versions.
    var sequences: [Int: Int64]
  }
}

extension Lifecycle {
  /// Judges an answer to what was recorded in the name of the agency that answers, or of one that it succeeded.
  ///
  /// - Throws: `not_named` (403) when nothing was; `confirmation_conflict` (409) when all of it is answered, or when
  ///   something stands on a disputed act that its agency has recorded itself or confirmed; `invalid` (422).
  public static func judge(
    _ confirmation: Confirmation, on record: Case, _ history: [Event], _ context: Context
  ) throws(Failure) -> Confirmation.Verdict {
    try context.requireOffice()
    let made = Dictionary(history.map { ($0.version, $0) }, uniquingKeysWith: { first, _ in first })
    let waiting = record.provenance.unconfirmed.filter { answers($0.agency, context) }
    if waiting.isEmpty {
      let isNamed = history.contains { $0.importedBy != nil && answers($0.agency, context) }
      throw isNamed ? Failure.nothingAwaits : Failure.notNamed
    }
    let answered =
      try confirmation.acts.map { acts throws(Failure) in
        try chosen(acts, of: waiting.map(\.version), made)
      } ?? waiting.map(\.version)
    var verdict = Confirmation.Verdict(
      answered: answered, void: [], fallsBackTo: nil, disputesCase: false, studied: nil,
      sequences: made.mapValues(\.seq))
    guard confirmation.outcome == .disputed, let first = answered.first else { return verdict }
    if confirmation.reason == nil { throw .invalid("/reason", .required) }
    verdict.disputesCase = first == 1
    if stands(after: first, record, history, made) { throw .actFollows }
    let voided = Set(history.flatMap(\.voided))
    let imported = max(first, record.provenance.importedVersions)
    verdict.void = (first...max(imported, record.version)).filter { version in
      made[version].map { !voided.contains($0.seq) && (version <= imported || $0.movesCase) } ?? false
    }
    verdict.fallsBackTo = verdict.disputesCase ? nil : first - 1
    verdict.studied = verdict.void.compactMap { made[$0]?.studied }.last
    return verdict
  }

  private static func answers(_ named: AgencyCode, _ context: Context) -> Bool {
    context.reference.answers(context.actor.agency, for: named, on: context.today)
  }

  /// The versions of the events that a body names.
  private static func chosen(_ acts: [Int64], of waiting: [Int], _ made: [Int: Event]) throws(Failure) -> [Int] {
    if acts.isEmpty { throw .invalid("/acts", .length, Hint.items) }
    var errors: [FieldError] = []
    var versions: [Int] = []
    for (index, seq) in acts.enumerated() {
      guard let version = waiting.first(where: { made[$0]?.seq == seq }) else {
        errors.append(FieldError(pointer: "/acts/\(index)", .notAllowed))
        continue
      }
      if versions.contains(version) { errors.append(FieldError(pointer: "/acts/\(index)", .duplicate)) }
      versions.append(version)
    }
    guard errors.isEmpty else { throw .invalid(errors) }
    return versions.sorted()
  }

  /// True when something after a version stands by itself: an act that did not come with the import, or one that came
  /// with it and was confirmed. What the importer itself has added does not, or it could pin what it has made up.
  ///
  /// The whole case can always be disputed: else whoever acts on a false report would keep another agency's number.
  private static func stands(after version: Int, _ record: Case, _ history: [Event], _ made: [Int: Event]) -> Bool {
    let provenance = record.provenance
    if version == 1 { return false }
    let followed = history.contains { event in
      event.version > max(version, provenance.importedVersions) && event.movesCase
        && event.agency != provenance.importer
    }
    let confirmed = Set(history.flatMap(\.confirmed))
    return followed
      || (version...max(version, provenance.importedVersions)).contains { later in
        later > version && made[later].map { confirmed.contains($0.seq) } ?? false
      }
  }

  /// Applies a verdict.
  ///
  /// - Parameter earlier: the case at the version that it falls back to; nil when it stands.
  /// - Throws: `confirmation_conflict` when a correction since has left no way back.
  public static func apply(
    _ verdict: Confirmation.Verdict, of confirmation: Confirmation, to record: Case, earlier: Case?, _ context: Context
  ) throws(Failure) -> (changed: Case, event: EventDraft) {
    var changed = record
    let gone = Set(verdict.answered + verdict.void)
    changed.provenance.unconfirmed.removeAll { verdict.disputesCase || gone.contains($0.version) }
    if verdict.disputesCase {
      changed.provenance.disputedFor = disputants(of: record, context)
      changed.progress.clocks = []
    } else if let earlier {
      try fallBack(&changed, to: earlier, verdict, context)
    }
    func list(_ versions: [Int]) -> String {
      versions.compactMap { verdict.sequences[$0].map(String.init) }.joined(separator: " ")
    }
    var details = [("outcome", confirmation.outcome.rawValue), ("acts", list(verdict.answered))]
    if !verdict.void.isEmpty { details.append(("void", list(verdict.void))) }
    let event = EventDraft(
      what: .confirmation, actor: context.actor, changed: Facts.changes(from: record.facts, to: changed.facts),
      details: details.map { (name: $0.0, value: $0.1) },
      texts: confirmation.reason.map { [(name: "reason", text: $0, group: .narrative)] } ?? [])
    return (changed, event)
  }

  /// The importer, the agency named and its successors, and BKN.
  private static func disputants(of record: Case, _ context: Context) -> [AgencyCode] {
    let reporter = record.facts.source.agency
    let successors = context.reference.agencies.keys.map { AgencyCode(rawValue: $0) }.filter {
      context.reference.hasSucceeded($0, reporter, on: context.today)
    }
    let all = [reporter, .bkn, context.actor.agency] + successors + [record.provenance.importer].compactMap { $0 }
    return Set(all).sorted { $0.rawValue < $1.rawValue }
  }

  private static func fallBack(
    _ changed: inout Case, to earlier: Case, _ verdict: Confirmation.Verdict, _ context: Context
  ) throws(Failure) {
    changed.progress = earlier.progress
    changed.progress.milestones[.received] = changed.facts.source.receivedOn
    // What a void study has filled in goes with it; a correction since stays.
    if let studied = verdict.studied, studied == changed.facts.violation?.code {
      changed.facts.violation = earlier.facts.violation
    }
    do throws(Failure) {
      try rejudgeSanctions(&changed, context.reference)
    } catch {
      throw .noWayBack
    }
    changed.progress.clocks = changed.progress.derivingClocks(context.reference)
  }
}

extension Confirmation {
  /// How events stand, by their sequences; nothing for all that nobody has to confirm.
  public static func standings(_ history: [Event], _ record: Case) -> [Int64: EventStanding] {
    var standings: [Int64: EventStanding] = [:]
    let waiting = Set(record.provenance.unconfirmed.map(\.version))
    var seen: Set<Int> = []
    for event in history where seen.insert(event.version).inserted && waiting.contains(event.version) {
      standings[event.seq] = .unconfirmed
    }
    for event in history {
      for seq in event.voided { standings[seq] = .void }
      for seq in event.disputed { standings[seq] = .disputed }
      for seq in event.confirmed { standings[seq] = .confirmed }
    }
    return standings
  }
}

extension Event {
  /// Sequences of the events that this one has made void.
  public var voided: [Int64] { what == .confirmation ? sequences("void") : [] }

  /// Sequences of the events that this one has confirmed.
  public var confirmed: [Int64] {
    let confirms = details.contains { $0.name == "outcome" && $0.value == ConfirmationOutcome.confirmed.rawValue }
    return what == .confirmation && confirms ? sequences("acts") : []
  }

  /// Sequences of the events that this one has disputed.
  public var disputed: [Int64] { voided.isEmpty ? [] : sequences("acts") }

  private func sequences(_ name: String) -> [Int64] {
    details.first { $0.name == name }.map { Confirmation.sequences($0.value) } ?? []
  }

  /// The violation that a study names.
  fileprivate var studied: String? {
    what == .act(.studies) ? details.first { $0.name == "violation" }?.value : nil
  }

  /// True for acts but notes, which leave the case as it is.
  fileprivate var movesCase: Bool { if case .act = what { what.makesVersion } else { false } }
}

extension Failure {
  public static let notNamed = Failure(
    .notNamed, en: "Nothing in this case was recorded in your name by another agency.",
    inIndonesian: "Tidak ada yang dicatat lembaga lain atas nama Anda dalam kasus ini.")
  static let nothingAwaits = Failure(
    .confirmationConflict, en: "Everything in this case that waited for your agency has been answered.",
    inIndonesian: "Semua yang menunggu jawaban lembaga Anda dalam kasus ini sudah dijawab.")
  static let actFollows = Failure(
    .confirmationConflict, en: "An act has followed that its agency has recorded itself or confirmed.",
    inIndonesian: "Sudah ada tindakan sesudahnya yang dicatat atau dikonfirmasi sendiri oleh lembaganya.")
  static let noWayBack = Failure(
    .confirmationConflict, en: "The facts were corrected since so that the stage before is not possible any more.",
    inIndonesian: "Fakta sudah dikoreksi sehingga tahap sebelumnya tidak mungkin lagi.")
  static let caseDisputed = Failure(
    .confirmationConflict, en: "The case is disputed by the agency named as its reporter: nothing follows it.",
    inIndonesian: "Kasus dibantah oleh lembaga yang disebut sebagai pelapor: tidak ada kelanjutannya.")
}
