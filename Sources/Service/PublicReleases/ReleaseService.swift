public import Domain

/// Public releases: what was made, and the operator's word to make what is missing.
public struct ReleaseService: Sendable {
  private let store: any Store
  private let releases: PublicReleases
  private let maker: ReleaseMaker

  /// - Parameters:
  ///   - releases: those that were made.
  ///   - maker: makes the others.
  public init(store: any Store, releases: PublicReleases, maker: ReleaseMaker) {
    (self.store, self.releases, self.maker) = (store, releases, maker)
  }

  /// The reference data that labels come from.
  public var reference: Reference { store.reference }

  /// The releases of an election.
  public func series(of election: String) async throws -> PublicReleases.Series {
    try await releases.series(of: election)
  }

  /// The day of voting of an election; nil where there is no such election, or its day is not decreed.
  public func votingOn(_ election: String) -> LegalDate? {
    reference.elections[election].flatMap { $0.votingOn.flatMap { LegalDate($0) } }
  }

  /// Makes every missing release of an election up to a date.
  ///
  /// - Parameter due: the dates of all releases that are due.
  /// - Returns: every one of those dates, whether its release was made now, and the release.
  public func make(
    _ election: String, until last: LegalDate, due: ArraySlice<LegalDate>, by asker: Asker, dryRun: Bool
  ) async throws -> MadeReleases {
    let made = try await maker.make(election, until: last, by: asker.keyID, dryRun: dryRun)
    let first = try await maker.firstRecordedDays()[election]
    let series = try await releases.series(of: election).made
    return MadeReleases(
      firstRecordedOn: first,
      items: due.filter { $0 <= last }.map { (date: $0, isMade: made.contains($0), release: series[$0]?.stored) })
  }
}

/// What the operator's word has led to.
public struct MadeReleases: Sendable {
  /// The day on which the first case of the election was recorded; nil before there is one.
  public let firstRecordedOn: LegalDate?
  /// Every month up to the one that was named.
  public let items: [(date: LegalDate, isMade: Bool, release: StoredRelease?)]

  /// - Parameter items: nothing when no release is due.
  public init(firstRecordedOn: LegalDate? = nil, items: [(date: LegalDate, isMade: Bool, release: StoredRelease?)] = [])
  {
    (self.firstRecordedOn, self.items) = (firstRecordedOn, items)
  }
}
