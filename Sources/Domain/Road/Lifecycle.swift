/// The legal road of a case: who may take which step, when, and what it changes. Pure functions.
public enum Lifecycle {
  /// What a rule needs to know beside the case.
  public struct Context: Sendable {
    public var actor: Actor
    public var reference: Reference
    /// The date in Jakarta.
    public var today: LegalDate
    /// The latest date anywhere in the country, which no legal date may pass.
    public var lastDay: LegalDate
    /// True for the acts of a history that is brought in at once: whether a clock may be paused is asked of the day of
    /// the act alone.
    public var isHistory: Bool

    public init(
      actor: Actor, reference: Reference, today: LegalDate, lastDay: LegalDate? = nil, isHistory: Bool = false
    ) {
      self.actor = actor
      self.reference = reference
      self.today = today
      self.lastDay = lastDay ?? today
      self.isHistory = isHistory
    }

    /// - Throws: `agency_ended`, `agency_not_begun` when the agency that records does not exist today.
    func requireOffice() throws(Failure) { try reference.requireOffice(of: actor.recorder, on: today) }
  }

  /// Opens a case from checked facts.
  ///
  /// - Throws: `mandate_missing` when the reporting agency has no mandate to report on the day of receipt, `agency_ended`
  ///   when the one that records the case does not exist today.
  public static func open(_ facts: Facts, onBehalfOf predecessor: AgencyCode?, _ context: Context) throws(Failure)
    -> CaseProgress
  {
    try context.requireOffice()
    let acting = try context.reference.actingAgency(
      context.actor, onBehalfOf: predecessor, on: facts.source.receivedOn, today: context.today)
    guard acting == facts.source.agency else {
      throw Failure(
        .mandateMissing, en: "A case is reported by the agency named in source.agency.",
        inIndonesian: "Kasus dilaporkan oleh lembaga pada source.agency.",
        errors: [FieldError(pointer: "/source/agency", .inconsistent)])
    }
    try requireMandate(.report, acting, facts.source.receivedOn, facts.institution.kind, context.reference)
    try facts.requireGroupSizes(before: nil)
    var progress = CaseProgress(receivedOn: facts.source.receivedOn)
    progress.clocks = progress.derivingClocks(context.reference)
    return progress
  }

  /// Applies an action and returns the case as it then is; version, sequence and times are left to the store.
  ///
  /// - Throws: `mandate_missing`, `agency_ended` or `not_owner` (403), `stage_conflict`, `clock_conflict`, `clock_running` (409),
  ///   `invalid` (422).
  public static func apply(_ action: Action, to record: Case, _ context: Context) throws(Failure) -> Case {
    let agency = try context.reference.actingAgency(
      context.actor, onBehalfOf: action.onBehalfOf, on: action.occurredOn, today: context.today)
    var record = record
    // Rules may have changed that its clocks do not follow yet.
    record.progress.clocks = record.progress.derivingClocks(context.reference)
    if let refusal = refusal(of: action.kind, action.clock, on: action.occurredOn, by: agency, record, context) {
      throw refusal
    }
    try checkDate(action, record, context.lastDay)
    var changed = record
    try Steps.take(action.content, on: action.occurredOn, by: agency, &changed, context.reference)
    changed.progress.clocks = changed.progress.derivingClocks(context.reference)
    if action.kind == .clockResumptions { try requireTimeLeft(changed.progress, context) }
    return changed
  }

  /// Nobody is late in retrospect by a resumption: whoever relied on the pause still has the day on which it is recorded.
  ///
  /// - Throws: `invalid` at `/occurred_on` when the clock that was resumed would have been due before today.
  private static func requireTimeLeft(_ progress: CaseProgress, _ context: Context) throws(Failure) {
    guard !context.isHistory, let clock = progress.openClock, clock.isOverdue(on: context.today) else { return }
    throw .invalid(
      "/occurred_on", .range,
      LocalizedText(
        en: "Resumed on this day the clock would have been due on \(clock.dueOn), which is past: give a later day.",
        inIndonesian:
          "Bila dilanjutkan pada hari ini, tenggat jatuh pada \(clock.dueOn) yang sudah lewat: isi hari sesudahnya."))
  }

