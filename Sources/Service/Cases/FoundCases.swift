public import Domain

/// What a question for cases has found, to be written.
public struct FoundCases {
  public let page: CasePage
  /// The length of the whole list, where it was asked for.
  public let count: Int?
  private let reads: any CaseReads

  fileprivate init(_ page: CasePage, _ count: Int?, _ reads: any CaseReads) {
    (self.page, self.count, self.reads) = (page, count, reads)
  }

  /// The case behind a stub of the page; nil when it is gone.
  public func record(behind stub: CaseStub) throws -> Case? { try reads.caseRecord(behind: stub) }
}

extension CaseService {
  /// A page of visible cases. A word may stand in every case: a question with words is answered on the lane of long reading.
  ///
  /// - Parameter write: writes the page.
  public func page<Page: Sendable>(
    _ question: CaseQuery, isCounted: Bool, by asker: Asker, write: @escaping @Sendable (FoundCases) throws -> Page
  ) async throws -> Page {
    let answer: @Sendable (any CaseReads) throws -> Page = { reads in
      try write(FoundCases(try reads.cases(question), isCounted ? try reads.count(question) : nil, reads))
    }
    guard question.hasWords else { return try records.read(by: asker, answer) }
    try await records.store.bringWordsUpToDate(for: asker.owner())
    return try await records.readLong(by: asker, answer)
  }

  /// Every visible case that a question finds, and the sequence at which it was found.
  public func places(_ question: CaseQuery, by asker: Asker) async throws -> (places: [CasePlace], seq: Int64) {
    if question.hasWords { try await records.store.bringWordsUpToDate(for: asker.owner()) }
    return try await records.readPart(by: asker) { (try $0.allCases(question), try $0.head()) }
  }

  /// Some of what was found, as it stood then; what the agency may no longer see is left out.
  public func part(_ places: [CasePlace], by asker: Asker, write: @escaping @Sendable ([SeenCase]) -> [UInt8])
    async throws -> [UInt8]
  {
    let context = try asker.context(records.reference)
    return try await records.readPart(by: asker) { reads in
      write(try reads.pastCases(places).compactMap { $0.flatMap { SeenCase($0, context) } })
    }
  }
}

extension CaseQuery {
  /// Whether the index of words is asked.
  fileprivate var hasWords: Bool { !words.isEmpty || !nameWords.isEmpty }
}
