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
    let holiday = #"{"date":"2025-01-01","name_id":"Tahun Baru","kind":"holiday","source":"SKB"}"#
    #expect(try places(.holidays, holiday) == nil)
    #expect(try places(.holidays, holiday, holiday) == ["/1 duplicate"])
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
    #expect(try places(.institutions, #"{"code":"badan","name":"X","kind":"private"}"#) == ["/0 format"])
    #expect(
      try places(.regions, #"{"code":"97.01","name":"Baru","level":"regency","province":"97"}"#) == [
        "/0/province unknown_code"
      ])
    #expect(
      try places(
        .regions, #"{"code":"97","name":"Baru","level":"province"}"#,
        #"{"code":"97.01","name":"Baru","level":"regency","province":"97"}"#) == nil)
  }

  @Test(arguments: [(0, false), (1, true), (365, true), (366, false), (1_000_000_000, false)])
  func `a clock is between 1 and 365 days long`(length: Int, isAllowed: Bool) throws {
    #expect(try places(.clockRules, clockRule(length)) == (isAllowed ? nil : ["/0/length range"]))
    let dated = try places(
      .clockRules, clockRule(7, #","until":"2024-12-31""#), clockRule(length, #","from":"2025-01-01""#))
    #expect(dated == (isAllowed ? nil : ["/1/length range"]))
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
