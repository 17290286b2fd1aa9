internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON

/// GET /v1/public/statistics/{statistic}: what anybody may know, without a key.
///
/// A release is made for an election and the last day of a month, by the first question after that day, and frozen: what
/// later releases tell is judged beside all that were made.
enum PublicRoutes {
  /// The statistics that are released; the raw value is the path segment.
  enum Statistic: String, CaseIterable, Sendable {
    case funnel, stages, sanctions
  }

  static func show(_ statistic: Statistic, _ exchange: Exchange) async throws -> Answer {
    let address = ClientAddress.of(exchange.request, trusting: exchange.api.settings.trustedProxies)
    try exchange.api.publicRate.take(address, at: exchange.now)
    let type = try MediaType.choose(exchange.request.fields[.accept], from: ["application/json", "text/csv"])
    let names: Set<String> = statistic == .funnel ? ["election", "as_of", "group_by"] : ["election", "as_of"]
    let query = try Query(exchange.request.query, knowing: names)
    let reference = exchange.api.store.reference
    guard let election = query["election"], reference.elections[election] != nil else {
      throw Failure.parameter("election", FieldErrorCode.unknownCode.standardDetail)
    }
    let date = try date(query, today: exchange.today)
    let grouping = try grouping(query)
    let release = try await exchange.api.releases.release(of: election, on: date, exchange)
    let page = PublicPage(statistic: statistic, grouping: grouping, release: release, reference: reference)
    var answer = Answer(contentType: type)
    answer.isPublic = true
    if type == "text/csv" {
      answer.contentType = "text/csv; charset=utf-8; header=present"
      answer.body = .bytes(page.csv())
    } else {
      answer.etag = "\"\(election)-\(date)-\(release.stored.seq)\""
      answer.body = .bytes(page.json())
    }
    return answer
  }

  /// The last day of a month that is over; the newest one unless asked for.
  private static func date(_ query: Query, today: LegalDate) throws(Failure) -> LegalDate {
    let newest = today.adding(days: -today.components.dayOfMonth)
    guard let date = try query.date("as_of") else { return newest }
    guard date <= newest, date.adding(days: 1).components.dayOfMonth == 1 else {
      throw .parameter(
        "as_of",
        LocalizedText(
          en: "Give the last day of a month that is over, at the latest \(newest).",
          id: "Isi hari terakhir bulan yang telah lewat, paling akhir \(newest)."))
    }
    return date
  }

  private static func grouping(_ query: Query) throws(Failure) -> StatisticGrouping? {
    guard let name = query["group_by"] else { return nil }
    guard let grouping = CaseStates.releasedGroupings.first(where: { $0.rawValue == name }) else {
      let names = CaseStates.releasedGroupings.map(\.rawValue).joined(separator: ", ")
      throw .parameter("group_by", LocalizedText(en: "Give one of \(names).", id: "Isi salah satu dari \(names)."))
    }
    return grouping
  }
}

/// A release with what was stored of it.
struct MadeRelease: Sendable {
  let stored: StoredRelease
  /// Nil when it was withheld.
  let published: PublicRelease?
}
