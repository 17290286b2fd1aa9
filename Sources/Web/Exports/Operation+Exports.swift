internal import Domain
internal import HTTPTypes
internal import Service

/// Operations on snapshots.
extension Operation {
  static let exportCases = Operation(
    "exportCases", .synchronisation, .init(en: "Take a snapshot", inIndonesian: "Ambil salinan utuh"),
    details: """
      Every visible case as it stood at one sequence. A body without its last line was broken off: ask again with seq \
      and after. The feed goes on from that sequence.
      """,
    query: [.sequence, Parameter("after", .uuid, "Begin after this case, with seq."), .proof, .fields(.cases)],
    replies: [
      Reply(
        .ok, "The snapshot, streamed.", [.lines(.snapshotLine), .csv, .xlsx],
        fields: [
          (.snapshotSequence, "The sequence it is of."), (.snapshotCount, "Cases of the whole snapshot."),
          (.contentEncoding, "gzip where the client accepts it."),
        ])
    ],
    refusals: [.sequenceAhead, .tooManyRequests],
    example: Example("BKN", setup: nil, fields: ["Accept: text/csv"]))
}
