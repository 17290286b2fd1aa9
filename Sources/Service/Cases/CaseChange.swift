internal import Domain

/// One change of a case, as the write finds it: the record, what its caller sees of it, and the rules of the moment.
struct CaseChange {
  let seen: SeenCase
  let context: Lifecycle.Context
  let transaction: any CaseWrites

  var record: Case { seen.record }
}

extension Records {
  /// Changes a case once.
  ///
  /// - Parameters:
  ///   - tag: the entity tag that must be the current one.
  ///   - status: what is remembered as the status of the first answer.
  ///   - requirement: what must hold before the tag is looked at.
  ///   - change: the case as it is after the change.
  func change(
    _ visible: VisibleCase, matching tag: String?, by asker: Asker, _ intent: Intent, status: Int = 201,
    requiring requirement: @escaping @Sendable (CaseChange) throws -> Void = { _ in },
    _ change: @escaping @Sendable (CaseChange) throws -> Case
  ) async throws -> Done<SeenCase> {
    let (agency, context) = (visible.agency, try asker.context(reference))
    return try await once(by: asker, intent) {
      try SeenCase.replayed($0, for: context.renewed(by: $1), $1)
    } change: { transaction in
      let seen = try transaction.seen(visible.id, by: agency)
      let now = CaseChange(seen: seen, context: try context.renewed(by: transaction), transaction: transaction)
      try requirement(now)
      if seen.record.erasedOn != nil { throw Failure.caseErased }
      try EntityTag.requireMatch(tag, version: seen.record.version, seen.projection, seen.record.commitments)
      let record = try change(now)
      return (try seen.changed(to: record, for: agency, dryRun: intent.dryRun), StoredReply(status, record))
    }
  }
}
