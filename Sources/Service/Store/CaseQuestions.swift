public import Domain

/// What is asked about cases.
public protocol CaseQuestions {
  /// What decides the visibility of a case; nil when absent.
  func stub(_ id: CaseID) throws -> CaseStub?
  /// The case as it is now; nil when absent. Visibility is the caller's to judge.
  func caseRecord(_ id: CaseID) throws -> Case?
  /// The same by the key of the store, which costs one look-up less.
  func caseRecord(behind stub: CaseStub) throws -> Case?
  /// The case as version `version` recorded it.
  func caseRecord(_ id: CaseID, version: Int) throws -> Case?
  /// The case as this service had recorded it by `instant`.
  func caseRecord(_ id: CaseID, recordedBy instant: Timestamp) throws -> Case?
  /// The progress made by acts up to `date`, with the facts as known now.
  func caseRecord(_ id: CaseID, effectiveOn date: LegalDate) throws -> Case?
  /// A page of visible cases.
  func cases(_ query: CaseQuery) throws -> CasePage
  /// The number of visible cases that match.
  func count(_ query: CaseQuery) throws -> Int
  /// Every visible case that a question finds, whatever its limit.
  func allCases(_ query: CaseQuery) throws -> [CasePlace]
  /// Which of these cases exist for an agency now.
  func keys(_ keys: [Int64], visibleTo agency: AgencyCode) throws -> Set<Int64>
  /// The identities of the next cases after a key, in the order of the keys under which the store keeps them.
  func caseIDs(after key: Int64, limit: Int) throws -> [(key: Int64, id: CaseID)]
  /// The case with this report number about this person; nil when there is none.
  func existingReport(_ facts: Facts) throws -> Case?
  /// True when a case was known by this number and person before a correction, and none is now.
  func isFormerReport(_ facts: Facts) throws -> Bool
  /// The events of a case after a sequence, oldest first; at most `limit`.
  func history(_ id: CaseID, after seq: Int64, limit: Int) throws -> [Event]
}

extension CaseQuestions {
  /// Every event of a case, oldest first.
  public func history(_ id: CaseID) throws -> [Event] { try history(id, after: 0, limit: .max) }
}
