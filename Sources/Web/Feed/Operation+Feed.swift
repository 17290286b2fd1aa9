internal import Domain
internal import HTTPTypes
internal import Service

/// Operations on the feed.
extension Operation {
  static let changes = Operation(
    "listChanges", .synchronisation, .init(en: "Read the feed", inIndonesian: "Baca aliran perubahan"),
    details: """
      What has changed since a sequence, in the order of commits, without a gap. Go on with after=next_after until it \
      equals head; the cursor moves over what this key may not see. In NDJSON the last line is the cursor.
      """,
    query: [
      Parameter("after", .int(0...Int(Int64.max / 2)), "The sequence that is known already (default 0)."),
      .limit(1...1_000, standard: 200), .int("wait", 0...60, "Seconds to wait for something to happen (default 0)."),
      .proof, .fields(.cases),
    ],
    replies: [
      Reply(
        .ok, "A page of changes.",
        [
          .json(.changePage),
          .lines(.changeLine),
        ])
    ],
    refusals: [.sequenceAhead, .sequenceGone, .tooManyRequests], example: Example("BKN", query: "after=0&limit=2"))
}
