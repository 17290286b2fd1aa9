internal import Crypto
public import Domain
internal import Synchronization

/// Answers statistical questions, issues each answer as a figure, and keeps answers as long as nothing changes.
public final class FigureService: RecordService {
  private struct Key: Hashable {
    let kind: StatisticKind
    let scope: AgencyCode?
    let question: String
  }

  private struct Kept {
    var revision = Revision(seq: -1, reference: -1)
    var figures: [Key: IssuedFigure] = [:]
    var bytes = 0
  }

  /// New figures of each owner on a day.
  private struct Issued {
    var day = LegalDate(day: 0)
    var counts: [KeyOwner: Int] = [:]
  }

  public let records: Records
  private let form: FigureForm
  private let kept = Mutex(Kept())
  private let issued = Mutex(Issued())
  private let bytesMax: Int
  private let perAgencyPerDay: Int

  /// - Parameters:
  ///   - form: how questions and answers are written.
  ///   - bytesMax: memory for answers; when it is full all of them go.
  ///   - perAgencyPerDay: figures of one agency that are stored on a day in Jakarta: they are kept for ever.
  public init(_ records: Records, form: FigureForm, bytesMax: Int, perAgencyPerDay: Int) {
    self.records = records
    self.form = form
    self.bytesMax = bytesMax
    self.perAgencyPerDay = perAgencyPerDay
  }

  /// Answers a question and stores the answer, unless it was given before.
  ///
  /// - Throws: `invalid_parameter` at `as_of` for a date before the first record, and what reading and writing throw.
  public func issue(_ question: StatisticQuestion, by asker: Asker) async throws -> IssuedFigure {
    let (store, owner, now) = (records.store, try asker.owner(), asker.now)
    let scope = Figure.scope(of: try asker.agency(), question.unit)
    let key = Key(kind: question.kind, scope: scope, question: form.canonical(question))
    let revision = store.revision
    if let issued = look(for: key, revision) { return issued }
    let reference = store.reference
    let (counted, isStored) = try await records.readStates(by: asker) { [form] states, reads in
      try Self.checkDate(of: question, states)
      let result = states.answer(question, for: scope, reference)
      let name = Self.name(question, key.question, scope, result)
      let figure = Figure(
        id: name, scope: scope, kind: question.kind, definition: question.definitionName, question: key.question,
        seq: states.seq, referenceRevision: reference.revision, issuedAt: now,
        answer: form.answer(name, question, scope, result, states.seq, now, reference))
      let known = try reads.figure(figure.id)
      return (IssuedFigure(figure: known ?? figure, rows: result.rows), known != nil)
    }
    var issued = counted
    if !isStored {
      try countIssue(by: owner, at: now)
      let figure = try await store.write(by: owner, spending: nil, dryRun: false, noting: nil) {
        try $0.issue(counted.figure)
      }
      issued = IssuedFigure(figure: figure, rows: counted.rows)
    }
    keep(issued, for: key, revision)
    return issued
  }

  /// A date on which there was nothing yet is a mistake and not a figure of zero.
  private static func checkDate(of question: StatisticQuestion, _ states: CaseStates) throws(Failure) {
    let first = question.basis == .effective ? states.firstReceivedOn : states.firstRecordedOn
    guard let first, question.asOf < first else { return }
    throw .parameter(
      "as_of",
      LocalizedText(
        en: "This date lies before the first record.", inIndonesian: "Tanggal ini mendahului catatan pertama."),
      .range)
  }

