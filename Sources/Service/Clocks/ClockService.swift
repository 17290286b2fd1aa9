public import Domain

/// The clocks of visible cases.
public struct ClockService: RecordService {
  public let records: Records

  /// The clocks of the cases of `records`.
  public init(_ records: Records) { self.records = records }

  /// A page of clocks.
  public func page<Page: Sendable>(
    _ question: ClockQuery, by asker: Asker, write: @escaping @Sendable (ClockPage) throws -> Page
  ) async throws -> Page {
    try await records.readLong(by: asker) { try write(try $0.clocks(question)) }
  }

  /// Every clock that a question finds, and the sequence at which it was found.
  public func places(_ question: ClockQuery, by asker: Asker) async throws -> (places: [ClockPlace], seq: Int64) {
    try await records.readPart(by: asker) { (try $0.allClocks(question), try $0.head()) }
  }

  /// Some of what was found, as it stood then; what the agency may no longer see is left out.
  public func part(_ places: [ClockPlace], by asker: Asker, write: @escaping @Sendable ([ListedClock]) -> [UInt8])
    async throws -> [UInt8]
  {
    let agency = try asker.agency()
    return try await records.readPart(by: asker) { reads in
      let cases = try reads.pastCases(places.map(\.of))
      return write(
        zip(places, cases).compactMap { place, past in
          guard let past, past.projection(for: agency) != nil else { return nil }
          return ListedClock(past.record, place.kind)
        })
    }
  }
}
