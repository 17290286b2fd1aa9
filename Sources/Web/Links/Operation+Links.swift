internal import Domain
internal import HTTPTypes

/// Operations on ties between cases.
extension Operation {
  static let createLink = Operation(
    "createLink", .links, .init(en: "Tie two cases", inIndonesian: "Kaitkan dua kasus"), query: [.dryRun],
    body: .json(named: "LinkDraft") { _ = LinkRoutes.read($0) }, needs: [.idempotencyKey],
    replies: [.json(.link, "The tie.", .created)],
    example: Example(
      "BAWASLU", setup: "other=$(some received)", path: ["$id"],
      body: #"{"case_id":"$other","relation":"same_act"}"#))

  static let listLinks = Operation(
    "listLinks", .links, .init(en: "List ties", inIndonesian: "Daftar kaitan"), query: [.rest],
    replies: [.list(of: .link, named: "LinkPage", "All visible ties, or 4 MiB of them.")],
    refusals: [.invalidCursor], example: Example("BAWASLU", path: ["$id"]))

  static let relatedCases = Operation(
    "listRelatedCases", .links, .init(en: "Candidates for a tie", inIndonesian: "Kasus yang mungkin terkait"),
    details: "Cases that share a person, a place and day, or a report, as far as this key may know.",
    replies: [.list(of: .related, named: "RelatedCasePage", "Up to 50 candidates.", fields: [])],
    example: Example("BAWASLU", path: ["$id"]))
}
