internal import Domain
internal import HTTPTypes
internal import Service

/// The catalogue of open data.
enum DataRoutes {
  /// GET /data: `lang` (id, en), as a page or as linked data (DCAT).
  static func show(_ call: Call, _ releases: ReleaseService, _ cache: PageCache) async throws -> Answer {
    let (text, reference) = (try PageText(call), releases.reference)
    var elections: [(election: Election, releases: [LegalDate: MadeRelease])] = []
    for election in reference.elections.values.sorted(by: {
      ($0.votingOn ?? "~", $0.key) > ($1.votingOn ?? "~", $1.key)
    }) { elections.append((election, try await releases.series(of: election.key).made)) }
    let counts = elections.map(\.releases.count)
    guard call.format == .html else {
      return cache.answer("data", reference, counts, Answer(contentType: ListFormat.jsonld.mediaType)) {
        Dataset.catalogue(Dataset.all(elections), at: call.site.paths.prefix)
      }
    }
    return cache.answer("data \(text.language.tag)", reference, counts, call) {
      let shell = PageShell(text: text, place: .data, query: "")
      return shell.html(
        DataPage.title, "data", DataPage(text: text, sets: Dataset.all(elections)).context(shell.langQuery))
    }
  }
}

extension Operation {
  static let dataPage = Operation(
    "getDataCatalogue", .statistics, .init(en: "The catalogue of open data", inIndonesian: "Katalog data terbuka"),
    details: """
      Every set of data that needs no key, with its period, its files and what its numbers mean; as JSON-LD a DCAT \
      catalogue. No key.
      """,
    query: [PageRoutes.lang],
    replies: [
      Reply(
        .ok, "The page, or linked data (JSON-LD).",
        [
          Reply.Content(type: ListFormat.html.mediaType, schema: nil),
          Reply.Content(type: ListFormat.jsonld.mediaType, schema: .linkedData),
        ],
        fields: [(.eTag, "Of what it shows, in its form.")])
    ],
    example: Example(nil, query: "format=jsonld"))
}
