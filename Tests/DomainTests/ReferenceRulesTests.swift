internal import Domain
internal import TestSupport
internal import Testing

@Suite struct ReferenceRulesTests {
  private func places(_ kind: ReferenceKind, _ rows: String...) throws -> [String]? {
    let entries = try rows.map { try Fixture.row(kind, $0) }
    return refusal { try Fixture.reference.adding(entries) }?.places
  }

  private func institution(_ code: String, _ more: String = "") -> String {
    #"{"code":"\#(code)","name":"Badan Contoh","kind":"central"\#(more)}"#
  }

  private func clockRule(_ length: Int, _ more: String = "") -> String {
    """
    {"kind":"verification","length":\(length),"unit":"days","starts_at":"received","stops_at":["verified","rejected"],
     "time_zone":"Asia/Jakarta","legal_basis":"SK"\(more)}
    """
  }

  @Test func `rows are added and rows with the same first day are replaced`() throws {
    let added = try Fixture.reference.adding([try Fixture.row(.institutions, institution("badan-contoh"))])
    #expect(added.institution("badan-contoh", on: date("2024-10-06"))?.name == "Badan Contoh")
    #expect(added.entries.count == Fixture.reference.entries.count + 1)
    let replaced = try Fixture.reference.adding([try Fixture.row(.institutions, institution("kemenag"))])
    #expect(replaced.institution("kemenag", on: date("2024-10-06"))?.name == "Badan Contoh")
    #expect(replaced.entries.count == Fixture.reference.entries.count)
    #expect(Fixture.reference.institution("kemenag", on: date("2024-10-06"))?.name == "Kementerian Agama")
  }

