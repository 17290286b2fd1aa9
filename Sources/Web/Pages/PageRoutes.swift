internal import Domain
internal import HTTPTypes
internal import Service

/// The pages that anybody may look at.
enum PageRoutes {
  static let lang = Parameter.code("lang", PageText.Choice.self, "The language: id (default) or en.")

  /// GET /: `lang` (id, en), `election`.
  ///
  /// - Throws: `invalid_parameter` for an election that nobody knows.
  static func home(_ call: Call, _ releases: ReleaseService, _ cache: PageCache) async throws -> Answer {
    let (text, reference) = (try PageText(call), releases.reference)
    let wanted = call.query["election"]
    if let wanted, reference.elections[wanted] == nil { throw Failure.electionMissing(false, reference) }
    var elections: [(election: Election, releases: [LegalDate: MadeRelease])] = []
    // The newest first; one whose day is not decreed is newer than all.
    let order = reference.elections.values.sorted { ($0.votingOn ?? "~", $0.key) > ($1.votingOn ?? "~", $1.key) }
    for election in order { elections.append((election, try await releases.series(of: election.key).made)) }
    let shown = wanted.flatMap { reference.elections[$0] } ?? elections.first { !$0.releases.isEmpty }?.election
    let page = HomePage(text: text, reference: reference, elections: elections, shown: shown)
    let shell = PageShell(text: text, place: .home, query: wanted.map { "&election=\(HomePage.encoded($0))" } ?? "")
    let counts = elections.map(\.releases.count)
    return cache.answer("home \(text.language.tag) \(wanted ?? "")", reference, counts, call) {
      shell.html(HomePage.title, "home", page.context(shell.langQuery))
    }
  }

  /// GET /forms: `lang` (id, en).
  static func forms(_ call: Call, _ reference: Reference, _ cache: PageCache) throws(Failure) -> Answer {
    let text = try PageText(call)
    return cache.answer("forms \(text.language.tag)", reference, [], call) {
      let page = FormsPage(text: text, reference: reference)
      return PageShell(text: text, place: .forms, query: "").html(FormsPage.title, "forms", page.context)
    }
  }
}

/// Operations on the pages.
extension Operation {
  private static let lang = PageRoutes.lang

  private static let page = Reply(
    .ok, "The page.", [Reply.Content(type: "text/html", schema: nil)],
    fields: [(.eTag, "Of what it shows, in its language.")])

  static let homePage = Operation(
    "getHomePage", .operation, .init(en: "Released figures as a page", inIndonesian: "Halaman angka rilis"),
    query: [lang, .election], replies: [page],
    example: Example(nil))

  static let formsPage = Operation(
    "getFormsPage", .operation, .init(en: "Forms of breaches as a page", inIndonesian: "Halaman bentuk pelanggaran"),
    query: [lang], replies: [page],
    example: Example(nil))
}
