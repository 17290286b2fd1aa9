public import Domain

/// Dated reference data: shown to every key, changed by the operator.
public struct ReferenceService: RecordService {
  public let records: Records
  private let derivation: ClockDerivation

  /// - Parameter derivation: derives clocks anew when rules or holidays change.
  public init(_ records: Records, derivation: ClockDerivation) {
    (self.records, self.derivation) = (records, derivation)
  }

  /// The rows of a kind, of all days or of one.
  public func rows(_ kind: ReferenceKind, on date: LegalDate?) -> [ReferenceEntry] {
    records.reference.entries.filter { entry in
      entry.kind == kind && (date.map { entry.isValid(on: $0) } ?? true)
    }
  }

  /// Adds or replaces rows; none is deleted.
  ///
  /// - Parameters:
  ///   - lines: where each row stands in its file; empty when it comes from none.
  ///   - explain: says of a refusal where in the file its cause stands.
  /// - Returns: how many cases have changed with their clocks; nil where none could.
  public func put(
    _ rows: [ReferenceEntry], of kind: ReferenceKind, lines: [Int], by asker: Asker, dryRun: Bool,
    explain: @escaping @Sendable (Failure) -> Failure
  ) async throws -> Int? {
    let by = asker.keyID
    let change: @Sendable (any CaseWrites) throws -> Void = { transaction in
      let reference = try transaction.currentReference()
      do throws(Failure) {
        _ = try reference.adding(rows, lines: lines)
      } catch {
        throw explain(error)
      }
      try transaction.put(rows, by: by)
    }
    if kind.movesClocks && !dryRun { return try await derivation.make(change, by: by, noting: asker.receipts) }
    try await records.store.write(by: .operator, dryRun: dryRun, noting: asker.receipts, change)
    return nil
  }
}

extension ReferenceKind {
  /// True when open clocks follow from rows of this kind.
  public var movesClocks: Bool { self == .clockRules || self == .holidays }
}
