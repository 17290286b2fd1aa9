public import Domain

/// What is asked about cases as they stood at a sequence.
public protocol SnapshotQuestions {
  /// Cases as they stood at a sequence, in ascending order of identity; at most `limit` cases are looked at. Visibility
  /// is the caller's to judge. Texts of 1 MiB end a page early.
  func pastCases(at seq: Int64, after id: CaseID, limit: Int) throws -> PastPage<PastCase>
  /// What decides who sees the cases as they stood at a sequence, in the same order.
  func pastStubs(at seq: Int64, after id: CaseID, limit: Int) throws -> PastPage<PastStub>
  /// The number of cases that `agency` saw at a sequence and still sees.
  func pastCount(at seq: Int64, for agency: AgencyCode) throws -> Int
  /// Cases at versions that were found before, each in its place; nil for one that is absent. Visibility is the caller's to
  /// judge.
  func pastCases(_ places: [CasePlace]) throws -> [PastCase?]
  /// Certificates of agreement below a number, newest first.
  func certificates(of agency: AgencyCode?, before number: Int64, limit: Int) throws -> [Certificate]
}
