/// A case that counts differently in two answers to the same question.
public struct CaseDifference: Sendable, Equatable {
  /// How a case counted.
  public struct Standing: Sendable, Equatable {
    public var stage: Stage
    /// Code of its group; nil when the question asks for none or the case has none.
    public var group: String?
    /// The metrics of the funnel it counts for.
    public var metrics: [FunnelMetric]
    /// The sanction decided.
    public var sanction: String?
  }

  public var caseKey: Int64
  /// Nil when it was not counted.
  public var then: Standing?
  /// Nil when it is not counted.
  public var now: Standing?
}

extension CaseStates {
  /// The cases that count differently at two sequences, in ascending order of their keys.
  public func differences(
    in question: StatisticQuestion, for agency: AgencyCode?, from then: Int64, to now: Int64, _ reference: Reference
  ) -> [CaseDifference] {
    guard let selection = StateSelection(question.filter, for: agency, codes) else { return [] }
    let day = Self.day(question.asOf)
    let thenView = StateView(basis: question.basis, day: day, seq: UInt32(clamping: then))
    let nowView = StateView(basis: question.basis, day: day, seq: UInt32(clamping: now))
    let keys = groupKeys(question.groupBy)
    return withColumns { columns in
      columns.heads.indices.compactMap { key in
        // What has no newer version counts as it did.
        guard columns.heads[key] >= 0, columns.entries[Int(columns.heads[key])].seq > thenView.seq else { return nil }
        let before = columns.counted(key, thenView, selection)
        let after = columns.counted(key, nowView, selection)
        let wasPart = before.flatMap { contribution($0, to: question, columns.entries, reference) }
        let isPart = after.flatMap { contribution($0, to: question, columns.entries, reference) }
        guard wasPart != isPart else { return nil }
        return CaseDifference(
          caseKey: Int64(key), then: before.map { standing($0, question, keys) },
          now: after.map { standing($0, question, keys) })
      }
    }
  }

  /// All that an answer depends on, of one case; nil when it has no part in the answer.
  private func contribution(
    _ counted: Counted, to question: StatisticQuestion, _ entries: UnsafeBufferPointer<Entry>, _ reference: Reference
  ) -> [Int]? {
    let (entry, facts) = (counted.entry, counted.facts)
    let bits = entry.funnelBits
    var parts = [Self.group(facts, by: question.groupBy)]
    if question.tellsOthers { parts.append(Int(counted.unconfirmed)) }
    switch question.kind {
    case .funnel: parts.append(Int(bits))
    case .stages: parts.append(Int(entry.stage))
    case .sanctions:
      guard bits & question.of.base.bit != 0 else { return nil }
      parts.append(SanctionOutcome.number(of: entry, question.of, codes.sanctions.texts.count))
    case .timeliness:
      Self.forEachTime(of: counted, on: Self.day(question.asOf), entries) { way, days in
        parts += [way, days]
      } clock: { kind, count in
        parts += [-1 - kind, count.counted(by: question.definition).index]
      }
    case .equalTreatment:
      guard bits & FunnelMetric.followedUp.bit != 0 else { return nil }
      let deviation = deviation(of: counted, reference)
      parts += [
        SanctionOutcome.number(of: entry, .decided, codes.sanctions.texts.count), Int(facts.violation),
        deviation.isOutside ? 1 : 0, deviation.isExplained ? 1 : 0, Self.daysToDecision(of: counted, entries) ?? -1,
      ]
    }
    if question.unit != .case {
      let isHidden = question.unit == .person && !counted.personIsKnown
      parts.append(isHidden ? -1 : Int(question.unit == .person ? facts.person : facts.report))
      // Which case comes first matters where one of them stands for all.
      if question.kind != .funnel || question.groupBy != nil { parts.append(Int(facts.received)) }
    }
    return parts
  }

  private func standing(_ counted: Counted, _ question: StatisticQuestion, _ keys: [String?]) -> CaseDifference.Standing
  {
    let bits = counted.entry.funnelBits
    return CaseDifference.Standing(
      stage: Stage.allCases[Int(counted.entry.stage)], group: keys[Self.group(counted.facts, by: question.groupBy)],
      metrics: FunnelMetric.allCases.filter { bits & $0.bit != 0 }, sanction: codes.sanction(counted.entry.sanction))
  }
}

/// What has happened to a case.
public struct CaseChanges: Sendable {
  public var stub: CaseStub
  public var number: String
  /// Oldest first.
  public var events: [Event]

  /// Makes changes.
  public init(stub: CaseStub, number: String, events: [Event]) {
    self.stub = stub
    self.number = number
    self.events = events
  }
}
