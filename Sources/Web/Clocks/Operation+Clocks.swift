internal import Domain
internal import HTTPTypes

/// Operations on statutory clocks.
extension Operation {
  static let listClocks = Operation(
    "listClocks", .clocks, .init(en: "List statutory clocks", inIndonesian: "Daftar tenggat"),
    details: """
      The clocks of visible cases; without state, those that are open. Overdue is worked out whenever it is asked. An \
      overdue ppk_follow_up is a candidate for a block, with whom to escalate to.
      """,
    query: ClockRoutes.filters + [.limit(1...200, standard: 50), .cursor, .fields(.clocks)],
    replies: [
      Reply(
        .ok, "A page.", [.json(.page(of: .listedClock, named: "ClockPage")), .lines(.listedClock), .csv, .xlsx],
        fields: Reply.nextPage)
    ],
    refusals: [.invalidCursor],
    example: Example("BKN", query: "kind=ppk_follow_up&overdue=true"))
}
