internal import Domain
internal import HTTPTypes

/// Operations on figures.
extension Operation {
  static func statistic(_ kind: StatisticKind) -> Operation {
    let (summary, details, query) = text(kind)
    return Operation(
      "get\(TypeName.all(of: kind.rawValue))", .statistics, summary,
      details: details + " Every answer is a figure that can be cited.",
      query: StatisticQuery.parameters(of: kind),
      replies: [
        Reply(.ok, "The figure.", [.json(.figure(kind)), .csv, .xlsx], fields: [(.eTag, "Name of the figure.")])
      ],
      refusals: [.tooManyRequests], example: Example("BKN", query: query))
  }

  static func text(_ kind: StatisticKind) -> (LocalizedText, String, String) {
    switch kind {
    case .funnel:
      (
        .init(en: "Funnel", inIndonesian: "Corong penanganan"), "How far cases have come by a date.",
        "election=pilkada-2020&unit=person&as_of=2020-09-30"
      )
    case .stages:
      (
        .init(en: "Cases by stage", inIndonesian: "Kasus menurut tahap"), "Where cases stood on a date.",
        "election=pilkada-2024&as_of=2024-12-04"
      )
    case .sanctions:
      (
        .init(en: "Sanctions", inIndonesian: "Sanksi"), "Decided or proposed sanctions by level and code.",
        "election=pilkada-2020&of=decided"
      )
    case .timeliness:
      (
        .init(en: "Timeliness", inIndonesian: "Ketepatan waktu"), "Days between milestones, and how the clocks stand.",
        "group_by=institution_kind"
      )
    case .equalTreatment:
      (
        .init(en: "Equal treatment", inIndonesian: "Perlakuan yang sama"),
        "Sanction levels for like acts, by strata; give violation or category.",
        "violation=DS-06&group_by=position_level"
      )
    }
  }

  static let showFigure = Operation(
    "getFigure", .statistics, .init(en: "Show a figure", inIndonesian: "Tampilkan angka"),
    details: "A figure as it was issued, whether the question has another answer today, and what made the difference.",
    replies: [.json(.figureComparison, "The figure and today.")], refusals: [.tooManyRequests],
    example: Example(
      "BKN", setup: #"figure=$(curl -s "$api/statistics/funnel" -H "$(as BKN)" | jq -r .figure_id)"#,
      path: ["$figure"]))

  static let createPublishedFigure = Operation(
    "createPublishedFigure", .statistics,
    .init(en: "Register a published figure", inIndonesian: "Catat angka yang dipublikasikan"), query: [.dryRun],
    body: .json(named: "PublishedFigureDraft") { _ = PublishedFigureBody.read($0) }, needs: [.idempotencyKey],
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
    "listPublishedFigures", .statistics,
    .init(en: "List published figures", inIndonesian: "Daftar angka yang dipublikasikan"),
    query: [.election, .limit(1...50, standard: 20), .cursor],
    replies: [
      Reply(
        .ok, "A page.",
        [.json(.page(of: .publishedFigure, named: "PublishedFigurePage")), .lines(.publishedFigure), .csv, .xlsx],
        fields: Reply.nextPage)
    ],
    refusals: [.invalidCursor, .tooManyRequests], example: Example("BKN", query: "election=pilkada-2020&limit=2"))

  static let showPublishedFigure = Operation(
    "getPublishedFigure", .statistics,
    .init(en: "Show a published figure", inIndonesian: "Tampilkan angka yang dipublikasikan"),
    replies: [.json(.publishedFigure, "The figure beside the service's own.")], refusals: [.tooManyRequests],
    example: Example("BKN", path: ["1"]))
}