  /// - Throws: `too_many_requests` until midnight when the agency has been given as many new figures as are stored on a
  ///   day; those that were issued before are still answered.
  private func countIssue(by owner: KeyOwner, at now: Timestamp) throws(Failure) {
    let today = LegalDate(inJakarta: now)
    let isAllowed = issued.withLock { issued in
      if issued.day != today { issued = Issued(day: today) }
      let count = issued.counts[owner, default: 0]
      issued.counts[owner] = count + 1
      return count < perAgencyPerDay
    }
    if isAllowed { return }
    let midnight = Int64(today.day + 1) * 86_400 - 7 * 3_600
    throw Failure(
      .tooManyRequests,
      en: "Your agency has asked for too many new figures today; those issued before are still given.",
      inIndonesian:
        "Lembaga Anda sudah meminta terlalu banyak angka baru hari ini; angka yang sudah terbit tetap tersedia.",
      retryAfterSeconds: Int(max(1, midnight - now.milliseconds / 1_000)),
      allowance: Allowance(.figures, perAgencyPerDay, perSeconds: 86_400))
  }

  private func look(for key: Key, _ revision: Revision) -> IssuedFigure? {
    kept.withLock { $0.revision == revision ? $0.figures[key] : nil }
  }

  private func keep(_ issued: IssuedFigure, for key: Key, _ revision: Revision) {
    // 128 bytes stand for each row.
    let bytes = issued.figure.answer.count + issued.rows.count * 128
    kept.withLock { kept in
      if kept.revision != revision || kept.bytes + bytes > bytesMax { kept = Kept(revision: revision) }
      guard bytes <= bytesMax, kept.figures.updateValue(issued, forKey: key) == nil else { return }
      kept.bytes += bytes
    }
  }

  /// The same numbers to the same question have the same name, whoever asks where and when.
  static func name(_ question: StatisticQuestion, _ canonical: String, _ scope: AgencyCode?, _ result: StatisticResult)
    -> String
  {
    var text = "\(question.definitionName)\n\(canonical)\n\(scope?.rawValue ?? "")\n"
    for row in result.rows { text += "\(row.group ?? "*")\t\(row.metric)\t\(row.value.text)\n" }
    return "fig_" + Base32.encode(SHA256.hash(data: Array(text.utf8)).prefix(16))
  }
}

extension FigureService {
  /// Writes an issued figure apart from the event loops, which thousands of lines are no work for.
  public func writeLong(by asker: Asker, _ write: @escaping @Sendable (Reference) -> [UInt8]) async throws -> [UInt8] {
    let reference = records.reference
    return try await records.readLong(by: asker) { _ in write(reference) }
  }

  /// Cases that are listed; the rest is counted.
  private static let listedMax = 200

  /// A figure as it was issued, beside the answer of today.
  ///
  /// - Parameter write: writes the comparison with the cases that have made the difference and exist for whoever asks, and
  ///   what has changed in the first of them; nil when they are not to be listed.
  /// - Throws: `not_found` when there is none of that name for whoever asks.
  public func compare(
    _ id: String, by asker: Asker,
    write: @escaping @Sendable (FigureComparison, [CaseDifference], [CaseChanges]?) -> [UInt8]
  ) async throws -> [UInt8] {
    let agency = try asker.agency()
    // One that another agency was given is not read either.
    guard let terms = try records.read(by: asker, { try $0.figureTerms(id) }) else { throw Failure.notFound }
    let question = try form.stored(terms)
    guard terms.isVisible(to: agency, question.unit), let figure = try records.read(by: asker, { try $0.figure(id) })
    else { throw Failure.notFound }
    let reference = records.reference
    // Equal treatment is about strata: no list of cases stands beside it.
    let lists = question.kind != .equalTreatment && asker.holds(.casesRead)
    return try await records.readStates(by: asker) { states, reads in
      let comparison = FigureComparison(figure, question, states, reference)
      let known = try reads.keys(comparison.cases.map(\.caseKey), visibleTo: agency)
      let cases = comparison.cases.filter { known.contains($0.caseKey) }
      let changed = cases.map(\.caseKey)
      let changes = lists ? try reads.caseChanges(Array(changed.prefix(Self.listedMax)), after: figure.seq) : nil
      return write(comparison, cases, changes)
    }
  }
}
