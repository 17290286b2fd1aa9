internal import Domain
internal import HTTPTypes

/// Operations of figures.
extension Operation {
  static func statistic(_ kind: StatisticKind) -> Operation {
    let (summary, details, query) = text(kind)
    return Operation(
      .statistics, summary, details: details + " Every answer is a figure that can be cited.",
      query: StatisticQuery.parameters(of: kind),
      replies: [Reply(.ok, "The figure.", [.json(.figure(kind)), .csv], fields: [(.eTag, "Name of the figure.")])],
      refusals: [.tooManyRequests], example: Example("BKN", query: query))
  }

  private static func text(_ kind: StatisticKind) -> (LocalizedText, String, String) {
    switch kind {
    case .funnel:
      (
        .init(en: "Funnel", id: "Corong penanganan"), "How far cases have come by a date.",
        "election=pilkada-2020&unit=person&as_of=2020-09-30"
      )
    case .stages:
      (
        .init(en: "Cases by stage", id: "Kasus menurut tahap"), "Where cases stood on a date.",
        "election=pilkada-2024&as_of=2024-12-04"
      )
    case .sanctions:
      (
        .init(en: "Sanctions", id: "Sanksi"), "Decided or proposed sanctions by level and code.",
        "election=pilkada-2020&of=decided"
      )
    case .timeliness:
      (
        .init(en: "Timeliness", id: "Ketepatan waktu"), "Days between milestones, and how the clocks stand.",
        "group_by=institution_kind"
      )
    case .equalTreatment:
      (
        .init(en: "Equal treatment", id: "Perlakuan yang sama"),
        "Sanction levels for like acts, by strata; give violation or category.",
        "violation=DS-06&group_by=position_level"
      )
    }
  }

  static let showFigure = Operation(
    .statistics, .init(en: "Show a figure", id: "Tampilkan angka"),
    details: "A figure as it was issued, whether the question has another answer today, and what made the difference.",
    replies: [.json(.figureComparison, "The figure and today.")], refusals: [.tooManyRequests],
    example: Example(
      "BKN", setup: #"figure=$(curl -s "$api/statistics/funnel" -H "$(as BKN)" | jq -r .figure_id)"#,
      path: ["$figure"]))

  static let createPublishedFigure = Operation(
    .statistics, .init(en: "Register a published figure", id: "Catat angka yang dipublikasikan"), query: [.dryRun],
    body: .json { _ = PublishedFigureBody.read($0) }, needs: [.idempotencyKey],
    replies: [
      .json(.publishedFigure, "The figure beside the service's own.", .created, fields: [(.location, "Its address.")])
    ],
    refusals: [.tooManyRequests],
    example: Example(
      "BKN",
      body: """
        {"election":"pilkada-2020","as_of":"2020-08-19","unit":"person","source":"Siaran pers contoh",\
        "values":{"reported":400}}
        """))

  static let listPublishedFigures = Operation(
    .statistics, .init(en: "List published figures", id: "Daftar angka yang dipublikasikan"),
    query: [.election, .limit(1...50, standard: 20), .cursor],
    replies: [
      Reply(
        .ok, "A page.", [.json(.page(of: .publishedFigure)), .lines(.publishedFigure), .csv], fields: Reply.nextPage)
    ],
    refusals: [.invalidCursor, .tooManyRequests], example: Example("BKN", query: "election=pilkada-2020&limit=2"))

  static let showPublishedFigure = Operation(
    .statistics, .init(en: "Show a published figure", id: "Tampilkan angka yang dipublikasikan"),
    replies: [.json(.publishedFigure, "The figure beside the service's own.")], refusals: [.tooManyRequests],
    example: Example("BKN", path: ["1"]))

  static func release(_ statistic: PublicRoutes.Statistic) -> Operation {
    let name: LocalizedText =
      switch statistic {
      case .funnel: .init(en: "Public funnel", id: "Corong penanganan (publik)")
      case .stages: .init(en: "Public stages", id: "Tahap (publik)")
      case .sanctions: .init(en: "Public sanctions", id: "Sanksi (publik)")
      }
    return Operation(
      .statistics, name,
      details: """
        A release of the last day of a month, made at 06:00 in Jakarta on the first day of the month after the next. Every \
        number is perturbed by the cell key method, as `method` says. No key.
        """,
      query: PublicRoutes.parameters(of: statistic),
      replies: [
        Reply(.ok, "The release.", [.json(.release(statistic)), .csv], fields: [(.eTag, "Name of the release.")])
      ],
      refusals: [.tooManyRequests, .releasePending],
      example: Example(
        nil, query: "election=pilkada-2020&as_of=2020-10-31" + (statistic == .funnel ? "&group_by=province" : "")))
  }

  static let releases = Operation(
    .statistics, .init(en: "Public releases", id: "Rilis publik"),
    details: "Every election, and the days of which releases are made. No key.",
    replies: [
      Reply(.ok, "The elections.", [.json(.page(of: .releasesOfElection)), .lines(.releasesOfElection), .csv])
    ],
    refusals: [.tooManyRequests], example: Example(nil))

  static let makeReleases = Operation(
    .administration, .init(en: "Make public releases", id: "Buat rilis publik"),
    details: """
      Makes those of an election that are due and missing, up to a month (default: the newest that is due), with the record \
      as it is now. They stay for ever: say it once the history of the election is in. What is there already stays.
      """,
    query: [.dryRun], body: .json { _ = ReleaseBody.read($0) },
    replies: [.json(.madeReleases, "Every month up to that one.", fields: [(.dryRun, "true when none was made.")])],
    example: Example(
      "OPERATOR", query: "dry_run=true", body: #"{"election":"pilkada-2020","until":"2020-10-31"}"#))
}
