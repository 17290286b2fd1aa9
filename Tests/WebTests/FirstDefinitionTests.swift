internal import Domain
internal import HTTPServer
internal import JSON
internal import Storage
internal import TestSupport
internal import Testing

@testable internal import Service
@testable internal import Web

/// Releases of definition 1, which withheld cells: they stay as they are, and what they withheld is made anew.
@Suite("Releases of definition 1")
struct FirstDefinitionTests {
  /// A date of which most was told, as it was stored.
  private static let told = """
    {"tree":{"key":"reported","count":59,"children":[\
    {"key":"not_recommended","count":20,"suppressed":["cancelled","in_examination"]},\
    {"key":"recommended","count":39,"children":[{"key":"followed_up","count":15,"children":[\
    {"key":"sanctioned","count":15,"children":[{"key":"light","count":15,"children":[],"suppressed":[]},\
    {"key":"moral","count":0,"children":[],"suppressed":[]}],"suppressed":[]}],"suppressed":["not_proven"]}],\
    "suppressed":["not_followed_up"]}],"suppressed":[]},\
    "beside":[{"key":"rejected","count":6,"children":[],"suppressed":[]}],"tables":{\
    "category":{"total":[59,39,15],"rows":{"":[20,10,5],"discipline":[0,0,0],"ethics":[39,29,10]},"suppressed":[]},\
    "province":{"total":[59,39,15],"rows":{"16":[32,12,7]},"suppressed":["33","73"]},\
    "position_level":{"total":[59,39,15],"suppressed":[]}}}
    """

  /// A date of which the number of all cases alone was told.
  private static let coarse = """
    {"tree":{"key":"reported","count":8,"suppressed":[]},"beside":[],\
    "tables":{"province":{"total":[8],"suppressed":[]}}}
    """

  /// The entity tags that the last program of definition 1 gave: each ends with a digest of the whole JSON answer.
  private static let tags = [
    ("funnel?as_of=2024-10-31", "h2m00b01anjskg2d"),
    ("funnel?as_of=2024-10-31&group_by=province", "m09049rjmbg4q93u"),
    ("funnel?as_of=2024-10-31&group_by=category", "kooulj3f3dq8e9kd"),
    ("funnel?as_of=2024-10-31&group_by=position_level", "pid9cjjfo5uf2uk0"),
    ("stages?as_of=2024-10-31", "r84nb84toikbk0po"), ("sanctions?as_of=2024-10-31", "ahfjbbl2bah95g9a"),
    ("funnel?as_of=2024-12-31", "ea9qfvq0tjenjga8"),
    ("funnel?as_of=2024-12-31&group_by=province", "stvo8nicotu8qime"),
    ("funnel?as_of=2024-12-31&group_by=category", "ejve5k9aqem5d4hq"),
    ("funnel?as_of=2024-12-31&group_by=position_level", "majpj34jorefh56s"),
    ("stages?as_of=2024-12-31", "9i75oa7ecv2d91hl"), ("sanctions?as_of=2024-12-31", "croqjntibp7g4ru9"),
  ]

  private static let csv = """
    statistic,election,as_of,group_by,group,label_id,label_en,metric,value
    funnel,pilkada-2024,2024-10-31,province,total,,,reported,59
    funnel,pilkada-2024,2024-10-31,province,total,,,recommended,39
    funnel,pilkada-2024,2024-10-31,province,total,,,followed_up,15
    funnel,pilkada-2024,2024-10-31,province,16,Sumatera Selatan,Sumatera Selatan,reported,32
    funnel,pilkada-2024,2024-10-31,province,16,Sumatera Selatan,Sumatera Selatan,recommended,12
    funnel,pilkada-2024,2024-10-31,province,16,Sumatera Selatan,Sumatera Selatan,followed_up,7
    funnel,pilkada-2024,2024-10-31,province,33,Jawa Tengah,Jawa Tengah,reported,
    funnel,pilkada-2024,2024-10-31,province,73,Sulawesi Selatan,Sulawesi Selatan,reported,

    """

  private func store(_ date: String, _ document: String, in visitor: Visitor) async throws {
    let release = StoredRelease(
      election: "pilkada-2024", asOf: Sample.date(date), definition: 1, seq: 7,
      releasedAt: Timestamp(milliseconds: 0), document: Array(document.utf8))
    _ = try await visitor.service.store.write(by: .operator, dryRun: false) { try $0.release(release, by: nil) }
  }

  private func ask(_ visitor: Visitor, _ target: String, _ fields: [(String, String)] = []) throws -> HTTPAnswer {
    try visitor.ask("GET", "/v1/public/statistics/\(target)&election=pilkada-2024", fields)
  }

  @Test("stay byte for byte as they were answered, whatever is recorded and released later")
  func unchanged() async throws {
    try await withService { visitor in
      visitor.service.clock.set("2025-03-15T03:00:00Z")
      try await store("2024-10-31", Self.told, in: visitor)
      try await store("2024-12-31", Self.coarse, in: visitor)
      // What is stored behind its back is seen by the next start.
      try await visitor.reopen()
      _ = try visitor.makeCase()
      let word = #"{"election":"pilkada-2024"}"#
      #expect(try visitor.ask(as: Service.operatorName, "POST", "/v1/admin/releases", word).status == 200)
      for (target, tag) in Self.tags {
        let answer = try ask(visitor, target)
        #expect(answer["etag"]?.hasSuffix("-\(tag)\"") == true, "\(target): \(answer.text)")
      }
      let lines = try ask(visitor, "funnel?as_of=2024-10-31&group_by=province", [("Accept", "text/csv")])
      #expect(lines.text == Self.csv.replacing("\n", with: "\r\n"))
      let november = try ask(visitor, "funnel?as_of=2024-11-30")
      #expect(november.json["definition"].string == "public-funnel/2")
    }
  }

  @Test("are made under the new definition where they withheld a date, without anybody's word, and stay on record")
  func withheld() async throws {
    try await withService { visitor in
      visitor.service.clock.set("2025-03-15T03:00:00Z")
      for number in 0..<120 { _ = try visitor.makeCase(ref: "a-\(number)") }
      try await store("2024-11-30", "{}", in: visitor)
      try await store("2024-12-31", Self.coarse, in: visitor)
      let before = try await PublicReleases(store: visitor.service.store).series(of: "pilkada-2024")
      #expect(before.isPending(Sample.date("2024-11-30")) && before.made.count == 1)
      try await visitor.reopen()
      await visitor.service.api.services.releaseMaker.makeDue()
      let after = try ask(visitor, "stages?as_of=2024-11-30")
      #expect(after.json["total"]["count"].int == 120, "\(after.text)")
      let stored = try visitor.service.store.read(on: 0) { try $0.publicReleases(of: "pilkada-2024") }
      #expect(stored.map { "\($0.asOf) \($0.definition)" } == ["2024-11-30 1", "2024-11-30 2", "2024-12-31 1"])
      #expect(stored.map(\.isWithheld) == [true, false, false])
    }
  }
}
