/// What the record alone says about a clock. Whether a running clock is overdue or within a pause depends on today and is
/// never stored; `paused` is one whose pause names no end.
public enum ClockState: String, Sendable, CaseIterable {
  case running, paused, met, late
}

/// A time in which a clock stands still. It counts from its start on, as a whole, so that what is stored does not change
/// by the passing of days.
public struct ClockPause: Sendable, Equatable {
  /// The first day that does not count.
  public var from: LegalDate
  /// The day on which the clock runs again by itself, or has been resumed before; nil only for one of an earlier release
  /// that nobody has resumed.
  public var until: LegalDate?
  /// Nil for one of an earlier release.
  public var ground: PauseGround?
  /// True when an act has ended it.
  public var isResumed: Bool

  public init(from: LegalDate, until: LegalDate?, ground: PauseGround? = nil, isResumed: Bool = false) {
    self.from = from
    self.until = until
    self.ground = ground
    self.isResumed = isResumed
  }

  /// Days that do not count in all pauses of a clock together. A constant of this service, as no law allows any.
  public static let daysMax = 60

  /// The days that do not count; 0 while the end is not known.
  public var days: Int { until.map { $0.day - from.day } ?? 0 }

  /// The day of its latest act. Earlier releases knew no end but a resumption.
  var lastActOn: LegalDate { isResumed || ground == nil ? until ?? from : from }
}

/// One clock of one case.
public struct Clock: Sendable, Equatable {
  public var kind: ClockKind
  public var startedOn: LegalDate
  /// The last day on which the act is in time, pauses counted to their ends; of a clock whose pause names no end the one
  /// it would be without that pause.
  public var dueOn: LegalDate
  public var unit: ClockUnit
  /// Nil while it is open.
  public var stoppedOn: LegalDate?
  /// In the order of their days; only the last one may be open.
  public var pauses: [ClockPause]
  /// The day in Jakarta on which its stop was recorded, which the store sets; nil while it is open, and for a period of
  /// appeal that nobody's act has stopped.
  public var recordedOn: LegalDate?

  public init(
    kind: ClockKind, startedOn: LegalDate, dueOn: LegalDate, unit: ClockUnit, stoppedOn: LegalDate?,
    pauses: [ClockPause] = [], recordedOn: LegalDate? = nil
  ) {
    self.kind = kind
    self.startedOn = startedOn
    self.dueOn = dueOn
    self.unit = unit
    self.stoppedOn = stoppedOn
    self.pauses = pauses
    self.recordedOn = recordedOn
  }

  /// True when the stop is dated in time and was recorded after the due date: until then the clock was overdue.
  public var isRecordedLate: Bool { state == .met && recordedOn.map { $0 > dueOn } ?? false }

  /// The state as the record alone tells it.
  public var state: ClockState {
    guard let stoppedOn else { return standsStill ? .paused : .running }
    return stoppedOn <= dueOn ? .met : .late
  }

  /// True while the clock is open and stands still until somebody resumes it, as earlier releases paused it.
  public var standsStill: Bool { stoppedOn == nil && pauses.last.map { $0.until == nil } ?? false }

  /// True when the clock is open and its due date is past on `date`. One that stands still never is.
  public func isOverdue(on date: LegalDate) -> Bool { stoppedOn == nil && dueOn < date && !standsStill }

  /// True when the clock is open, not overdue, and paused on `date`. A pause that begins after the due date has no effect.
  public func isPaused(on date: LegalDate) -> Bool {
    guard stoppedOn == nil, let last = pauses.last else { return false }
    return last.until.map { $0 > date && dueOn >= date } ?? true
  }

  /// The days that pauses have taken or will take.
  public var pausedDays: Int { pauses.reduce(0) { $0 + $1.days } }
}

extension Clock {
  /// Whether it was stopped, and nothing says yet when that was recorded.
  fileprivate var isUnrecordedStop: Bool { stoppedOn != nil && recordedOn == nil }
}

extension CaseProgress {
  /// Whether a clock was stopped, and nothing says yet when that was recorded.
  var hasUnrecordedStops: Bool { clocks.contains { $0.isUnrecordedStop } }

  /// Says of every stop that was not recorded before that it is recorded on `day`, whatever day it is dated: nobody who
  /// dates an act back is in time by that alone.
  public mutating func recordStops(on day: LegalDate) {
    for index in clocks.indices where clocks[index].isUnrecordedStop {
      // A period of appeal that ends without one was stopped by nobody.
      if clocks[index].kind == .appealFiling && milestones[.appealed] == nil { continue }
      clocks[index].recordedOn = day
    }
  }

  /// The clock that is open, of which a case has at most one: each starts where the one before has stopped.
  public var openClock: Clock? { clocks.first { $0.stoppedOn == nil } }

  /// Derives the clocks from the milestones, the pauses and the rules in force when each clock started.
  ///
  /// A clock of a case that ends another way (cancellation, lapse) stops on that day. A clock that has stopped stays as
  /// it was judged then, whatever rules and holidays say now, unless a correction has moved its start; and none is made
  /// of a period that is over.
  func derivingClocks(_ reference: Reference) -> [Clock] {
    let end = stage.isFinal ? endedOn : nil
    let decided = milestones[.decided]
    let sanctionedOn = decision?.outcome == .sanctioned ? decided : nil
    // The first appeal stops the clock; the milestone is that of the latest one.
    let filed = milestones[.appealed].map { latest in clocks.first { $0.kind == .appealFiling }?.stoppedOn ?? latest }
    return [
      clock(.verification, milestones[.received], milestones[.verified] ?? milestones[.rejected] ?? end, reference),
      clock(.study, milestones[.verified], milestones[.studied] ?? end, reference),
      clock(.ppkFollowUp, milestones[.recommended], decided ?? end, reference),
      // Nobody is late who does not appeal: the period simply ends.
      clock(.appealFiling, sanctionedOn, filed ?? end, reference, endsWhenDue: filed == nil),
    ].compactMap { $0 }
  }

  private func clock(
    _ kind: ClockKind, _ start: LegalDate?, _ stop: LegalDate?, _ reference: Reference, endsWhenDue: Bool = false
  ) -> Clock? {
    guard let start else { return nil }
    func end(_ due: LegalDate) -> LegalDate? { stop.map { endsWhenDue ? min($0, due) : $0 } }
    let before = clocks.first { $0.kind == kind }
    if let before, before.startedOn == start, before.stoppedOn != nil, before.stoppedOn == end(before.dueOn) {
      return before
    }
    guard stop == nil || before != nil, let rule = reference.clockRule(kind, on: start) else { return nil }
    let pauses = (before?.pauses ?? []).ending(on: stop)
    let due = reference.calendar.date(rule.length, rule.unit, after: start, without: pauses)
    return Clock(
      kind: kind, startedOn: start, dueOn: due, unit: rule.unit, stoppedOn: end(due), pauses: pauses,
      recordedOn: before?.recordedOn)
  }

  /// The day of the act that ended the case; a block may be released later.
  private var endedOn: LegalDate? {
    let ends: [Milestone] = [.rejected, .notProven, .exonerated, .closed, .cancelled, .lapsed]
    return ends.compactMap { milestones[$0] }.max()
  }
}

extension [ClockPause] {
  /// The pauses of a clock that stops on `date`: one that lasts longer ends then, one that begins later is none.
  fileprivate func ending(on date: LegalDate?) -> [ClockPause] {
    guard let date else { return self }
    return filter { $0.from <= date }.map { pause in
      var pause = pause
      pause.until = Swift.min(pause.until ?? date, date)
      return pause
    }
  }
}
