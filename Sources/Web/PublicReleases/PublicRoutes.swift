internal import Crypto
internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON
internal import Service
internal import Sheets

/// GET /v1/public/statistics/{statistic}: what anybody may know, without a key.
///
/// A release is made for an election and the last day of a month when it is due, and frozen. No question makes one, or
/// decides when it is made.
enum PublicRoutes {
  /// The statistics that are released; the raw value is the path segment.
  enum Statistic: String, CaseIterable, Sendable {
    case funnel, stages, sanctions
  }

  /// What a question may say.
  static func parameters(of statistic: Statistic) -> [Parameter] {
    let parameters = [
      Parameter.election.required, .date("as_of", "The last day of a month (default: that of the newest release)."),
    ]
    let groupings = CaseStates.releasedGroupings.map(\.rawValue)
    return statistic == .funnel ? parameters + [Parameter("group_by", .codes(groupings), "One grouping.")] : parameters
  }

  /// GET /v1/public/releases: elections and the days of their releases.
  static func list(_ call: Call, _ releases: ReleaseService) async throws -> Answer {
    let format = call.format
    let elections = releases.reference.elections.values.sorted { $0.key < $1.key }
    let columns = ["election", "name_id", "name_en", "voting_on", "as_of"].map { TableColumn($0) }
    let table = Table(call, LocalizedText(en: "Releases", inIndonesian: "Rilis"), columns)
    var (page, rows) = (ListPage(format), table?.writer)
    for election in elections {
      let released = try await releases.series(of: election.key).made.keys.sorted().map(\.description)
      _ = page.add { writer in
        writer.object { writer in
          writer.member("election", election.key)
          writer.member("name_id", election.nameId)
          writer.member("name_en", election.nameEn)
          writer.member("voting_on", election.votingOn)
          writer.member("released", strings: released)
        }
      }
      // One without a release has a row, too.
      for day in released.isEmpty ? [nil] : released.map(Optional.some) {
        for text in [election.key, election.nameId, election.nameEn] { rows?.field(text) }
        for day in [election.votingOn, day] { rows?.date(spelled: day) }
        rows?.endRow()
      }
    }
    var answer = table?.answer(rows?.bytes ?? []) ?? page.answer(next: nil, at: nil)
    answer.isPublic = true
    return answer
  }

  static func show(_ statistic: Statistic, _ call: Call, _ releases: ReleaseService) async throws -> Answer {
    let (query, format, reference) = (call.query, call.format, releases.reference)
    guard let election = query["election"], reference.elections[election] != nil else {
      throw Failure.electionMissing(query["election"] == nil, reference)
    }
    guard let votingOn = releases.votingOn(election) else { throw Failure.notDecreed }
    let asOf = try query.date("as_of")
    let grouping = try grouping(query)
    let series = try await releases.series(of: election)
    let due = ReleaseCalendar(votingOn: votingOn).due(at: call.asker.now)
    let release = try release(asOf, of: series, due: due, votingOn: votingOn)
    let page = PublicPage(statistic: statistic, grouping: grouping, release: release, reference: reference)
    let table = Table(call, PublicPage.title, PublicPage.columns)
    var answer: Answer
    if let table {
      answer = table.answer(page.rows(table), isTagged: true)
    } else {
      answer = Answer(contentType: format.contentType)
      let body = page.json()
      let digest = Base32.encode(SHA256.hash(data: body).prefix(10))
      answer.etag = "\"\(election)-\(release.stored.asOf)-\(digest)\""
      answer.body = .bytes(body)
    }
    answer.isPublic = true
    return answer
  }

  /// The release of a date, by default the newest one.
  ///
  /// - Throws: `release_pending` when it is due and not made yet; `invalid_parameter` when there will be none, or not
  ///   before the operator says so.
  private static func release(
    _ asOf: LegalDate?, of series: PublicReleases.Series, due: ArraySlice<LegalDate>, votingOn: LegalDate
  ) throws(Failure) -> MadeRelease {
    if let release = (asOf ?? series.made.keys.max()).flatMap({ series.made[$0] }) { return release }
    guard let newest = due.last else { throw .noReleaseYet(ReleaseCalendar(votingOn: votingOn)) }
    let date = asOf ?? newest
    guard due.contains(date) else { throw .noRelease(of: due) }
    throw series.isPending(date) ? .releasePending : .awaitsHistory
  }

  private static func grouping(_ query: Query) throws(Failure) -> StatisticGrouping? {
    guard let name = query["group_by"] else { return nil }
    guard let grouping = CaseStates.releasedGroupings.first(where: { $0.rawValue == name }) else {
      let names = CaseStates.releasedGroupings.map(\.rawValue).joined(separator: ", ")
      throw .parameter(
        "group_by", LocalizedText(en: "Give one of \(names).", inIndonesian: "Isi salah satu dari \(names)."))
    }
    return grouping
  }
}

extension Failure {
  static func electionMissing(_ isMissing: Bool, _ reference: Reference) -> Failure {
    let keys = reference.elections.keys.sorted().joined(separator: ", ")
    return .parameter(
      "election", LocalizedText(en: "Give one of \(keys).", inIndonesian: "Isi salah satu dari \(keys)."),
      isMissing ? .required : .unknownCode)
  }

  fileprivate static let notDecreed = Failure.parameter(
    "election",
    LocalizedText(
      en: "The day of voting is not decreed yet; releases begin after it is.",
      inIndonesian: "Hari pemungutan suara belum ditetapkan; rilis dimulai sesudahnya."))

  /// A minute: longer than it takes to make a release, or to try again.
  fileprivate static let releasePending = Failure(
    .releasePending, en: "This release is due and about to be made; ask again.",
    inIndonesian: "Rilis ini sudah waktunya dan segera dibuat; tanyakan lagi.", retryAfterSeconds: 60)

  fileprivate static let awaitsHistory = Failure.parameter(
    "as_of",
    LocalizedText(
      en: "This month lies before the first recorded case of the election; it is released once its history is in.",
      inIndonesian: "Bulan ini mendahului kasus pertama yang tercatat; rilisnya dibuat setelah riwayatnya lengkap."))

  fileprivate static func noRelease(of due: ArraySlice<LegalDate>) -> Failure {
    let (first, last) = (due.first.map { "\($0)" } ?? "", due.last.map { "\($0)" } ?? "")
    return .parameter(
      "as_of",
      LocalizedText(
        en:
          "Give the last day of a month from \(first) to \(last); a month is released on the 1st of the next but one.",
        inIndonesian:
          "Isi hari terakhir suatu bulan dari \(first) sampai \(last); rilisnya pada tanggal 1 dua bulan sesudahnya.")
    )
  }

  fileprivate static func noReleaseYet(_ calendar: ReleaseCalendar) -> Failure {
    let first = calendar.dates.first.map { "\($0)" } ?? ""
    return .parameter(
      "as_of",
      LocalizedText(
        en: "The first release of this election is of \(first), made on the 1st of the month after the next.",
        inIndonesian: "Rilis pertama pemilihan ini per \(first), dibuat pada tanggal 1 dua bulan sesudahnya."))
  }
}
