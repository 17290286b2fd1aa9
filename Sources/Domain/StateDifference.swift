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
  public func differences(in question: StatisticQuestion, for agency: AgencyCode?, from then: Int64, to now: Int64)
    -> [CaseDifference]
  {
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
        guard
          before.map({ contribution($0, to: question, columns.entries) })
            != after.map({ contribution($0, to: question, columns.entries) })
        else {
          return nil
        }
        return CaseDifference(
          caseKey: Int64(key), then: before.map { standing($0, question, keys) },
          now: after.map { standing($0, question, keys) })
      }
    }
  }

  /// All that an answer depends on, of one case.
  private func contribution(
    _ counted: Counted, to question: StatisticQuestion, _ entries: UnsafeBufferPointer<Entry>
  ) -> [Int] {
    let (entry, facts) = (counted.entry, counted.facts)
    var parts = [Int(entry.funnelBits), Self.group(facts, by: question.groupBy)]
    switch question.unit {
    case .case: break
    case .person: parts += [Int(facts.person), Int(facts.received)]
    case .report: parts += [Int(facts.report), Int(facts.received)]
    }
    switch question.kind {
    case .funnel: break
    case .stages: parts.append(Int(entry.stage))
    case .sanctions:
      parts += [Int(entry.sanction), Int(entry.proposed), Int(entry.flags.rawValue & Flags.decidedNotProven.rawValue)]
    case .timeliness:
      parts += [Int(entry.flags.rawValue), Int(entry.clocks.rawValue), Int(entry.due)]
      let dates = Self.dates(of: counted, entries)
      parts += dates.indices.map { Int(dates[$0]) }
    case .equalTreatment:
      parts += [Int(entry.sanction), Int(entry.flags.rawValue), Int(facts.violation)]
      let dates = Self.dates(of: counted, entries)
      parts += dates.indices.map { Int(dates[$0]) }
    }
    return parts
  }

  private func standing(_ counted: Counted, _ question: StatisticQuestion, _ keys: [String?]) -> CaseDifference.Standing
  {
    let bits = counted.entry.funnelBits
    let sanction = codes.sanctions.texts[Int(counted.entry.sanction)]
    return CaseDifference.Standing(
      stage: Stage.allCases[Int(counted.entry.stage)], group: keys[Self.group(counted.facts, by: question.groupBy)],
      metrics: FunnelMetric.allCases.filter { bits & $0.bit != 0 }, sanction: sanction.isEmpty ? nil : sanction)
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
