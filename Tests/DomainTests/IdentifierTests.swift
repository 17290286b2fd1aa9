internal import Domain
internal import TestSupport
internal import Testing

@Suite struct CaseIDTests {
  private let text = "0199d3c4-7c1e-7b52-9a51-3f0f4c1b2a90"

  @Test func `the canonical text reads back`() {
    #expect(CaseID(text)?.description == text)
    #expect(CaseID(text)?.high == 0x0199_d3c4_7c1e_7b52)
    #expect(CaseID(text)?.low == 0x9a51_3f0f_4c1b_2a90)
  }

  @Test func `letters of either case name the same case`() {
    #expect(CaseID(text.uppercased()) == CaseID(text))
  }

  @Test(arguments: [
    "", "0199d3c4-7c1e-7b52-9a51-3f0f4c1b2a9", "0199d3c4-7c1e-7b52-9a51-3f0f4c1b2a900",
    "{199d3c4-7c1e-7b52-9a51-3f0f4c1b2a9}",
    "0199d3c47c1e7b529a513f0f4c1b2a900000", "0199d3c4-7c1e-7b52-9a51_3f0f4c1b2a90",
    "0199d3c4-7c1e-7b52-9a51-3f0f4c1b2a9g", "0199d3c4-7c1e-7b5-29a51-3f0f4c1b2a90",
    "0199d3c4-7c1e-7b52-9a51-3f0f4c1b2aé",
  ])
  func `no other text names a case`(text: String) {
    #expect(CaseID(text) == nil)
  }

  @Test func `a new identity is a UUID of version 7 that keeps its instant and sorts by it`() {
    let instant = Sample.instant("2024-10-06T03:12:09.250Z")
    let ones = CaseID(at: instant, random: (.max, .max))
    let zeros = CaseID(at: instant, random: (0, 0))
    for id in [ones, zeros] {
      let characters = Array(id.description)
      #expect(characters[14] == "7")
      #expect("89ab".contains(characters[19]))
      #expect(Int64(id.high >> 16) == instant.milliseconds)
      #expect(CaseID(id.description) == id)
    }
    #expect(ones != zeros)
    let later = CaseID(at: Timestamp(milliseconds: instant.milliseconds + 1), random: (0, 0))
    #expect(ones.description < later.description)
  }

  @Test func `identities made one after the other ascend, whatever the clock and the random bits do`() {
    let start = Sample.instant("2024-10-06T03:12:09.250Z").milliseconds
    let clock: [Int64] = [0, 0, 0, 1, 1, 5, 3, 0, -60_000, 5, 6, 6, 7]
    for bits in [0, 1, 0x7FFF_FFFF, UInt64.max] {
      var sequence = CaseIDSequence()
      let ids = clock.map { sequence.next(at: Timestamp(milliseconds: start + $0), random: { bits }) }
      #expect(zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 && $0.description < $1.description })
      for id in ids {
        #expect(Array(id.description)[14] == "7" && "89ab".contains(Array(id.description)[19]))
        #expect((0...7).contains(Int64(id.high >> 16) - start))
      }
    }
  }
}

@Suite struct PersonNumberTests {
  @Test(arguments: [
    ("198609262015051001", Employment.pns, 2015), ("198609262015052999", .cpns, 2015),
    ("200002292018121001", .pns, 2018), ("199001012023211001", .pppk, 2023), ("199001012023012001", .pppk, 2023),
    ("196507141988031002", .pns, 1988),
  ])
  func `a number of 18 digits gives the year of appointment`(text: String, employment: Employment, year: Int) throws {
    let nip = try #require(NIP(text, employment: employment))
    #expect(nip.text == text)
    #expect(nip.appointmentYear == year)
    #expect(NIP(stored: text) == nip)
  }