  /// Corrects facts. A corrected day of receipt must still precede what followed it; clocks follow the facts.
  ///
  /// - Parameter movesReceipt: true when the day of receipt may change although it is settled: two agencies say so.
  /// - Throws: `invalid` when the day of receipt passes a later milestone; without `movesReceipt`, also when it passes the
  ///   day on which the case was recorded, and `receipt_settled`.
  public static func correct(
    _ record: Case, to facts: Facts, _ context: Context, movesReceipt: Bool = false
  ) throws(Failure) -> Case {
    try facts.requireGroupSizes(before: record.facts)
    if record.provenance.isDisputed { throw .caseDisputed }
    var corrected = record
    corrected.facts = facts
    if facts.source.receivedOn != record.facts.source.receivedOn && !movesReceipt {
      if receiptIsSettled(record, on: context.today) { throw .receiptSettled }
      let recordedOn = LegalDate(inJayapura: record.createdAt)
      // Else a report could be received later and later, and its clock never run out.
      if facts.source.receivedOn > recordedOn {
        throw .invalid(
          "/source/received_on", .range,
          LocalizedText(
            en: "The case was recorded on \(recordedOn): it was not received later.",
            inIndonesian: "Kasus dicatat pada \(recordedOn): tidak mungkin diterima sesudahnya."))
      }
    }
    let later = Milestone.allCases.filter { $0 != .received }.compactMap { record.progress.milestones[$0] }.min()
    if let later, facts.source.receivedOn > later {
      throw .invalid(
        "/source/received_on", .inconsistent,
        LocalizedText(
          en: "The case was acted on by \(later) already.", inIndonesian: "Kasus sudah ditindaklanjuti pada \(later)."))
    }
    if facts.source.receivedOn != record.facts.source.receivedOn
      || facts.institution.kind != record.facts.institution.kind
    {
      try requireMandate(
        .report, facts.source.agency, facts.source.receivedOn, facts.institution.kind, context.reference)
    }
    if facts.violation == nil && record.facts.violation != nil && record.progress.milestones[.studied] != nil {
      throw .invalid("/violation", .required)
    }
    try rejudgeSanctions(&corrected, context.reference)
    corrected.progress.milestones[.received] = facts.source.receivedOn
    corrected.progress.clocks = corrected.progress.derivingClocks(context.reference)
    return corrected
  }

  /// True once the day of receipt decides whether somebody was in time: an act other than the receipt is on record, or the
  /// clock of verification has run out.
  public static func receiptIsSettled(_ record: Case, on today: LegalDate) -> Bool {
    record.progress.milestones.latestAct != nil
      || record.progress.clocks.contains { !$0.pauses.isEmpty || $0.stoppedOn != nil || $0.isOverdue(on: today) }
  }

  /// Why `agency` may not decide on a request that changes a settled day of receipt; nil when it may.
  public static func receiptObstacle(
    for agency: AgencyCode, requestedBy asking: AgencyCode, _ record: Case, _ context: Context
  ) -> Failure? {
    let successor = context.reference.agencies[asking.rawValue]?.successor
    if agency == asking || agency.rawValue == successor {
      return Failure(
        .mandateMissing, en: "Another agency than the one that asks decides on a settled day of receipt.",
        inIndonesian: "Hari penerimaan yang sudah tetap diputuskan oleh lembaga selain yang meminta.")
    }
    let kind = record.facts.institution.kind
    return context.reference.holds(agency, .correct, on: context.today, for: kind)
      ? nil : missingMandate(.correct, agency)
  }

  /// Judges the sanctions on record by the corrected act and violation.
  ///
  /// - Throws: `invalid` at `/act/occurred_on` when the regime of the corrected date does not know one of them.
  static func rejudgeSanctions(_ record: inout Case, _ reference: Reference) throws(Failure) {
    let date = record.facts.act.occurredOn
    if let proposed = record.progress.recommendation?.proposedSanction {
      _ = try reference.requireSanction(proposed, actOn: date, pointer: "/act/occurred_on")
    }
    guard let code = record.progress.decision?.sanction else { return }
    let sanction = try reference.requireSanction(code, actOn: date, pointer: "/act/occurred_on")
    let outside = !reference.isInBand(sanction, of: record.facts.violation?.code)
    let explained = record.progress.decision?.deviationExplained ?? false
    record.progress.decision?.outsideBand = outside
    record.progress.decision?.deviationExplained = outside && explained
  }

