public import Domain

/// Numbers that agencies have published, each beside the service's own for the same date.
public struct PublishedFigureService: RecordService {
  public let records: Records

  /// Published figures beside the cases of `records`.
  public init(_ records: Records) { self.records = records }

  /// Registers a figure that the agency has published.
  public func register(_ figure: PublishedFigure, by asker: Asker, _ intent: Intent) async throws
    -> Done<PublishedFigure>
  {
    let keyID = asker.keyID
    return try await records.once(by: asker, intent) { reply, transaction in
      guard let number = reply.resource.flatMap({ Int64($0) }), let stored = try transaction.publishedFigure(number)
      else { throw Failure.notFound }
      return stored
    } change: { transaction in
      let stored = try transaction.register(figure, by: keyID)
      let reply = StoredReply(
        requestDigest: [], status: 201, caseID: nil, version: nil, resource: "\(stored.number)")
      return (stored, reply)
    }
  }

  /// Published figures below a number, newest first.
  ///
  /// - Parameter election: of which; nil: of all.
  /// - Throws: `invalid_parameter` when there is no such election.
  public func list(_ election: String?, before number: Int64, limit: Int, by asker: Asker) throws -> [PublishedFigure] {
    try requireKnown(election)
    return try records.read(by: asker) { try $0.publishedFigures(election, before: number, limit: limit) }
  }

  /// All of them, and the sequence at which they were found.
  public func all(_ election: String?, before number: Int64, by asker: Asker) async throws
    -> (figures: [PublishedFigure], seq: Int64)
  {
    try await records.readPart(by: asker) { reads in
      (try reads.publishedFigures(election, before: number, limit: .max), try reads.head())
    }
  }

  /// - Throws: `invalid_parameter` when there is no such election.
  public func requireKnown(_ election: String?) throws(Failure) {
    guard let election, records.reference.elections[election] == nil else { return }
    throw .parameter("election", FieldErrorCode.unknownCode.standardDetail, .unknownCode)
  }

  /// One published figure.
  ///
  /// - Throws: `not_found`.
  public func figure(_ number: Int64, by asker: Asker) throws -> PublishedFigure {
    guard let figure = try records.read(by: asker, { try $0.publishedFigure(number) }) else { throw Failure.notFound }
    return figure
  }

  /// Writes a figure beside the service's own.
  public func write(
    _ figure: PublishedFigure, by asker: Asker, _ write: @escaping @Sendable (FigureBeside) -> [UInt8]
  ) async throws -> [UInt8] {
    let scope = Figure.scope(of: try asker.agency(), figure.unit)
    let reference = records.reference
    return try await records.readStates(by: asker) { states, _ in
      write(FigureBeside(published: figure, scope: scope, states: states, reference: reference))
    }
  }
}

/// A published figure beside the service's own.
public struct FigureBeside {
  public let published: PublishedFigure
  /// Whose view the service's own figures are; nil: everybody's.
  public let scope: AgencyCode?
  let states: CaseStates
  let reference: Reference

  /// The sequence that the service's own figures are of.
  public var seq: Int64 { states.seq }

  /// The service's own figures; nil where it had recorded nothing yet: it has none then, not one of zero.
  public func own(_ basis: StatisticBasis) -> FunnelCounts? {
    let isTooEarly = basis == .recorded && states.firstRecordedOn.map { published.asOf < $0 } ?? true
    guard !isTooEarly, case .funnel(let own) = states.answer(published.question(basis), for: scope, reference) else {
      return nil
    }
    return own.total
  }
}