  @Test(arguments: [
    ("", Employment.pns, "empty"), ("19860926201505100", .pns, "17 digits"), ("1986092620150510011", .pns, "19 digits"),
    ("19860926201505100a", .pns, "a letter"), ("19860926 20150510", .pns, "a blank"),
    ("198613262015051001", .pns, "birth in month 13"), ("198602302015051001", .pns, "born on 30 February"),
    ("198609002015051001", .pns, "born on day 0"), ("189909262015051001", .pns, "born before 1900"),
    ("198609261949051001", .pns, "appointed before 1950"), ("198609262101051001", .pns, "appointed after 2100"),
    ("200109262015051001", .pns, "appointed at 14"), ("198609262015001001", .pns, "appointed in month 0"),
    ("198609262015131001", .pns, "appointed in month 13"), ("198609262015211001", .pns, "a contract count for a PNS"),
    ("198609262015131001", .cpns, "appointed in month 13"), ("198609262015050001", .pns, "sex 0"),
    ("198609262015053001", .pns, "sex 3"), ("198609262015051000", .pns, "serial 0"),
    ("199001012023001001", .pppk, "contract count 0"), ("199001012023213001", .pppk, "sex 3"),
    ("١٩٨٦٠٩٢٦٢", .pns, "18 bytes of other digits"),
  ])
  func `a number that no civil servant can have is refused`(text: String, employment: Employment, why: String) {
    #expect(NIP(text, employment: employment) == nil, "\(why)")
  }

  @Test(arguments: [
    "1671012609860001", "1671016609860001", "1671017112869999", "1671012902000001", "1671016902000001",
    "9671013112991000",
  ])
  func `a number of 16 digits with an existing day is an identity number`(text: String) {
    #expect(NIK(text)?.text == text)
  }

  @Test(arguments: [
    ("", "empty"), ("167101260986000", "15 digits"), ("16710126098600011", "17 digits"),
    ("167101260986000x", "a letter"), ("0071012609860001", "province 00"), ("1071012609860001", "province 10"),
    ("1600012609860001", "regency 00"), ("1671002609860001", "district 00"), ("1671010009860001", "day 0"),
    ("1671013209860001", "day 32"), ("1671014009860001", "day 40"), ("1671017209860001", "day 32 of a woman"),
    ("1671012613860001", "month 13"), ("1671012600860001", "month 0"),
    ("1671012902010001", "29 February of no leap year"),
    ("1671013104860001", "31 April"), ("1671012609860000", "serial 0000"),
  ])
  func `a number that nobody can have is no identity number`(text: String, why: String) {
    #expect(NIK(text) == nil, "\(why)")
  }
}

@Suite struct RegionTests {
  @Test func `a code is a province or lies in one`() {
    #expect(RegionCode("16")?.isProvince == true)
    #expect(RegionCode("16.71")?.isProvince == false)
    #expect(RegionCode("16.71")?.province == "16")
  }

  @Test(arguments: ["", "1", "161", "16.", "16.7", "16.711", "16,71", "1671", "a6", "16.7a", "16-71"])
  func `any other text is no code`(text: String) {
    #expect(RegionCode(text) == nil)
  }

  @Test(arguments: [
    ("93", "2022-07-24", "2022-07-25"), ("94", "2022-07-24", "2022-07-25"), ("95", "2022-07-24", "2022-07-25"),
    ("96", "2022-12-07", "2022-12-08"), ("93.01", "2022-07-24", "2022-07-25"), ("96.71", "2022-12-07", "2022-12-08"),
  ])
  func `the four new provinces of Papua exist only from 2022`(code: String, before: String, from: String) {
    let reference = Fixture.reference
    #expect(reference.knowsRegion(code))
    #expect(reference.region(code, on: date(before)) == nil)
    #expect(reference.institution(code, on: date(before)) == nil)
    #expect(reference.region(code, on: date(from)) != nil)
    #expect(reference.institution(code, on: date(from))?.kind == .regional)
  }

  @Test func `there are 38 provinces, 416 regencies and 98 cities, each with a government`() throws {
    let reference = Fixture.reference
    let rows = reference.entries.filter { $0.kind == .regions }
    let regions = try Reference.decode(rows.map(\.json), as: Region.self)
    #expect(regions.filter { $0.level == "province" }.count == 38)
    #expect(regions.filter { $0.level == "regency" }.count == 416)
    #expect(regions.filter { $0.level == "city" }.count == 98)
    for region in regions {
      #expect(reference.institution(region.code, on: date("2024-10-06"))?.kind == .regional)
      #expect(region.level == "province" || region.province == String(region.code.prefix(2)))
    }
    #expect(!reference.knowsRegion("99"))
    #expect(reference.region("16.71", on: date("1990-01-01")) != nil)
  }
}
