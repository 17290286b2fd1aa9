/// Going over the states a question looks at.
extension CaseStates {
  /// One case as a question sees it.
  struct Counted {
    let key: Int
    /// Index of the state that is counted.
    let index: Int
    /// Index of the state whose facts are counted: the newest one, or the same.
    let factsState: Int
    let entry: Entry
    let facts: Facts
    /// A bit for each milestone of the state that another agency has recorded and nobody has confirmed: by the date where
    /// the recorded past is asked for, else by now.
    var unconfirmed: UInt16 = 0
    /// Whether the caller may know who the person is, in the state that is counted and now.
    var personIsKnown = true
  }

  /// Calls `body` for every case the selection includes, in the order of their keys.
  @inline(__always)
  func forEachCase(
    _ view: StateView, _ selection: StateSelection, _ body: (Counted, UnsafeBufferPointer<Entry>) -> Void
  ) {
    withColumns { columns in
      for key in columns.heads.indices {
        if let counted = columns.counted(key, view, selection) { body(counted, columns.entries) }
      }
    }
  }

  @inline(__always)
  func withColumns<Value>(_ body: (Columns) -> Value) -> Value {
    heads.withUnsafeBufferPointer { heads in
      entries.withUnsafeBufferPointer { entries in
        facts.withUnsafeBufferPointer { body(Columns(heads: heads, entries: entries, facts: $0)) }
      }
    }
  }

  /// The columns without the cost of looking them up for every case.
  struct Columns {
    let heads: UnsafeBufferPointer<Int32>
    let entries: UnsafeBufferPointer<Entry>
    let facts: UnsafeBufferPointer<Facts>

    /// The case as the view sees it; nil when it is not counted.
    @inline(__always)
    func counted(_ key: Int, _ view: StateView, _ selection: StateSelection) -> Counted? {
      var index = Int(heads[key])
      while index >= 0 && entries[index].seq > view.seq { index = Int(entries[index].previous) }
      // Whoever asks for whatever day: a report that its reporter disputes is none.
      guard index >= 0, entries[index].stage != Entry.disputed else { return nil }
      var factsState = index
      let newest = (entries[index], facts[Int(entries[index].facts)])
      switch view.basis {
      case .effective:
        guard newest.1.received <= view.day else { return nil }
        // The report itself is an act of day 0, so that there always is one.
        while entries[index].acted > view.day { index = Int(entries[index].previous) }
      case .recorded:
        while index >= 0 && entries[index].recorded > view.day { index = Int(entries[index].previous) }
        guard index >= 0 else { return nil }
        factsState = index
      }
      var counted = counted(key, state: index, factsOf: factsState)
      guard selection.includes(counted.entry, counted.facts, newest: newest) else { return nil }
      let known = view.basis == .effective ? newest.0.unconfirmed : counted.entry.unconfirmed
      counted.unconfirmed = known & counted.entry.reached
      counted.personIsKnown =
        selection.seesAllPersons
        || (selection.seesPerson(counted.entry, counted.facts) && selection.seesPerson(newest.0, newest.1))
      return counted
    }

    @inline(__always)
    func counted(_ key: Int, state index: Int, factsOf factsState: Int) -> Counted {
      Counted(
        key: key, index: index, factsState: factsState, entry: entries[index],
        facts: facts[Int(entries[factsState].facts)])
    }
  }

