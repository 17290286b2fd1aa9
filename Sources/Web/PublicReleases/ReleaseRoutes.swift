internal import Domain
internal import JSON
internal import Service

/// POST /v1/admin/releases: the operator's word to make the releases of an election that are due and missing: those of
/// months before its first case was recorded here, once its history is in.
enum ReleaseRoutes {
  static func make(_ call: Call, _ releases: ReleaseService) async throws -> Answer {
    let dryRun = call.dryRun
    let reader = try ObjectReader(try await call.json())
    let (name, until) = ReleaseBody.read(reader)
    let votingOn = name.flatMap { releases.votingOn($0) }
    if name != nil, votingOn == nil { reader.errors.add("/election", .unknownCode) }
    let due = votingOn.map { ReleaseCalendar(votingOn: $0).due(at: call.asker.now) } ?? []
    if votingOn != nil, let until, !due.contains(until) {
      reader.errors.add(
        "/until", .range,
        LocalizedText(
          en: "Give the last day of a month whose release is due.",
          inIndonesian: "Isi hari terakhir suatu bulan yang rilisnya sudah waktunya."))
    }
    try reader.errors.check()
    guard let election = name, let last = until ?? due.last else {
      return answer(MadeReleases(), election: name ?? "", dryRun: dryRun)
    }
    let made = try await releases.make(election, until: last, due: due, by: call.asker, dryRun: dryRun)
    return answer(made, election: election, dryRun: dryRun)
  }

  private static func answer(_ releases: MadeReleases, election: String, dryRun: Bool) -> Answer {
    let items = releases.items
    var answer = Answer.object { writer in
      writer.member("election", election)
      writer.member("first_recorded_on", releases.firstRecordedOn?.description)
      writer.member("made", items.count { $0.isMade })
      writer.objects("items", of: items) { writer, item in
        writer.member("as_of", item.date.description)
        writer.member("made", item.isMade)
        writer.member("definition", item.release?.definition ?? PublicRelease.currentDefinition)
        writer.member("released_at", item.release?.releasedAt.description)
        writer.name("seq")
        if let release = item.release { writer.int(release.seq) } else { writer.null() }
      }
    }
    answer.tell(dryRun: dryRun)
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