  /// Why `agency` may not take an action of this kind on `date`; nil when it may.
  ///
  /// - Parameter clock: the clock an action is about; nil asks about the one that is open.
  public static func refusal(
    of kind: ActionKind, _ clock: ClockKind? = nil, on date: LegalDate, by agency: AgencyCode, _ record: Case,
    _ context: Context
  ) -> Failure? {
    var refusal = obstacle(to: kind, clock, on: date, by: agency, record, context)
    if refusal?.code == .stageConflict || refusal?.code == .clockConflict {
      refusal?.allowedActions = allowedActions(for: context.actor.agency, record, context)
    }
    return refusal
  }

  /// The actions `agency` may take today, in the order of the handbook.
  public static func allowedActions(for agency: AgencyCode, _ record: Case, _ context: Context) -> [String] {
    ActionKind.allCases.filter { obstacle(to: $0, nil, on: context.today, by: agency, record, context) == nil }
      .map(\.rawValue)
  }

  /// A refusal without the list of alternatives.
  private static func obstacle(
    to kind: ActionKind, _ clock: ClockKind?, on date: LegalDate, by agency: AgencyCode, _ record: Case,
    _ context: Context
  ) -> Failure? {
    do throws(Failure) {
      try context.requireOffice()
    } catch {
      return error
    }
    if record.provenance.isDisputed && kind != .notes { return .caseDisputed }
    if kind == .cancellations && !context.reference.owns(agency, record.facts, on: context.today) {
      return Failure(
        .notOwner, en: "Only the agency that reported the case may cancel it.",
        inIndonesian: "Hanya lembaga pelapor yang dapat membatalkan kasus.")
    }
    if kind == .cancellations && !context.reference.isInForce(agency, on: date) {
      return missingMandate(.report, agency)
    }
    if let mandate = kind.mandate {
      let (own, recommendation) = (record.facts.institution, record.progress.recommendation)
      // What is escalated is that the PPK who was asked does not act.
      let judged =
        kind == .escalations
        ? context.reference.asked(recommendation?.institution, own, on: date).kind : own.kind
      if !context.reference.holds(agency, mandate, on: date, for: judged) { return missingMandate(mandate, agency) }
    }
    let blocksOpen = kind == .blockReleases && !record.progress.blockIsOpen
    if !kind.stages.contains(record.progress.stage) || blocksOpen {
      let stage = record.progress.stage.rawValue
      return Failure(
        .stageConflict, en: "The case is at stage \(stage), from which this action is not possible.",
        inIndonesian: "Kasus berada pada tahap \(stage); tindakan ini tidak dapat dilakukan.")
    }
    switch kind {
    case .blocks: return runningClock(record, on: date)
    case .clockPauses, .clockResumptions:
      return clockObstacle(to: kind, clock, on: date, by: agency, record, context)
    default: return nil
    }
  }

