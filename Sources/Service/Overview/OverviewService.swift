public import Domain
internal import Synchronization

/// What lies where, for the people of an agency.
public final class OverviewService: RecordService {
  private struct Key: Hashable {
    let agency: AgencyCode
    let day: LegalDate
  }

  private struct Kept {
    var revision = Revision(seq: -1, reference: -1)
    var overviews: [Key: CaseOverview] = [:]
  }

  public let records: Records
  private let kept = Mutex(Kept())

  public init(_ records: Records) { self.records = records }

  /// What the overview was made of: as long as it is the same, so is the overview of a day.
  public var revision: Revision { records.store.revision }

  /// The overview of whoever asks, from memory as long as nothing has changed.
  ///
  /// - Throws: `scope_missing` unless the key may read cases.
  public func overview(by asker: Asker) async throws -> CaseOverview {
    guard asker.holds(.casesRead) else { throw Failure.scopeMissing }
    let key = Key(agency: try asker.agency(), day: asker.today)
    let revision = revision
    if let known = kept.withLock({ $0.revision == revision ? $0.overviews[key] : nil }) { return known }
    let overview = try await records.readStates(by: asker) { states, _ in
      states.overview(for: key.agency, on: key.day)
    }
    kept.withLock { kept in
      if kept.revision != revision { kept = Kept(revision: revision) }
      kept.overviews[key] = overview
    }
    return overview
  }
}
