public import Domain

/// What a write may do to cases.
public protocol CaseRecording {
  /// Stores a new case with every version and event of its history, and returns it as it now is.
  ///
  /// - Throws: `report_exists` when agency, report number and person are taken; nothing is written then.
  func create(_ history: CaseHistory) throws -> Case
  /// The same of one that was made ready before.
  func create(_ prepared: any PreparedHistory) throws -> Case
  /// Stores the next version of a case with its event.
  func update(_ old: Case, to new: Case, _ event: EventDraft) throws -> Case
  /// Stores an event that leaves the record as it is.
  func append(_ event: EventDraft, to record: Case) throws
  /// Stores a link, both ways. False when it was there already.
  func link(_ record: Case, _ other: Case, _ link: Link) throws -> Bool
  /// Stores a correction request and returns its number.
  func requestCorrection(_ record: Case, by agency: AgencyCode, patch: String, reason: String, at: Timestamp) throws
    -> Int
  /// Registers a key that seals reporters, and ends others of its agency.
  func register(_ key: SealingKey, ending ends: [String], by keyID: String) throws -> SealingKey
  /// Records how a correction request ended.
  func decideCorrection(_ record: Case, _ request: CorrectionRequest) throws
}

extension CaseRecording {
  /// Stores a new case with its first event.
  ///
  /// - Throws: `report_exists` when agency, report number and person are taken; nothing is written then.
  public func create(_ id: CaseID, _ facts: Facts, _ progress: CaseProgress, _ event: EventDraft) throws -> Case {
    try create(CaseHistory(id, facts, progress, event))
  }
}
