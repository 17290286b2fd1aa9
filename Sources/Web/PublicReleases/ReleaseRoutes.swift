internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON

/// POST /v1/admin/releases: the operator's word to make the releases of an election that are due and missing: those of
/// months before its first case was recorded here, once its history is in.
enum ReleaseRoutes {
  static func make(_ exchange: Exchange) async throws -> Answer {
    let dryRun = try exchange.query().flag("dry_run") ?? false
    let reader = try ObjectReader(try await exchange.json().value)
    let (name, until) = ReleaseBody.read(reader)
    let api = exchange.api
    let votingOn = name.flatMap { api.store.reference.elections[$0] }.flatMap { $0.votingOn.flatMap { LegalDate($0) } }
    if name != nil, votingOn == nil { reader.errors.add("/election", .unknownCode) }
    let due = votingOn.map { ReleaseCalendar(votingOn: $0).due(at: exchange.now) } ?? []
    if votingOn != nil, let until, !due.contains(until) {
      reader.errors.add(
        "/until", .range,
        LocalizedText(
          en: "Give the last day of a month whose release is due.",
          id: "Isi hari terakhir suatu bulan yang rilisnya sudah waktunya."))
    }
    try reader.errors.check()
    guard let election = name, let last = until ?? due.last else {
      return answer([], election: name ?? "", dryRun, nil)
    }
    let made = try await api.releaseMaker.make(
      election, until: last, by: exchange.caller?.key.id ?? "", dryRun: dryRun)
    let first = try await api.releaseMaker.firstRecordedDays()[election]
    let series = try await api.releases.series(of: election).made
    let items = due.filter { $0 <= last }.map { (date: $0, isMade: made.contains($0), release: series[$0]?.stored) }
    return answer(items, election: election, dryRun, first)
  }

  /// Every month up to the one that was named, and whether this request made its release.
  private static func answer(
    _ items: [(date: LegalDate, isMade: Bool, release: StoredRelease?)], election: String, _ dryRun: Bool,
    _ firstRecordedOn: LegalDate?
  ) -> Answer {
    var answer = Answer.json { writer in
      writer.beginObject()
      writer.member("election", election)
      writer.member("first_recorded_on", firstRecordedOn?.description)
      writer.member("made", items.count { $0.isMade })
      writer.name("items")
      writer.beginArray()
      for item in items {
        writer.beginObject()
        writer.member("as_of", item.date.description)
        writer.member("made", item.isMade)
        writer.member("definition", item.release?.definition ?? PublicRelease.currentDefinition)
        writer.member("released_at", item.release?.releasedAt.description)
        writer.name("seq")
        if let release = item.release { writer.int(release.seq) } else { writer.null() }
        writer.endObject()
      }
      writer.endArray()
      writer.endObject()
    }
    if dryRun { answer.fields.append(Response.Field(name: .dryRun, value: "true")) }
    return answer
  }
}

/// The body that names an election and a month.
enum ReleaseBody {
  static func read(_ body: ObjectReader) -> (election: String?, until: LegalDate?) {
    defer { body.finish() }
    return (body.reference("election", required: true), body.date("until"))
  }
}
