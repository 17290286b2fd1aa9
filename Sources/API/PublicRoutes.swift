internal import Crypto
internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON

/// GET /v1/public/statistics/{statistic}: what anybody may know, without a key.
///
/// A release is made for an election and the last day of a month, by the first question after the days of grace, and
/// frozen: what later releases tell is judged beside all that were made.
enum PublicRoutes {
  /// The statistics that are released; the raw value is the path segment.
  enum Statistic: String, CaseIterable, Sendable {
    case funnel, stages, sanctions
  }

  /// What a question may say.
  static func parameters(of statistic: Statistic) -> [Parameter] {
    let parameters = [
      Parameter.election.required, .date("as_of", "The last day of a month (default: of the newest release)."),
    ]
    let groupings = CaseStates.releasedGroupings.map(\.rawValue)
    return statistic == .funnel ? parameters + [Parameter("group_by", .codes(groupings), "One grouping.")] : parameters
  }

  static func show(_ statistic: Statistic, _ exchange: Exchange) async throws -> Answer {
    let address = ClientAddress.of(exchange.request, trusting: exchange.api.settings.trustedProxies)
    try exchange.api.rates.countOpen(address, at: exchange.now)
    let type = try MediaType.choose(exchange.request.fields[.accept], from: ["application/json", "text/csv"])
    let query = try exchange.query()
    let reference = exchange.api.store.reference
    guard let election = query["election"],
      let votingOn = reference.elections[election].flatMap({ LegalDate($0.votingOn) })
    else { throw Failure.parameter("election", FieldErrorCode.unknownCode.standardDetail) }
    let dates = try dates(query, ReleaseCalendar(votingOn: votingOn), today: exchange.today)
    let grouping = try grouping(query)
    let release = try await exchange.api.releases.release(of: election, on: dates)
    let page = PublicPage(statistic: statistic, grouping: grouping, release: release, reference: reference)
    var answer = Answer(contentType: type)
    answer.isPublic = true
    if type == "text/csv" {
      answer.contentType = "text/csv; charset=utf-8; header=present"
      answer.body = .bytes(page.csv())
    } else {
      let body = page.json()
      let digest = Base32.encode(SHA256.hash(data: body).prefix(10))
      answer.etag = "\"\(election)-\(release.stored.asOf)-\(digest)\""
      answer.body = .bytes(body)
    }
    return answer
  }

  /// The dates of the releases up to the one that is asked for, by default the newest.
  private static func dates(_ query: Query, _ calendar: ReleaseCalendar, today: LegalDate) throws(Failure)
    -> ArraySlice<LegalDate>
  {
    let due = calendar.due(on: today)
    let date = try query.date("as_of") ?? due.last
    if let index = due.firstIndex(where: { $0 == date }) { return due[...index] }
    let (days, first) = (ReleaseCalendar.graceDays, calendar.dates.first.map { "\($0)" } ?? "")
    guard let newest = due.last else {
      throw .parameter(
        "as_of",
        LocalizedText(
          en: "The first release of this election is of \(first), made \(days) days later.",
          id: "Rilis pertama pemilihan ini per \(first), dibuat \(days) hari kemudian."))
    }
    throw .parameter(
      "as_of",
      LocalizedText(
        en: "Give the last day of a month from \(first) to \(newest); a month is released after \(days) days.",
        id: "Isi hari terakhir suatu bulan dari \(first) sampai \(newest); rilis dibuat setelah \(days) hari."))
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
