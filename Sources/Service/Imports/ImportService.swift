public import Domain

/// Imports of whole histories.
public struct ImportService: RecordService {
  public let records: Records
  private let ids: CaseIDs
  private let now: @Sendable () -> Timestamp

  /// - Parameter now: an import goes on for hours: each line has its own moment.
  public init(_ records: Records, ids: CaseIDs, now: @escaping @Sendable () -> Timestamp) {
    (self.records, self.ids, self.now) = (records, ids, now)
  }

  /// An importer for whoever asks, who reaches as far as the key.
  public func importer(for asker: Asker) throws(Failure) -> Importer {
    Importer(
      origin: Importer.Origin(
        agency: try asker.agency(), keyID: asker.keyID, reach: asker.holds(.migration) ? .anyone : .own,
        budget: asker.caller?.budget),
      store: records.store, now: now, ids: ids, noting: asker.receipts)
  }

  /// What the lines of an import cost beside the import itself: a dry run asks and leaves nothing, so that it costs more.
  public func toll(for asker: Asker, dryRun: Bool) -> LineToll {
    LineToll(linesPerUnit: dryRun ? 10 : 100, work: records.work, asker: asker, now: now)
  }
}

/// What the lines of an import cost.
public struct LineToll: Sendable {
  let linesPerUnit: Int
  let work: LongWork
  let asker: Asker
  let now: @Sendable () -> Timestamp
  private var lineCount = 0

  init(linesPerUnit: Int, work: LongWork, asker: Asker, now: @escaping @Sendable () -> Timestamp) {
    (self.linesPerUnit, self.work, self.asker, self.now) = (linesPerUnit, work, asker, now)
  }

  /// - Throws: `too_many_requests` when the agency has used up what it may ask.
  public mutating func pay(_ count: Int) throws(Failure) {
    let paid = units
    lineCount += count
    if units > paid { try work.pay(units: units - paid, by: asker, at: now()) }
  }

  /// What all lines so far cost.
  private var units: Int { (lineCount + linesPerUnit - 1) / linesPerUnit }
}
