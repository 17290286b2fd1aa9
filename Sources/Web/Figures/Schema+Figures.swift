internal import Domain
internal import Service

/// The shapes of figures, as answers show them.
extension Schema {
  static let percent = number.orNull

  static let figureID = pattern("^fig_[0-9a-v]{26}$")

  private static let scope = object([
    .always("agency", agency.orNull), .always("rows", array(of: string)), .maybe("persons", array(of: string)),
  ]).named("FigureScope")

  private static let referenceRevision = count.orNull.described(
    "The leaf of the record that had changed reference data last; not in figures that were issued before there was a log."
  )

  /// The answer to a question of one kind, which is a figure.
  static func figure(_ kind: StatisticKind) -> Schema {
    object(
      [
        .always("figure_id", figureID), .always("statistic", const(kind.rawValue)), .always("definition", string),
        .always("election", string.orNull), .always("as_of", date), .always("basis", code(StatisticBasis.self)),
        .always("unit", code(StatisticUnit.self)),
        .always("group_by", code(StatisticGrouping.self).orNull), .always("filters", map(of: string)),
        .always("scope", scope), .maybe("note", label),
        .always("seq", count), .maybe("reference_revision", referenceRevision),
        .always("issued_at", instant),
      ] + members(of: kind)
    ).named("\(TypeName.all(of: kind.rawValue))Figure")
  }

  /// A figure of any kind.
  static let anyFigure = anyOf(StatisticKind.allCases.map { figure($0) }).named("Figure")

  static func members(of kind: StatisticKind) -> [Member] {
    switch kind {
    case .funnel: [.always("labels", map(of: label))] + grouped(funnelMembers)
    case .stages: [.always("labels", map(of: label))] + grouped(stageMembers)
    case .sanctions:
      [
        .always("labels", map(of: label.orNull)), .always("of", code(SanctionsCounted.self)), .always("base", string),
      ] + grouped(sanctionMembers)
    case .timeliness: [.always("percentiles", string)] + grouped(timelinessMembers)
    case .equalTreatment:
      [
        .always("labels", map(of: label.orNull)), .always("interval", string), .always("smallest_stratum", count),
        .always("test", permutationTest.orNull), .always("limits", label),
      ] + grouped(stratumMembers)
    }
  }

  /// Of a count, or of several, what rests on records of others; figures of definition 1 do not have it.
  private static let others = count.described(
    "How much of the count another agency has recorded in the place of the one named, and nobody has confirmed.")

  private static let ofOthers = Member.maybe(StatisticResult.ofOthers, others)

  private static func ofOthers(_ names: [String]) -> Member {
    .maybe(StatisticResult.ofOthers, object(names.map { .always($0, others) }))
  }

  private static func grouped(_ members: [Member]) -> [Member] {
    let group = object([.always("key", string.orNull), .always("label", label.orNull)] + members)
    return [.always("total", object(members)), .always("groups", array(of: group))]
  }

  private static let funnelMembers: [Member] =
    FunnelMetric.allCases.map { .always($0.rawValue, count) } + [
      ofOthers(FunnelMetric.allCases.map(\.rawValue)),
      .always(
        "percentages",
        object(
          FunnelMetric.allCases.filter { $0.base != nil }
            .map { .always($0.rawValue, percentage) }
        ).named("FunnelPercentages")),
    ]

  /// A share of what `of` names.
  static let percentage = object([.always("of", string), .always("percent", percent)]).named("Percentage")

  private static let stageMembers: [Member] = [
    .always("total", count), ofOthers(["total", "rejected"]),
    .always(
      "stages",
      object(
        Stage.allCases.filter { $0 != .rejected }
          .map { .always($0.rawValue, stageCount) }
      ).named("StageCounts")),
    .always("rejected", count),
  ]

  private static let stageCount = object([.always("count", count), ofOthers, .always("percent", percent)])
    .named("StageCount")

  private static let sanctionMembers: [Member] = [
    .always("total", count), ofOthers,
    .always(
      "levels",
      array(
        of: object([.always("level", string), .always("count", count), ofOthers, .always("percent", percent)])
          .named("SanctionLevelCount"))),
    .always(
      "codes",
      array(
        of: object([
          .always("code", string), .always("level", string.orNull), .always("label", label.orNull),
          .always("count", count), ofOthers, .always("percent", percent),
        ]).named("SanctionCount"))),
  ]

