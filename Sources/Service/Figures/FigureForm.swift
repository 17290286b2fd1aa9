public import Domain

/// How statistical questions and their answers are written: they are stored as they were written.
public struct FigureForm: Sendable {
  /// Writes an answer, with the name of its figure, whose view it is, the sequence and the moment.
  public typealias Answer =
    @Sendable (
      _ name: String, StatisticQuestion, _ scope: AgencyCode?, StatisticResult, _ seq: Int64, Timestamp, Reference
    ) -> [UInt8]

  /// A question in one spelling.
  let canonical: @Sendable (StatisticQuestion) -> String
  /// The question of a figure.
  let stored: @Sendable (Figure) throws(Failure) -> StatisticQuestion
  let answer: Answer

  /// - Parameters:
  ///   - canonical: writes a question in one spelling.
  ///   - stored: reads the question of a figure.
  public init(
    canonical: @escaping @Sendable (StatisticQuestion) -> String,
    stored: @escaping @Sendable (Figure) throws(Failure) -> StatisticQuestion, answer: @escaping Answer
  ) {
    (self.canonical, self.stored, self.answer) = (canonical, stored, answer)
  }
}

/// An answer to a question, and the figure it was issued as.
public struct IssuedFigure: Sendable {
  public let figure: Figure
  public let rows: [StatisticRow]
}
