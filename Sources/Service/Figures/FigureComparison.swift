public import Domain

/// A figure beside the answer of today.
public struct FigureComparison {
  public let figure: Figure
  /// The sequence of the answer of today.
  public let seq: Int64
  /// The leaf that had changed reference data last when today's answer was counted.
  public let referenceRevision: Int64?
  /// False when the record no longer gives what was issued: the definition or reference data have changed since.
  public let isReproduced: Bool
  private let then: [StatisticRow]
  private let now: [StatisticRow]
  /// The name that the answer of today has as a figure.
  public let nowID: String
  let cases: [CaseDifference]

  init(_ figure: Figure, _ question: StatisticQuestion, _ states: CaseStates, _ reference: Reference) {
    self.figure = figure
    seq = states.seq
    referenceRevision = reference.revision
    let nowResult = states.answer(question, for: figure.scope, reference)
    let thenResult =
      figure.seq == states.seq ? nowResult : states.answer(question, for: figure.scope, at: figure.seq, reference)
    then = thenResult.rows
    now = nowResult.rows
    isReproduced = FigureService.name(question, figure.question, figure.scope, thenResult) == figure.id
    nowID = FigureService.name(question, figure.question, figure.scope, nowResult)
    cases =
      nowID == figure.id
      ? [] : states.differences(in: question, for: figure.scope, from: figure.seq, to: states.seq, reference)
  }

  /// A number that differs.
  public typealias Difference = (group: String?, metric: String, then: StatisticRow.Value?, now: StatisticRow.Value?)

  /// The numbers that differ, those that are gone last.
  public var differences: [Difference] {
    func index(_ rows: [StatisticRow]) -> [[String?]: StatisticRow.Value] {
      Dictionary(rows.map { ([$0.group, $0.metric], $0.value) }, uniquingKeysWith: { first, _ in first })
    }
    let (before, after) = (index(then), index(now))
    let gone = then.filter { after[[$0.group, $0.metric]] == nil }
    return (now + gone).compactMap { row in
      let place = [row.group, row.metric]
      // A share whose base alone has changed is the same number.
      guard before[place]?.text ?? "0" != after[place]?.text ?? "0" else { return nil }
      return (row.group, row.metric, before[place], after[place])
    }
  }
}

extension StatisticRow.Value {
  /// What can be counted with.
  public var number: Double {
    switch self {
    case .count(let count), .part(let count, _, _): Double(count)
    case .number(let number): number
    }
  }
}