  @Test func `a row that ends and its successor answer for their own days`() throws {
    let reference = try Fixture.reference.adding([
      try Fixture.row(.institutions, institution("badan", #","valid_until":"2024-06-30""#)),
      try Fixture.row(.institutions, #"{"code":"badan","name":"Baru","kind":"central","valid_from":"2024-07-01"}"#),
    ])
    #expect(reference.institution("badan", on: date("2024-06-30"))?.name == "Badan Contoh")
    #expect(reference.institution("badan", on: date("2024-07-01"))?.name == "Baru")
  }

  @Test func `rows with the same code do not overlap`() throws {
    let ended = institution("badan", #","valid_until":"2024-07-01""#)
    let next = institution("badan", #","valid_from":"2024-07-01""#)
    #expect(try places(.institutions, ended, next) == ["/0 inconsistent", "/1 inconsistent"])
    #expect(try places(.institutions, institution("kemenag", #","valid_from":"2024-07-01""#)) == ["/0 inconsistent"])
    #expect(
      try places(
        .institutions, institution("badan", #","valid_from":"2024-07-01""#),
        institution("badan", #","valid_from":"2023-07-01","valid_until":"2024-12-31""#))
        == ["/0 inconsistent", "/1 inconsistent"])
    #expect(try places(.institutions, institution("badan", #","valid_until":"2024-06-30""#), next) == nil)
  }

  @Test func `a row stands in a request once`() throws {
    #expect(try places(.institutions, institution("badan"), institution("badan")) == ["/1 duplicate"])
    #expect(try places(.holidays, holiday("2026-05-05")) == nil)
    #expect(try places(.holidays, holiday("2026-05-05"), holiday("2026-05-05")) == ["/1 duplicate"])
  }

  @Test func `dates of a row are dates, in order`() throws {
    #expect(try places(.institutions, institution("badan", #","valid_from":"1 Juli""#)) == ["/0/valid_from format"])
    #expect(try places(.institutions, institution("badan", #","valid_until":"kelak""#)) == ["/0/valid_until format"])
    let turned = institution("badan", #","valid_from":"2024-07-02","valid_until":"2024-07-01""#)
    #expect(try places(.institutions, turned) == ["/0/valid_until inconsistent"])
    let holiday = #"{"date":"2025-02-30","name_id":"Libur","kind":"holiday","source":"SKB"}"#
    #expect(try places(.holidays, holiday) == ["/0/date format"])
    #expect(try places(.institutions, #"{"name":"Tanpa kode","kind":"central"}"#)?.first == "/0 required")
  }

  @Test func `a row has the fields of its kind`() throws {
    #expect(try places(.institutions, institution("a"), #"{"code":"badan","kind":"central"}"#) == ["/1 format"])
    #expect(try places(.institutions, #"{"code":"badan","name":"X","kind":"private"}"#) == ["/0/kind unknown_code"])
    #expect(
      try places(.regions, #"{"code":"97.01","name":"Baru","level":"regency","province":"97"}"#) == [
        "/0/province unknown_code"
      ])
    #expect(
      try places(
        .regions, #"{"code":"97","name":"Baru","level":"province"}"#,
        #"{"code":"97.01","name":"Baru","level":"regency","province":"97"}"#) == nil)
  }

  private static let violation = """
    {"code":"XX-1","catalogue":"uji","conduct":"photo","label_id":"A","label_en":"B","aspect":"politics",\
    "category":"ethics","period":"any","requires_no_unpaid_leave":false,"sanction_level":"moral",\
    "sanctions":["MOR-BUKA"],"legal_basis":["UU"],"confidence":"full"}
    """
  private static let sanction = """
    {"code":"XX-2","level":"light","label_id":"A","label_en":"B","legal_basis":"UU","regime":"all",\
    "interim_substitute":null}
    """
  private static let election = """
    {"key":"uji-2029","name_id":"A","kind":"pemilu","voting_on":"2029-02-14","regions_count":null,"contests":[\
    {"key":"uji-2029/a","determined_on":"2028-11-03","campaign_from":"2028-11-28","campaign_until":"2029-02-10",\
    "confidence":"sourced"}]}
    """
  private static let position = #"{"code":"xx","kind":"level","label_id":"A","label_en":"B"}"#
  private static let region = #"{"code":"16.99","name":"Baru","level":"regency","province":"16"}"#
  private static let mandate = #"{"id":77,"kind":"study","agency":"BKN","scope":"all","legal_basis":"UU"}"#

  @Test(
    arguments: [
      (.violations, violation, #""ethics""#, #""none""#, "/0/category unknown_code"),
      (.violations, violation, #""category":"ethics","#, "", "/0/category required"),
      (.violations, violation, #""any""#, #""sometimes""#, "/0/period unknown_code"),
      (
        .violations, violation, #""sanction_level":"moral""#, #""sanction_level":"mild""#,
        "/0/sanction_level unknown_code"
      ),
      (.violations, violation, #""sanction_level":"moral""#, #""sanction_level":7"#, "/0/sanction_level unknown_code"),
      (.violations, violation, #"["MOR-BUKA"]"#, #"["MOR-BUKA","X"]"#, "/0/sanctions/1 unknown_code"),
      (.violations, violation, #""sanction_level":"moral""#, #""sanction_level":null"#, nil),
      (.violations, violation, #"["MOR-BUKA"]"#, "[]", nil),
      (.sanctions, sanction, #""light""#, #""LIGHT""#, "/0/level unknown_code"),
      (.sanctions, sanction, #""all""#, #""PP42""#, "/0/regime unknown_code"),
      (.sanctions, sanction, "null", #""X""#, "/0/interim_substitute unknown_code"),
      (.sanctions, sanction, "null", #""P53-S1""#, nil),
      (.elections, election, "2029-02-14", "14-02-2029", "/0/voting_on format"),
      (.elections, election, #""voting_on":"2029-02-14","#, "", nil),
      (.elections, election, "2028-11-03", "2028-11-31", "/0/contests/0/determined_on format"),
      (.elections, election, "2028-11-28", "soon", "/0/contests/0/campaign_from format"),
      (.elections, election, "2029-02-10", "2028-02-10", "/0/contests/0/campaign_until inconsistent"),
      (.elections, election, #""key":"uji-2029/a","#, "", "/0/contests/0/key required"),
      (.elections, election, #"[{"key":"uji-2029/a""#, #"[7,{"key":"uji-2029/a""#, "/0/contests/0 type"),
      (.positions, position, #""level""#, #""rank""#, "/0/kind unknown_code"),
      (.regions, region, #""regency""#, #""village""#, "/0/level unknown_code"),
      (.regions, region, #""regency""#, #""province""#, "/0/level inconsistent"),
      (.regions, region, #""16.99""#, #""1699""#, "/0/code format"),
      (.regions, region, #""province":"16""#, #""province":"17""#, "/0/province inconsistent"),
      (.mandates, mandate, #""study""#, #""judge""#, "/0/kind unknown_code"),
      (.mandates, mandate, #""all""#, #""some""#, "/0/scope unknown_code"),
    ] as [(ReferenceKind, String, String, String, String?)])
  func `a row is checked field by field`(
    kind: ReferenceKind, row: String, part: String, other: String, place: String?
  ) throws {
    #expect(row.contains(part))
    #expect(try places(kind, row) == nil)
    #expect(try places(kind, row.replacing(part, with: other)) == place.map { [$0] })
  }

  @Test func `what recorded cases were judged by stays, other fields of a row may change`() throws {
    func stored(_ kind: ReferenceKind, _ code: String) throws -> String {
      try #require(Fixture.reference.entries.first { $0.kind == kind && $0.code == code }).json
    }
    let lines: [(ReferenceKind, String, String, String, String?)] = [
      (.sanctions, "BER-1", #""level":"heavy""#, #""level":"light""#, "/0/level not_allowed"),
      (.sanctions, "BER-1", #""PP94_2021""#, #""all""#, "/0/regime not_allowed"),
      (.violations, "DS-06", #""discipline""#, #""ethics""#, "/0/category not_allowed"),
      (.violations, "DS-06", #""sanction_level":"heavy""#, #""sanction_level":null"#, "/0/sanction_level not_allowed"),
      (.violations, "LN-13", #""sanction_level":null,"#, "", nil),
      (.institutions, "kemenag", #""central""#, #""regional""#, "/0/kind not_allowed"),
      (.sanctions, "BER-1", #""valid_from""#, #""valid_until":"2030-12-31","valid_from""#, nil),
      (.violations, "DS-06", #""label_en":""#, #""label_en":"So: "#, nil),
    ]
    for (kind, code, part, other, place) in lines {
      let row = try stored(kind, code)
      #expect(row.contains(part), "\(row)")
      #expect(try places(kind, row.replacing(part, with: other)) == place.map { [$0] }, "\(code)")
    }
    // The code alone tells which level is counted: a new first day would change the past as well.
    let sanction = try stored(.sanctions, "RIN-1")
    let ended = sanction.replacing(#""level""#, with: #""valid_until":"2024-12-31","level""#)
    let next = sanction.replacing(#""level":"light""#, with: #""valid_from":"2025-01-01","level":"medium""#)
    #expect(try places(.sanctions, ended, next) == ["/1/level not_allowed"])
    #expect(try places(.sanctions, ended, next.replacing("medium", with: "light")) == nil)
    // Of an institution the day is asked, too.
    let ministry = #"{"code":"kemenag","name":"Kementerian Agama","kind":"central","valid_until":"2024-12-31"}"#
    let region = #"{"code":"kemenag","name":"Dinas Agama","kind":"regional","valid_from":"2025-01-01"}"#
    #expect(try places(.institutions, ministry, region) == nil)
  }

  @Test func `a clock has a rule on every day from its first one on`() throws {
    let ended = clockRule(7, #","until":"2024-12-31""#)
    #expect(try places(.clockRules, clockRule(7, #","until":"2020-01-01""#)) == ["/0/until inconsistent"])
    #expect(try places(.clockRules, ended, clockRule(5, #","from":"2025-01-02""#)) == ["/0/until inconsistent"])
    #expect(
      try places(.clockRules, clockRule(5, #","from":"2025-01-01","until":"2025-06-30""#), ended) == [
        "/0/until inconsistent"
      ])
    let changed = try Fixture.reference.adding(
      [ended, clockRule(5, #","from":"2025-01-01""#)].map { try Fixture.row(.clockRules, $0) })
    #expect(refusal { try changed.adding([Fixture.row(.clockRules, ended)]) } == nil)
    let shorter = clockRule(7, #","until":"2024-12-30""#)
    let failure = refusal { try changed.adding([Fixture.row(.clockRules, shorter)]) }
    #expect(failure?.places == ["/0/until inconsistent"])
    #expect(failure?.errors.first?.detail.en == "Between 2024-12-30 and 2025-01-01 this clock would have no rule.")
    // The gap is the later row's when the earlier one is not in the request.
    let entries = changed.entries.filter { $0.kind != .clockRules || $0.from.isEmpty }
    let open = try Reference(entries: entries)
    let late = refusal { try open.adding([Fixture.row(.clockRules, clockRule(5, #","from":"2025-02-01""#))]) }
    #expect(late?.places == ["/0/from inconsistent"])
  }

  @Test(arguments: [(0, false), (1, true), (365, true), (366, false), (1_000_000_000, false)])
  func `a clock is between 1 and 365 days long`(length: Int, isAllowed: Bool) throws {
    #expect(try places(.clockRules, clockRule(length)) == (isAllowed ? nil : ["/0/length range"]))
    let dated = try places(
      .clockRules, clockRule(7, #","until":"2024-12-31""#), clockRule(length, #","from":"2025-01-01""#))
    #expect(dated == (isAllowed ? nil : ["/1/length range"]))
  }

  @Test func `rules of a clock do not overlap`() throws {
    // The initial rules have no end.
    #expect(try places(.clockRules, clockRule(5, #","from":"2025-01-01""#)) == ["/0 inconsistent"])
    let ended = clockRule(7, #","until":"2024-12-31""#)
    #expect(
      try places(.clockRules, ended, clockRule(5, #","from":"2024-12-31""#)) == [
        "/0 inconsistent", "/1 inconsistent",
      ])
    #expect(try places(.clockRules, ended, clockRule(5, #","from":"2025-01-01""#)) == nil)
    #expect(try places(.clockRules, clockRule(7), clockRule(7)) == ["/1 duplicate"])
  }

  @Test(
    arguments: [
      (#""length":7"#, #""length":"7""#, "/0/length range"), (#""length":7,"#, "", "/0/length required"),
      (#""days""#, #""weeks""#, "/0/unit unknown_code"), (#""received""#, #""verified""#, "/0/starts_at inconsistent"),
      (#"["verified","rejected"]"#, #"["verified"]"#, "/0/stops_at inconsistent"),
      (#"["verified","rejected"]"#, #"["verified","rejected","studied"]"#, "/0/stops_at inconsistent"),
      ("Asia/Jakarta", "Asia/Makassar", "/0/time_zone not_allowed"),
      (#""legal_basis":"SK""#, #""legal_basis":" ""#, "/0/legal_basis required"),
      (#","legal_basis":"SK""#, "", "/0/legal_basis required"),
      (#""verification""#, #""waiting""#, "/0/kind unknown_code"),
      (#""unit""#, #""from":"1 Juli","unit""#, "/0/from format"),
      (#""unit""#, #""from":"2024-02-30","unit""#, "/0/from format"),
      (#""unit""#, #""until":"kelak","unit""#, "/0/until format"),
      (#""unit""#, #""from":"2024-02-02","until":"2024-02-01","unit""#, "/0/until inconsistent"),
    ])
  func `a clock rule names its own kind's road, a length, a basis and Jakarta`(
    part: String, wrong: String, place: String
  ) throws {
    let row = clockRule(7).replacing("\n", with: "")
    #expect(row.contains(part))
    #expect(try places(.clockRules, row.replacing(part, with: wrong))?.contains(place) == true)
  }

  private func holiday(_ date: String, _ kind: String = "holiday", _ more: String = #","source":"SKB""#) -> String {
    #"{"date":"\#(date)","name_id":"Libur","kind":"\#(kind)"\#(more)}"#
  }

  @Test func `a holiday has a name, a source and a kind`() throws {
    #expect(try places(.holidays, holiday("2026-05-05", "collective_leave")) == nil)
    #expect(try places(.holidays, holiday("2026-05-05", "working_day")) == nil)
    #expect(try places(.holidays, holiday("2026-05-05", "feast")) == ["/0/kind unknown_code"])
    #expect(try places(.holidays, holiday("2026-05-05", "holiday", "")) == ["/0/source required"])
    #expect(try places(.holidays, holiday("2026-05-05", "holiday", #","source":"""#)) == ["/0/source required"])
    let unsure = #","source":"SKB","confidence":"unsure""#
    #expect(try places(.holidays, holiday("2026-05-05", "holiday", unsure)) == nil)
    #expect(
      try places(.holidays, holiday("2026-05-05", "holiday", unsure.replacing("unsure", with: "maybe"))) == [
        "/0/confidence unknown_code"
      ])
    #expect(
      try places(.holidays, #"{"date":"2026-05-05"}"#) == [
        "/0/name_id required", "/0/source required", "/0/kind unknown_code",
      ])
  }

  @Test func `a row that repeats another names both`() throws {
    let rows = try [holiday("2026-05-05"), holiday("2026-05-06"), holiday("2026-05-05")].map {
      try Fixture.row(.holidays, $0)
    }
    let plain = refusal { try Fixture.reference.adding(rows) }
    #expect(plain?.places == ["/2 duplicate"] && plain?.errors.first?.detail.en == "This row repeats row /0.")
    let numbered = refusal { try Fixture.reference.adding(rows, lines: [2, 3, 7]) }
    #expect(numbered?.errors.first?.detail.en == "This row repeats line 2.")
  }

  @Test func `holidays leave out no year between those that have some`() throws {
    let days = Fixture.reference.entries.filter { $0.kind == .holidays }.compactMap { LegalDate($0.code) }
    let last = try #require(days.max()).year
    func day(_ years: Int, _ kind: String = "holiday") -> String { holiday("\(last + years)-01-01", kind) }
    #expect(try places(.holidays, day(1)) == nil)
    #expect(try places(.holidays, day(2)) == ["/0/date inconsistent"])
    #expect(try places(.holidays, day(1), day(3), day(2, "collective_leave")) == ["/2/date inconsistent"])
    #expect(try places(.holidays, day(3), day(2), day(1)) == nil)
    #expect(try places(.holidays, day(4), day(1)) == ["/0/date inconsistent", "/0/date inconsistent"])
    let detail = refusal { try Fixture.reference.adding([Fixture.row(.holidays, day(2))]) }?.errors.first?.detail.en
    #expect(detail?.contains("\(last + 1)") == true)
    // A gap that is there does not keep others out, and the row that takes a year's last holiday away opens one.
    let wide = try Fixture.reference.adding([day(1), day(2)].map { try Fixture.row(.holidays, $0) })
    let taken = refusal { try wide.adding([Fixture.row(.holidays, day(1, "working_day"))]) }
    #expect(taken?.places == ["/0/date inconsistent"])
    let broken = try Reference(
      entries: wide.entries + [Fixture.row(.holidays, holiday("\(last + 5)-01-01"))])
    #expect(try broken.adding([Fixture.row(.holidays, day(3))]).entries.count == broken.entries.count + 1)
  }

  @Test func `a mandate that exists may only be ended`() throws {
    func mandate(_ id: Int, _ agency: String, _ more: String = "", basis: String) -> String {
      #"{"id":\#(id),"kind":"study","agency":"\#(agency)","scope":"all","legal_basis":"\#(basis)"\#(more)}"#
    }
    let basis = try #require(Fixture.reference.mandates.first { $0.id == 11 }).legalBasis
    let ended = try Fixture.reference.adding([
      try Fixture.row(.mandates, mandate(11, "BAWASLU", #","until":"2025-12-31""#, basis: basis))
    ])
    #expect(ended.holds(.bawaslu, .study, on: date("2025-12-31"), for: .regional))
    #expect(!ended.holds(.bawaslu, .study, on: date("2026-01-01"), for: .regional))
    #expect(try places(.mandates, mandate(11, "BKN", basis: basis)) == ["/0 not_allowed"])
    #expect(try places(.mandates, mandate(11, "BAWASLU", basis: "Lain")) == ["/0 not_allowed"])
    let moved = mandate(11, "BAWASLU", #","from":"2020-01-01""#, basis: basis)
    #expect(try places(.mandates, moved)?.contains("/0/from not_allowed") == true)
    #expect(try places(.mandates, mandate(99, "BKN", basis: "UU")) == nil)
    #expect(try places(.mandates, mandate(99, "ANRI", basis: "UU")) == ["/0/agency unknown_code"])
    #expect(try places(.mandates, mandate(99, "BKN", basis: "")) == ["/0/legal_basis required"])
  }

  @Test func `every row of the initial data passes the rules that later rows must pass`() {
    for kind in ReferenceKind.allCases {
      let rows = Fixture.reference.entries.filter { $0.kind == kind }
      #expect(refusal { try Fixture.reference.adding(rows) } == nil, "\(kind)")
      #expect(!rows.isEmpty)
    }
  }
}
