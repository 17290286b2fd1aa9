internal import Domain
internal import HTTPTypes

/// Operations on public releases.
extension Operation {
  static func release(_ statistic: PublicRoutes.Statistic) -> Operation {
    let name: LocalizedText =
      switch statistic {
      case .funnel: .init(en: "Public funnel", inIndonesian: "Corong penanganan (publik)")
      case .stages: .init(en: "Public stages", inIndonesian: "Tahap (publik)")
      case .sanctions: .init(en: "Public sanctions", inIndonesian: "Sanksi (publik)")
      }
    return Operation(
      "getPublic\(TypeName.all(of: statistic.rawValue))", .statistics, name,
      details: """
        A release of the last day of a month, made at 06:00 in Jakarta on the first day of the month after the next. Every \
        number is perturbed by the cell key method, as `method` says. No key.
        """,
      query: PublicRoutes.parameters(of: statistic),
      replies: [
        Reply(
          .ok, "The release.", [.json(.release(statistic)), .csv, .xlsx], fields: [(.eTag, "Name of the release.")])
      ],
      refusals: [.tooManyRequests, .releasePending],
      example: Example(
        nil, query: "election=pilkada-2020&as_of=2020-10-31" + (statistic == .funnel ? "&group_by=province" : "")))
  }

  static let releases = Operation(
    "listPublicReleases", .statistics, .init(en: "Public releases", inIndonesian: "Rilis publik"),
    details: "Every election, and the days of which releases are made. No key.",
    replies: [
      Reply(
        .ok, "The elections.",
        [.json(.page(of: .releasesOfElection, named: "ReleasePage")), .lines(.releasesOfElection), .csv, .xlsx])
    ],
    refusals: [.tooManyRequests], example: Example(nil))

  static let makeReleases = Operation(
    "makeReleases", .administration, .init(en: "Make public releases", inIndonesian: "Buat rilis publik"),
    details: """
      Makes those of an election that are due and missing, up to a month (default: the newest that is due), with the record \
      as it is now. They stay for ever: say it once the history of the election is in. What is there already stays.
      """,
    query: [.dryRun], body: .json(named: "ReleaseRequest") { _ = ReleaseBody.read($0) },
    replies: [.json(.madeReleases, "Every month up to that one.", fields: [(.dryRun, "true when none was made.")])],
    example: Example(
      "OPERATOR", query: "dry_run=true", body: #"{"election":"pilkada-2020","until":"2020-10-31"}"#))
}
