internal import Domain
internal import Synchronization

/// Answers statistical questions, issues each answer as a figure, and keeps answers as long as nothing changes.
final class FigureIssue: Sendable {
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

  private let kept = Mutex(Kept())
  private let issued = Mutex(Issued())
  private let bytesMax: Int
  private let perAgencyPerDay: Int

  /// - Parameters:
  ///   - bytesMax: memory for answers; when it is full all of them go.
  ///   - perAgencyPerDay: figures of one agency that are stored on a day in Jakarta: they are kept for ever.
  init(bytesMax: Int, perAgencyPerDay: Int) {
    self.bytesMax = bytesMax
    self.perAgencyPerDay = perAgencyPerDay
  }

  /// Answers a question and stores the answer, unless it was given before.
  ///
  /// - Throws: `invalid_parameter` at `as_of` for a date before the first record, and what reading and writing throw.
  func issue(_ question: StatisticQuestion, _ exchange: Exchange) async throws -> IssuedFigure {
    let (store, owner, now) = (exchange.api.store, try exchange.owner(), exchange.now)
    let scope = Figure.scope(of: try exchange.agency(), question.unit)
    let key = Key(kind: question.kind, scope: scope, question: StatisticQuery.canonical(question))
    let revision = store.revision
    if let issued = look(for: key, revision) { return issued }
    let reference = store.reference
    let (counted, isStored) = try await exchange.readStates { states, reads in
      try Self.checkDate(of: question, states)
      let result = states.answer(question, for: scope, reference)
      let figure = StatisticJSON.figure(question, scope: scope, result, seq: states.seq, at: now, reference)
      let known = try reads.figure(figure.id)
      return (IssuedFigure(figure: known ?? figure, rows: result.rows), known != nil)
    }
    var issued = counted
    if !isStored {
      try countIssue(by: owner, at: now)
      let figure = try await store.write(by: owner, spending: nil, dryRun: false) { try $0.issue(counted.figure) }
      issued = IssuedFigure(figure: figure, rows: counted.rows)
    }
    keep(issued, for: key, revision)
    return issued
  }

  /// A date on which there was nothing yet is a mistake and not a figure of zero.
  static func checkDate(of question: StatisticQuestion, _ states: CaseStates) throws(Failure) {
    let first = question.basis == .effective ? states.firstReceivedOn : states.firstRecordedOn
    guard let first, question.asOf < first else { return }
    throw .parameter(
      "as_of",
      LocalizedText(en: "This date lies before the first record.", id: "Tanggal ini mendahului catatan pertama."),
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
      id: "Lembaga Anda sudah meminta terlalu banyak angka baru hari ini; angka yang sudah terbit tetap tersedia.",
      retryAfterSeconds: Int(max(1, midnight - now.milliseconds / 1_000)),
      allowance: Allowance("figures", perAgencyPerDay, perSeconds: 86_400))
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
}
