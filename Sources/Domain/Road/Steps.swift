/// What each action changes in a case. The caller has checked mandate, stage and date.
enum Steps {
  static func take(
    _ content: Action.Content, on date: LegalDate, by agency: AgencyCode, _ record: inout Case, _ reference: Reference
  ) throws(Failure) {
    switch content {
    case .verification(.accepted, _):
      record.progress.move(to: .verified, .verified, on: date)
    case .verification(.rejected, let reason):
      if reason == nil { throw .invalid("/reason", .required) }
      record.progress.move(to: .rejected, .rejected, on: date)
    case .study(let outcome, let violation, _):
      try study(found: outcome == .violation, violation: violation, on: date, &record, reference)
    case .recommendation(let outcome, let letterNumber, let institution, let sanction):
      try recommend(
        outcome == .recommended,
        Recommendation(
          agency: agency, letterNumber: letterNumber, institution: institution ?? record.facts.institution.code,
          proposedSanction: sanction), on: date, &record, reference)
    case .decision(let outcome, let decree, let sanction, let reason):
      try decide(outcome, decree, sanction, reason, by: agency, on: date, &record, reference)
    case .block(let letterNumber):
      record.progress.block = Block(
        agency: agency, letterNumber: letterNumber, blockedOn: date, releasedOn: nil, proof: nil)
      record.progress.move(to: .blocked, .blocked, on: date)
    case .blockRelease(let proof):
      record.progress.block?.releasedOn = date
      record.progress.block?.proof = proof
      record.progress.move(
        to: record.progress.stage == .blocked ? .recommended : record.progress.stage, .released, on: date)
    case .appeal(let route):
      record.progress.appeal = Appeal(route: route, filedOn: date, outcome: nil, ruledOn: nil)
      record.progress.move(to: .appealed, .appealed, on: date)
    case .ruling(let outcome, let sanction):
      try rule(outcome, sanction, on: date, &record, reference)
    case .closure(let idisReference):
      record.progress.idisReference = idisReference
      record.progress.move(to: .closed, .closed, on: date)
    case .cancellation:
      record.progress.move(to: .cancelled, .cancelled, on: date)
    case .lapse(let reason):
      record.progress.lapseReason = reason
      record.progress.move(to: .lapsed, .lapsed, on: date)
    case .escalation:
      record.progress.milestones[.escalated] = date
    case .clockPause(let kind, let until, let ground, _):
      try pause(kind, ClockPause(from: date, until: until, ground: ground), &record.progress, reference)
    case .clockResumption(let kind, _):
      try resume(kind, on: date, &record.progress)
    case .note:
      break
    }
  }

  private static func study(
    found: Bool, violation: String?, on date: LegalDate, _ record: inout Case, _ reference: Reference
  ) throws(Failure) {
    if let violation {
      guard found else { throw .invalid("/violation", .notAllowed) }
      guard let row = reference.violations[violation] else { throw .invalid("/violation", .unknownCode) }
      record.facts.violation = ViolationRef(
        code: row.code, catalogue: row.catalogue, category: row.category, aspect: row.aspect)
    } else if found && record.facts.violation == nil {
      throw .invalid("/violation", .required)
    }
    record.progress.milestones[.studied] = date
    record.progress.move(to: found ? .studied : .notProven, found ? .studied : .notProven, on: date)
  }

  private static func recommend(
    _ recommended: Bool, _ recommendation: Recommendation, on date: LegalDate, _ record: inout Case,
    _ reference: Reference
  ) throws(Failure) {
    guard reference.institution(recommendation.institution, on: date) != nil else {
      throw .invalid("/institution", .unknownCode)
    }
    guard recommended else {
      if recommendation.proposedSanction != nil { throw .invalid("/proposed_sanction", .notAllowed) }
      record.progress.move(to: .notProven, .notProven, on: date)
      return
    }
    if let sanction = recommendation.proposedSanction {
      _ = try reference.requireSanction(sanction, actOn: record.facts.act.occurredOn, pointer: "/proposed_sanction")
    }
    record.progress.recommendation = recommendation
    record.progress.move(to: .recommended, .recommended, on: date)
  }

