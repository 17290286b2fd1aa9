public import Domain

/// What is asked about clocks.
public protocol ClockQuestions {
  /// Every clock of visible cases that a question finds, whatever its limit.
  func allClocks(_ query: ClockQuery) throws -> [ClockPlace]
  /// How many clocks are open on a day, whoever may see them; what there is none of may be left out.
  func openClocks(on today: LegalDate) throws -> [OpenClockCount]
  /// A page of clocks of visible cases.
  func clocks(_ query: ClockQuery) throws -> ClockPage
  /// True while open clocks are to be derived anew.
  func clocksAreMarked() throws -> Bool
}
