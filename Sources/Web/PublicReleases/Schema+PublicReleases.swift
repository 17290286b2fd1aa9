internal import Domain
internal import Service

/// The shapes of public releases, as answers show them.
extension Schema {
  /// A statistic of a public release. Definition 2 has `method` and percentages. In one of definition 1 a count that is not
  /// told is null, and a part that is not told is named in `suppressed`.
  static func release(_ statistic: PublicRoutes.Statistic) -> Schema {
    var members: [Member] = [
      .always("statistic", const(statistic.rawValue)), .always("definition", string), .always("election", string),
      .always("as_of", date), .always("basis", const("effective")), .always("unit", const("case")),
      .always("group_by", string.orNull), .always("released_at", instant), .maybe("method", releaseMethod),
      .maybe("smallest_count", count), .maybe("withheld", bool),
    ]
    let counts =
      ["reported", "recommended", "followed_up"].map { Member.always($0, count.orNull) } + [
        .maybe(
          "percentages",
          object(
            ["recommended", "followed_up"].map { .always($0, percentage) }
          ).named("ReleasePercentages"))
      ]
    switch statistic {
    case .funnel:
      members += [
        .always("total", object(counts + [.always("rejected", count.orNull)])),
        .maybe("groups", array(of: object([.always("key", string.orNull), .always("label", label.orNull)] + counts))),
        .maybe("suppressed", array(of: string.orNull)), .maybe("total_only", bool),
      ]
    case .stages: members += [.always("total", node), .always("rejected", count.orNull)]
    case .sanctions: members.append(.always("total", node.orNull))
    }
    return object(members).named("\(TypeName.all(of: statistic.rawValue))Release")
  }

  private static let node = recursive("ReleaseNode") { itself in
    object([
      .always("key", string), .always("label", label.orNull), .always("count", count), .maybe("percent", percent),
      .always("parts", array(of: itself)), .maybe("suppressed", array(of: string)),
    ])
  }

  private static let releaseMethod = object([
    .always("name", const("cell_key")), .always("noise_max", count), .always("variance", number),
    .always("not_shown", array(of: count)), .always("totals_exact_from", count),
    .always("additive", bool.described("false: parts need not add up to their total.")), .always("note", label),
    .always("weight_sum", count),
    .always(
      "weights",
      array(of: array(of: count)).described(
        "Row n: how often -3 to 3 is added to the number n, of weight_sum; the last row is that of every larger number."
      )
    ),
  ]).named("ReleaseMethod")

  /// What the operator is told of the releases of an election.
  static let releasesOfElection = object([
    .always("election", string), .always("name_id", string), .always("name_en", string.orNull),
    .always("voting_on", date.orNull), .always("released", array(of: date)),
  ]).named("ElectionReleases")

  static let madeReleases = object([
    .always("election", string),
    .always("first_recorded_on", date.orNull.described("When the first case of the election was recorded here.")),
    .always("made", count),
    .always(
      "items",
      array(
        of: object([
          .always("as_of", date), .always("made", bool), .always("definition", count),
          .always("released_at", instant.orNull), .always("seq", count.orNull),
        ]))),
  ]).named("MadeReleases")
}