  private static func decide(
    _ outcome: DecisionOutcome, _ decree: String, _ code: String?, _ reason: String?, by agency: AgencyCode,
    on date: LegalDate, _ record: inout Case, _ reference: Reference
  ) throws(Failure) {
    var decision = Decision(
      agency: agency, outcome: outcome, decreeNumber: decree, sanction: nil, sanctionLevel: nil, outsideBand: false,
      deviationExplained: false)
    record.progress.milestones[.decided] = date
    switch outcome {
    case .notProven:
      if code != nil { throw .invalid("/sanction", .notAllowed) }
      record.progress.decision = decision
      record.progress.move(to: .notProven, .notProven, on: date)
    case .sanctioned:
      guard let code else { throw .invalid("/sanction", .required) }
      let sanction = try reference.requireSanction(code, actOn: record.facts.act.occurredOn, pointer: "/sanction")
      decision.outsideBand = !reference.isInBand(sanction, of: record.facts.violation?.code)
      if decision.outsideBand && reason == nil {
        throw .invalid(
          "/deviation_reason", .required,
          LocalizedText(
            en: "The sanction is outside the band of the violation form: give the reason.",
            inIndonesian: "Sanksi di luar rentang bentuk pelanggaran: berikan alasannya."))
      }
      decision.sanction = sanction.code
      decision.sanctionLevel = sanction.level
      decision.deviationExplained = decision.outsideBand && reason != nil
      record.progress.decision = decision
      record.progress.move(to: .sanctioned, .decided, on: date)
    }
  }

  private static func rule(
    _ outcome: RulingOutcome, _ code: String?, on date: LegalDate, _ record: inout Case, _ reference: Reference
  ) throws(Failure) {
    switch outcome {
    case .changed:
      guard let code else { throw .invalid("/sanction", .required) }
      let sanction = try reference.requireSanction(code, actOn: record.facts.act.occurredOn, pointer: "/sanction")
      record.progress.decision?.sanction = sanction.code
      record.progress.decision?.sanctionLevel = sanction.level
      let isInBand = reference.isInBand(sanction, of: record.facts.violation?.code)
      record.progress.decision?.outsideBand = !isInBand
      record.progress.decision?.deviationExplained = false
    case .upheld, .annulled:
      if code != nil { throw .invalid("/sanction", .notAllowed) }
    }
    record.progress.appeal?.outcome = outcome
    record.progress.appeal?.ruledOn = date
    record.progress.milestones[.ruled] = date
    let annulled = outcome == .annulled
    if annulled {
      record.progress.decision?.sanction = nil
      record.progress.decision?.sanctionLevel = nil
      record.progress.decision?.outsideBand = false
      record.progress.decision?.deviationExplained = false
    }
    record.progress.move(to: annulled ? .exonerated : .sanctioned, annulled ? .exonerated : .ruled, on: date)
  }
}

extension Steps {
  private static func pause(
    _ kind: ClockKind, _ pause: ClockPause, _ progress: inout CaseProgress, _ reference: Reference
  ) throws(Failure) {
    guard let index = progress.clocks.firstIndex(where: { $0.kind == kind }) else { return }
    let clock = progress.clocks[index]
    if let until = clock.pauses.last?.until, pause.from < until {
      throw .invalid(
        "/occurred_on", .inconsistent,
        LocalizedText(
          en: "The clock was paused until \(until) already.", inIndonesian: "Tenggat sudah dihentikan sampai \(until).")
      )
    }
    if pause.days < 1 {
      throw .invalid(
        "/until", .inconsistent,
        LocalizedText(
          en: "Give the day on which the clock runs again: one after occurred_on.",
          inIndonesian: "Isi hari tenggat berjalan kembali: sesudah occurred_on."))
    }
    let left = ClockPause.daysMax - clock.pausedDays
    let most = min(reference.clockRule(kind, on: clock.startedOn)?.pauseDays ?? ClockRule.pauseDaysStandard, left)
    if pause.days > most {
      let last = pause.from.adding(days: most)
      throw .invalid(
        "/until", .range,
        LocalizedText(
          en: "A pause from \(pause.from) may last until \(last): \(most) days, as \(left) of all are left.",
          inIndonesian:
            "Penghentian sejak \(pause.from) paling lama sampai \(last): \(most) hari; sisa seluruhnya \(left) hari.")
      )
    }
    progress.clocks[index].pauses.append(pause)
  }

  private static func resume(_ kind: ClockKind, on date: LegalDate, _ progress: inout CaseProgress) throws(Failure) {
    guard let index = progress.clocks.firstIndex(where: { $0.kind == kind }),
      let last = progress.clocks[index].pauses.indices.last
    else { return }
    let from = progress.clocks[index].pauses[last].from
    if date < from {
      throw .invalid(
        "/occurred_on", .inconsistent,
        LocalizedText(en: "The clock is paused since \(from).", inIndonesian: "Tenggat dihentikan sejak \(from)."))
    }
    progress.clocks[index].pauses[last].until = date
    progress.clocks[index].pauses[last].isResumed = true
  }
}

extension CaseProgress {
  fileprivate mutating func move(to stage: Stage, _ milestone: Milestone, on date: LegalDate) {
    self.stage = stage
    milestones[milestone] = date
  }
}