  /// Calls `body` once for every unit of which a case has one of the `base` metrics: with the metrics of all its cases,
  /// with those that it would not count for but for what others have recorded, and with its first case, by which it
  /// belongs to a group.
  ///
  /// First is the case that was received first, a rejected one after all others. A unit counts for a metric when any of
  /// its cases does, and as rejected when all of them are. Where the caller may not know who the person is, the case
  /// stands for a person of its own.
  @inline(__always)
  func forEachUnit(
    of unit: StatisticUnit, _ view: StateView, _ selection: StateSelection, base: UInt8,
    _ body: (UInt8, UInt8, Counted, UnsafeBufferPointer<Entry>) -> Void
  ) {
    if unit == .case {
      return forEachCase(view, selection) { counted, entries in
        let bits = counted.entry.funnelBits
        if bits & base != 0 { body(bits, bits & counted.othersBits, counted, entries) }
      }
    }
    let isPerson = unit == .person
    let hidesPersons = isPerson && !selection.seesAllPersons
    let count = isPerson ? personCount + (hidesPersons ? heads.count : 0) : reportCount
    var bits = [UInt8](repeating: 0, count: count)
    // The metrics that a unit counts for without what others have recorded.
    var certain = [UInt8](repeating: 0, count: count)
    var first = [UInt64](repeating: .max, count: count)
    var states = [(entry: Int32, facts: Int32, unconfirmed: UInt16)](repeating: (-1, -1, 0), count: count)
    forEachCase(view, selection) { counted, _ in
      let own = counted.entry.funnelBits
      guard own & base != 0 else { return }
      let number =
        if !isPerson {
          Int(counted.facts.report)
        } else if !counted.personIsKnown {
          personCount + counted.key
        } else {
          Int(counted.facts.person)
        }
      bits[number] |= own
      certain[number] |= own & ~counted.othersBits
      let order =
        (own & FunnelMetric.rejected.bit == 0 ? 0 : 1 << 63) | UInt64(counted.facts.received) << 40
        | UInt64(counted.key)
      if order < first[number] {
        first[number] = order
        states[number] = (Int32(counted.index), Int32(counted.factsState), counted.unconfirmed)
      }
    }
    withColumns { columns in
      for number in 0..<count where states[number].entry >= 0 {
        var counted = columns.counted(
          Int(first[number] & 0xFF_FFFF_FFFF), state: Int(states[number].entry), factsOf: Int(states[number].facts))
        counted.unconfirmed = states[number].unconfirmed
        let isReported = bits[number] & FunnelMetric.reported.bit != 0
        let all = isReported ? bits[number] & ~FunnelMetric.rejected.bit : bits[number]
        body(all, all & ~certain[number], counted, columns.entries)
      }
    }
  }
}

extension Grouped {
  /// Makes figures from a total and the groups that are not `empty`.
  init(_ total: Figures, _ groups: [Figures], keys: [String?], empty: Figures, isGrouped: Bool) {
    self.total = total
    guard isGrouped else {
      self.groups = []
      return
    }
    self.groups = zip(keys, groups).filter { $0.1 != empty }.map { Group(key: $0.0, figures: $0.1) }
      .sorted { left, right in
        guard let leftKey = left.key else { return false }
        return right.key.map { leftKey < $0 } ?? true
      }
  }
}

extension CaseStates {
  /// Answers a question from the record as it was at a sequence.
  ///
  /// - Parameters:
  ///   - agency: whose view; nil: of everything.
  ///   - seq: nil: as it is now.
  public func answer(
    _ question: StatisticQuestion, for agency: AgencyCode?, at seq: Int64? = nil, _ reference: Reference
  )
    -> StatisticResult
  {
    let view = StateView(
      basis: question.basis, day: Self.day(question.asOf), seq: seq.map { UInt32(clamping: $0) } ?? .max)
    let selection = StateSelection(question.filter, for: agency, codes)
    switch question.kind {
    case .funnel: return .funnel(funnel(question, view, selection))
    case .stages: return .stages(stages(question, view, selection))
    case .sanctions: return .sanctions(sanctions(question, view, selection, reference))
    case .timeliness: return .timeliness(timeliness(question, view, selection))
    case .equalTreatment: return .equalTreatment(equalTreatment(question, view, selection, reference))
    }
  }