  /// Why a clock cannot be paused or resumed.
  private static func clockObstacle(
    to kind: ActionKind, _ clock: ClockKind?, on date: LegalDate, by agency: AgencyCode, _ record: Case,
    _ context: Context
  ) -> Failure? {
    func conflict(_ en: String, _ inIndonesian: String) -> Failure {
      Failure(.clockConflict, en: en, inIndonesian: inIndonesian)
    }
    guard let open = record.progress.openClock, clock == nil || clock == open.kind else {
      return conflict("This clock of the case is not open.", "Tenggat ini pada kasus tidak sedang terbuka.")
    }
    let mandate = open.kind.mandate
    guard context.reference.holds(agency, mandate, on: date, for: record.facts.institution.kind) else {
      return missingMandate(mandate, agency)
    }
    // A pause that is over has its length: nobody shortens it afterwards, and makes a block possible by that.
    let isPaused =
      open.isPaused(on: date) && (kind == .clockPauses || context.isHistory || open.isPaused(on: context.today))
    switch (kind == .clockPauses, isPaused) {
    case (true, true) where open.pauses.last.map({ $0.from <= date }) ?? false:
      return conflict("The clock is paused already.", "Tenggat sudah dihentikan sementara.")
    case (false, false): return conflict("The clock is not paused.", "Tenggat tidak sedang dihentikan.")
    case (true, _) where open.pausedDays >= ClockPause.daysMax:
      return conflict(
        "The clock was paused for \(open.pausedDays) days, and no more than \(ClockPause.daysMax) are possible.",
        "Tenggat sudah dihentikan \(open.pausedDays) hari; paling banyak \(ClockPause.daysMax) hari.")
    case (true, false) where open.isOverdue(on: date):
      return conflict(
        "The clock was due on \(open.dueOn) and can no longer be paused on that date.",
        "Tenggat jatuh pada \(open.dueOn) dan tidak dapat lagi dihentikan pada tanggal itu.")
    case (true, false) where !context.isHistory && open.isOverdue(on: context.today):
      // Else a pause that is dated back would hide that nobody has acted.
      return conflict(
        "The clock was due on \(open.dueOn), which is past: it can no longer be paused, whatever day the pause is given.",
        "Tenggat jatuh pada \(open.dueOn) dan sudah lewat: tidak dapat lagi dihentikan, tanggal berapa pun yang diisi.")
    default: return nil
    }
  }

  static func requireMandate(
    _ kind: MandateKind, _ agency: AgencyCode, _ date: LegalDate, _ institution: InstitutionKind, _ reference: Reference
  ) throws(Failure) {
    guard reference.holds(agency, kind, on: date, for: institution) else { throw missingMandate(kind, agency) }
  }

  private static func missingMandate(_ kind: MandateKind, _ agency: AgencyCode) -> Failure {
    Failure(
      .mandateMissing, en: "\(agency) has no mandate '\(kind.rawValue)' for this institution on that date.",
      inIndonesian: "\(agency) tidak memiliki kewenangan '\(kind.rawValue)' atas instansi ini pada tanggal tersebut.")
  }

  private static func runningClock(_ record: Case, on date: LegalDate) -> Failure? {
    guard let clock = record.progress.clock(.ppkFollowUp) else {
      return Failure(
        .clockConflict, en: "No period is set within which the PPK must act.",
        inIndonesian: "Tidak ada tenggat yang ditetapkan bagi PPK.")
    }
    if clock.isOverdue(on: date) { return nil }
    if clock.standsStill {
      return Failure(
        .clockRunning, en: "The period within which the PPK must act is paused.",
        inIndonesian: "Tenggat bagi PPK sedang dihentikan sementara.")
    }
    return Failure(
      .clockRunning, en: "The PPK may still act until \(clock.dueOn); a block is possible from the day after.",
      inIndonesian:
        "PPK masih dapat menindaklanjuti sampai \(clock.dueOn); pemblokiran dapat dilakukan sejak hari berikutnya.")
  }

  private static func checkDate(_ action: Action, _ record: Case, _ lastDay: LegalDate) throws(Failure) {
    if action.occurredOn > lastDay {
      throw .invalid(
        "/occurred_on", .range,
        Hint.future)
    }
    if let latest = record.progress.milestones.latest, action.occurredOn < latest {
      throw .invalid(
        "/occurred_on", .inconsistent,
        LocalizedText(
          en: "This date lies before the previous milestone (\(latest)).",
          inIndonesian: "Tanggal ini mendahului tahapan sebelumnya (\(latest))."))
    }
  }
}

extension Failure {
  /// What a change of a settled day of receipt is told.
  public static let receiptSettled = Failure(
    .receiptSettled,
    en: """
      The day of receipt is settled, because clocks were judged by it: post a correction-request with source.received_on \
      and nothing else; an agency with the mandate 'correct' other than the one that asks decides.
      """,
    inIndonesian: """
      Hari penerimaan sudah tetap karena tenggat dinilai menurutnya: kirim correction-request yang hanya berisi \
      source.received_on; lembaga lain yang berwenang 'correct' akan memutuskan.
      """, errors: [FieldError(pointer: "/source/received_on", .notAllowed)])
}