  private static let timelinessMembers: [Member] = [
    .always(
      "intervals",
      object(
        TimelinessInterval.allCases.map {
          .always(
            $0.rawValue,
            object([
              .always("cases", count), ofOthers, .always("median_days", number.orNull),
              .always("p90_days", number.orNull),
            ]).named("TimelinessInterval"))
        }
      ).named("TimelinessIntervals")),
    .always(
      "clocks",
      object(
        ClockKind.allCases.map {
          .always(
            $0.rawValue, object(clockCounts + [ofOthers(ClockCount.allCases.map(\.rawValue))]).named("ClockCounts"))
        }
      ).named("ClockCountsByKind")),
  ]

  private static let clockCounts: [Member] = ClockCount.allCases.map { counted in
    counted == .recordedLate
      ? .maybe(
        counted.rawValue,
        count.described("Dated in time and recorded after the due date; apart from met. Not in definition 1."))
      : .always(counted.rawValue, count)
  }

  private static let shareMembers: [Member] = [
    .always("count", count), .always("share", number), .always("interval", array(of: number, countMax: 2)),
  ]

  private static let stratumMembers: [Member] = [
    .always("decided", count), ofOthers, .always("too_small", bool),
    .always("levels", array(of: object([.always("level", string), ofOthers] + shareMembers).named("LevelShare"))),
    .always(
      "outside_band",
      object(shareMembers + [.always("with_reason", count), .always("without_reason", count)])
        .named("OutsideBandShare")),
    .always("median_days_to_decision", number.orNull),
  ]

  private static let permutationTest = object([
    .always("method", string), .always("permutations", count), .always("seed", count), .always("statistic", number),
    .always("p", number),
  ]).named("Permutations")

  /// A figure beside the answer of today.
  static let figureComparison = object([
    .always("figure", anyFigure),
    .always(
      "today",
      object([
        .always("seq", count), .always("reference_revision", referenceRevision), .always("same", bool),
        .always("reproduced", bool.described("Whether the record still gives what was issued.")),
        .always(
          "differences",
          array(
            of: object([
              .always("group", string.orNull), .always("whole", bool), .always("metric", string),
              .always("then", number.orNull), .always("now", number.orNull), .always("difference", number),
            ])
          ).orNull),
        .always("cases", object([.always("count", count), .always("items", array(of: changedCase).orNull)])),
      ])),
  ]).named("FigureComparison")

  private static let standing = object([
    .always("stage", code(Stage.self)), .always("group", string.orNull), .always("metrics", array(of: string)),
    .always("sanction", string.orNull),
  ]).named("CaseStanding")

  private static let changedCase = object([
    .always("case_id", uuid), .always("number", string), .always("then", standing.orNull),
    .always("now", standing.orNull),
    .always(
      "changes",
      array(
        of: object([
          .always("seq", count), .always("what", string), .always("agency", agency),
          .always("occurred_on", date.orNull), .always("recorded_at", instant), .always("changed", array(of: string)),
        ]))),
  ]).named("ChangedCase")

  static let publishedFigure = object([
    .always("id", count.orNull.described("Null after a dry run.")), .always("agency", agency),
    .always("election", string), .always("as_of", date),
    .always("published_on", date.orNull), .always("region", string), .always("unit", code(StatisticUnit.self)),
    .always("source", string), .always("registered_at", instant), .always("definition", string),
    .always("scope", scope),
    .always("values", object(FunnelMetric.allCases.map { .maybe($0.rawValue, count) }).named("PublishedValues")),
    .always("effective", besideOwn.orNull), .always("recorded", besideOwn.orNull),
  ]).named("PublishedFigure")

  private static let besideOwn = object(
    [.always("seq", count), .always("statistics", string)]
      + FunnelMetric.allCases.map {
        .maybe(
          $0.rawValue,
          object([.always("published", count), .always("own", count), .always("difference", number)]).named("BesideOwn")
        )
      }
  ).named("OwnFigure")
}
