public import Domain

/// What is asked about figures and public releases.
public protocol FigureQuestions {
  /// A figure that was given out; nil when there is none of that name. Visibility is the caller's to judge.
  func figure(_ id: String) throws -> Figure?
  /// The same without its answer: what decides who sees it.
  func figureTerms(_ id: String) throws -> Figure?
  /// Published figures below a number, newest first.
  func publishedFigures(_ election: String?, before number: Int64, limit: Int) throws -> [PublishedFigure]
  /// One published figure; nil when absent.
  func publishedFigure(_ number: Int64) throws -> PublishedFigure?
  /// Every public release of an election that was made, in the order of their dates, those of a date in the order of
  /// their definitions.
  func publicReleases(of election: String) throws -> [StoredRelease]
  /// The day in Jakarta on which the first of an election's cases was recorded, by election. It looks at every case.
  func firstRecordedDays() throws -> [String: LegalDate]
}