  private func funnel(_ question: StatisticQuestion, _ view: StateView, _ selection: StateSelection?)
    -> Grouped<FunnelCounts>
  {
    let keys = groupKeys(question.groupBy)
    let metrics = FunnelMetric.allCases.count
    var counts = [Int](repeating: 0, count: keys.count * metrics)
    var others = counts
    if let selection {
      func add(_ bits: UInt8, to counts: inout [Int], _ offset: Int) {
        var rest = bits
        while rest != 0 {
          counts[offset + rest.trailingZeroBitCount] += 1
          rest &= rest &- 1
        }
      }
      forEachUnit(of: question.unit, view, selection, base: .max) { bits, ofOthers, counted, _ in
        let offset = Self.group(counted.facts, by: question.groupBy) * metrics
        add(bits, to: &counts, offset)
        add(ofOthers, to: &others, offset)
      }
    }
    let empty = FunnelCounts(question)
    var total = empty
    let groups = keys.indices.map { number in
      var group = empty
      let range = number * metrics..<(number + 1) * metrics
      group.counts = Array(counts[range])
      if question.tellsOthers { group.others = Array(others[range]) }
      for metric in 0..<metrics {
        total.counts[metric] += group.counts[metric]
        if let own = group.others { total.others?[metric] += own[metric] }
      }
      return group
    }
    return Grouped(total, groups, keys: keys, empty: empty, isGrouped: question.groupBy != nil)
  }

  private func stages(_ question: StatisticQuestion, _ view: StateView, _ selection: StateSelection?)
    -> Grouped<StageCounts>
  {
    let keys = groupKeys(question.groupBy)
    let empty = StageCounts(question)
    var total = empty
    var groups = Array(repeating: empty, count: keys.count)
    if let selection {
      // A unit stands at the stage of its first case.
      forEachUnit(of: question.unit, view, selection, base: .max) { _, _, counted, _ in
        let (stage, group) = (Int(counted.entry.stage), Self.group(counted.facts, by: question.groupBy))
        total.counts[stage] += 1
        groups[group].counts[stage] += 1
        guard counted.unconfirmed != 0 else { return }
        total.others?[stage] += 1
        groups[group].others?[stage] += 1
      }
    }
    return Grouped(total, groups, keys: keys, empty: empty, isGrouped: question.groupBy != nil)
  }

  private func sanctions(
    _ question: StatisticQuestion, _ view: StateView, _ selection: StateSelection?, _ reference: Reference
  ) -> Grouped<SanctionCounts> {
    let keys = groupKeys(question.groupBy)
    let kinds = codes.sanctions.texts.count + SanctionOutcome.without.count
    var total = [Int](repeating: 0, count: kinds)
    var groups = [Int](repeating: 0, count: kinds * keys.count)
    var (totalOthers, others) = (total, groups)
    if let selection {
      forEachUnit(of: question.unit, view, selection, base: question.of.base.bit) { _, _, counted, _ in
        let kind = SanctionOutcome.number(of: counted.entry, question.of, codes.sanctions.texts.count)
        let place = Self.group(counted.facts, by: question.groupBy) * kinds + kind
        total[kind] += 1
        groups[place] += 1
        guard counted.unconfirmed & question.of.milestones != 0 else { return }
        totalOthers[kind] += 1
        others[place] += 1
      }
    }
    let outcomes = SanctionOutcome.all(codes.sanctions, reference)
    func counts(_ counts: ArraySlice<Int>, _ others: ArraySlice<Int>) -> SanctionCounts {
      SanctionCounts(counts, others, outcomes, tellsOthers: question.tellsOthers)
    }
    return Grouped(
      counts(total[...], totalOthers[...]),
      keys.indices.map { number in
        let range = number * kinds..<(number + 1) * kinds
        return counts(groups[range], others[range])
      }, keys: keys, empty: SanctionCounts(tellsOthers: question.tellsOthers), isGrouped: question.groupBy != nil)
  }
}

extension SanctionCounts {
  init(
    _ counts: ArraySlice<Int>, _ others: ArraySlice<Int>, _ outcomes: [(level: String, code: String?)],
    tellsOthers: Bool
  ) {
    self.tellsOthers = tellsOthers
    items = zip(outcomes, zip(counts, others)).filter { $0.1.0 > 0 }
      .map {
        Item(level: $0.0.level, code: $0.0.code, count: $0.1.0, ofOthers: tellsOthers ? $0.1.1 : nil)
      }
      .sorted {
        (SanctionOutcome.rank($0.level), $0.code ?? "") < (SanctionOutcome.rank($1.level), $1.code ?? "")
      }
  }
}
