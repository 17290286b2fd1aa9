internal import Domain
internal import Foundation
internal import HTTPServer
internal import JSON
internal import Storage
internal import TestSupport
internal import Testing

@testable internal import Service
@testable internal import Web

/// POST /v1/admin/releases.
@Suite("The operator's word for releases")
struct ReleaseWordTests {
  private static let word = "/v1/admin/releases"

  private func say(_ visitor: Visitor, _ body: String, dryRun: Bool = false) throws -> HTTPAnswer {
    try visitor.ask(as: Service.operatorName, "POST", Self.word + (dryRun ? "?dry_run=true" : ""), body)
  }

  private func stored(_ visitor: Visitor, _ election: String = "pilkada-2020") throws -> [StoredRelease] {
    try visitor.service.store.read(on: 0) { try $0.publicReleases(of: election) }
  }

  private func importHistory(_ visitor: Visitor, _ count: Int) throws {
    visitor.service.clock.set("2024-10-20T03:00:00Z")
    for number in 0..<count {
      let changes = """
        {"election":"pilkada-2020","violation":null,"act":{"occurred_on":"2020-08-01"},
         "source":{"received_on":"2020-08-06"}}
        """
      _ = try visitor.makeCase(changes, ref: "a-\(number)")
    }
  }

  @Test("makes the months before the first recorded case, oldest first, once; what is there stays")
  func make() async throws {
    try await withService { visitor in
      try importHistory(visitor, 100)
      let dry = try say(visitor, #"{"election":"pilkada-2020","until":"2020-10-31"}"#, dryRun: true)
      #expect(dry.status == 200 && dry["netral-dry-run"] == "true", "\(dry.text)")
      #expect(dry.json["made"].int == 22 && dry.json["items"].items.count == 22)
      #expect(dry.json["items"].items.allSatisfy { $0["made"].bool == true && $0["released_at"] == .null })
      #expect(dry.json["first_recorded_on"].string == "2024-10-20")
      #expect(try stored(visitor).isEmpty)
      let made = try say(visitor, #"{"election":"pilkada-2020","until":"2020-10-31"}"#)
      #expect(made.status == 200 && made.json["made"].int == 22)
      #expect(made.json["items"].items.map { $0["as_of"].string } == dry.json["items"].items.map { $0["as_of"].string })
      #expect(made.json["items"].items.allSatisfy { $0["seq"].int == 100 && $0["definition"].int == 2 })
      #expect(try stored(visitor).map(\.asOf.description).last == "2020-10-31" && stored(visitor).count == 22)
      let page = "/v1/public/statistics/funnel?election=pilkada-2020&as_of="
      #expect(try visitor.ask("GET", page + "2020-07-31", []).json["total"]["reported"].int == 0)
      let october = try visitor.ask("GET", page + "2020-10-31", [])
      #expect(october.json["total"]["reported"].int == 100)
      #expect(try visitor.ask("GET", page + "2020-11-30", []).status == 400)
      // A retry, and a second word when more is in, change nothing that is there.
      try importMore(visitor)
      let again = try say(visitor, #"{"election":"pilkada-2020"}"#)
      #expect(again.json["made"].int == 26 && again.json["items"].items.count == 48)
      #expect(try visitor.ask("GET", page + "2020-10-31", []).body == october.body)
      #expect(try visitor.ask("GET", page + "2020-11-30", []).json["total"]["reported"].int == 101)
      #expect(try say(visitor, #"{"election":"pilkada-2020"}"#).json["made"].int == 0)
    }
  }

  private func importMore(_ visitor: Visitor) throws {
    _ = try visitor.makeCase(
      #"{"election":"pilkada-2020","violation":null,"act":{"occurred_on":"2020-08-01"},"source":{"received_on":"2020-08-07"}}"#,
      ref: "more")
  }

  @Test("leaves a trace of each release, and tells no number of any case")
  func trace() async throws {
    try await withService { visitor in
      try importHistory(visitor, 3)
      let made = try say(visitor, #"{"election":"pilkada-2020","until":"2019-02-28"}"#)
      #expect(made.json["items"].items.count == 2 && !made.text.contains("reported"))
      let path = visitor.service.folder.appending(path: "t.sqlite").path
      let trace = try Shell.sqlite(
        path,
        """
        SELECT content ->> 'election' || ' ' || (content ->> 'as_of') FROM leaf
        WHERE kind = 'release' AND content ->> 'by' IS NOT NULL ORDER BY leaf_index
        """)
      #expect(trace.split(separator: "\n") == ["pilkada-2020 2019-01-31", "pilkada-2020 2019-02-28"])
    }
  }

  @Test("cut off in the middle and said again makes the same numbers as said once")
  func cutOff() async throws {
    var bodies: [[[UInt8]]] = []
    try await withService { visitor in
      try importHistory(visitor, 40)
      for until in ["2019-06-30", "2020-09-30"] {
        _ = try say(visitor, #"{"election":"pilkada-2020","until":"\#(until)"}"#)
        try await visitor.reopen()
      }
      let cut = try say(visitor, #"{"election":"pilkada-2020"}"#).json
      #expect(cut["items"].items.count == 48 && cut["made"].int == 48 - 21)
      bodies.append(try stored(visitor).map(\.document))
      _ = try Shell.sqlite(visitor.service.folder.appending(path: "t.sqlite").path, "DELETE FROM public_release")
      try await visitor.reopen()
      _ = try say(visitor, #"{"election":"pilkada-2020"}"#)
      bodies.append(try stored(visitor).map(\.document))
    }
    #expect(bodies[0] == bodies[1] && bodies[0].count == 48)
  }

  @Test(
    "names what is wrong with it, and changes nothing",
    arguments: [
      ("{}", "/election"), (#"{"election":"x"}"#, "/election"), (#"{"election":7}"#, "/election"),
      (#"{"election":"pilkada-2020","until":"2020-10-30"}"#, "/until"),
      (#"{"election":"pilkada-2020","until":"2018-12-31"}"#, "/until"),
      (#"{"election":"pilkada-2024","until":"2024-09-30"}"#, "/until"),
      (#"{"election":"pilkada-2020","until":"soon"}"#, "/until"),
      (#"{"election":"pilkada-2020","months":3}"#, "/months"),
    ])
  func badInput(_ body: String, _ pointer: String) async throws {
    try await withService { visitor in
      for dryRun in [true, false] {
        let answer = try say(visitor, body, dryRun: dryRun)
        #expect(answer.status == 422 && answer.json["errors"][0]["pointer"].string == pointer, "\(answer.text)")
      }
      #expect(try stored(visitor).isEmpty && stored(visitor, "pilkada-2024").isEmpty)
    }
  }

  @Test("is the operator's alone") func gate() async throws {
    try await withService { visitor in
      for agency in agencies {
        let answer = try visitor.ask(as: agency, "POST", Self.word, #"{"election":"pilkada-2020"}"#)
        #expect(answer.status == 403)
      }
      #expect(try stored(visitor).isEmpty)
    }
  }

  @Test("tells no record key and no cell's key: they stand in no answer about releases") func keysStayInside()
    async throws
  {
    try await withService { visitor in
      try importHistory(visitor, 100)
      _ = try say(visitor, #"{"election":"pilkada-2020"}"#)
      let document = try JSONValue.parse(try #require(try stored(visitor).last).document)
      let exact = try #require(document["exact"][0][1].int)
      var texts = [try say(visitor, #"{"election":"pilkada-2020"}"#).text]
      for statistic in ["funnel", "stages", "sanctions"] {
        texts.append(
          try visitor.ask("GET", "/v1/public/statistics/\(statistic)?election=pilkada-2020", []).text)
      }
      for path in ["/v1/cases?limit=200", "/v1/changes?limit=1000", "/v1/exports/cases"] {
        texts.append(try visitor.get(path, as: .bkn).text)
      }
      let keys = RecordKeys(signingSecret: visitor.service.store.signingSecret)
      let ids = try visitor.service.store.read(on: 0) { try $0.caseIDs(after: 0, limit: 200).map(\.id) }
      #expect(ids.count == 100 && texts.allSatisfy { !$0.contains("\(exact)") })
      for id in ids {
        #expect(texts.allSatisfy { !$0.contains("\(keys.value(of: id))") })
      }
    }
  }
}
