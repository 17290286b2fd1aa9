public import Domain

/// Acts on a case along its legal road.
public struct ActionService: RecordService {
  public let records: Records

  /// Acts on the cases of `records`.
  public init(_ records: Records) { self.records = records }

  /// Takes an act.
  ///
  /// - Parameter tag: the entity tag of the case as the agency knows it.
  /// - Throws: `precondition_required`, `version_mismatch`, and what the law refuses.
  public func take(_ action: Action, on visible: VisibleCase, matching tag: String?, by asker: Asker, _ intent: Intent)
    async throws -> Done<SeenCase>
  {
    try await records.change(visible, matching: tag, by: asker, intent) { now in
      let (changed, event) = try Lifecycle.judge(action, on: now.record, now.context)
      guard let changed else {
        // A note leaves the record as it is.
        try now.transaction.append(event, to: now.record)
        return now.record
      }
      return try now.transaction.update(now.record, to: changed, event)
    }
  }

  /// What an agency may do with a case today.
  public func allowed(on visible: VisibleCase, by asker: Asker) throws -> AllowedActions {
    let context = try asker.context(records.reference)
    let seen = try records.read(by: asker) { try SeenCase($0.caseRecord(behind: visible.stub), for: visible.agency) }
    return AllowedActions(seen.record, context)
  }
}

/// What an agency may do with a case, and why not the rest.
public struct AllowedActions: Sendable {
  public let version: Int
  /// Every act, with what speaks against it.
  public let actions: [(kind: ActionKind, refusal: Failure?)]
  /// Whether an answer of the agency is awaited.
  public let confirmation: Bool
  /// Whether the agency may correct facts itself.
  public let correction: Bool

  fileprivate init(_ record: Case, _ context: Lifecycle.Context) {
    let isErased = record.erasedOn != nil
    version = record.version
    actions = ActionKind.allCases.map { kind in
      let refusal = Lifecycle.refusal(of: kind, on: context.today, by: context.actor.agency, record, context)
      return (kind, isErased ? .caseErased : refusal)
    }
    confirmation = record.provenance.awaited.contains {
      context.reference.answers(context.actor.agency, for: $0, on: context.today)
    }
    correction = !isErased && CorrectionService.mayCorrect(record, context)
  }
}
