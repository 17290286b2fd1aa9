internal import Domain
internal import Foundation
internal import JSON
internal import TestSupport
internal import Testing

/// A case that was on record about the wrong person, and how that was put right.
struct Mistake: Sendable, CustomTestStringConvertible {
  let owner: AgencyCode
  /// Who corrects it; nil: another agency asks for it, and the owner accepts.
  let corrector: AgencyCode?
  let isInNarrative: Bool

  var testDescription: String {
    "of \(owner), put right by \(corrector?.rawValue ?? "request")\(isInNarrative ? ", narrative and all" : "")"
  }

  static let all = [
    Mistake(owner: .bawaslu, corrector: .bawaslu, isInNarrative: false),
    Mistake(owner: .bawaslu, corrector: .bkn, isInNarrative: true),
    Mistake(owner: .bawaslu, corrector: nil, isInNarrative: true),
    Mistake(owner: .panrb, corrector: nil, isInNarrative: false),
    Mistake(owner: .kemendagri, corrector: .kemendagri, isInNarrative: true),
    // KASN has ended: its successor owns its cases, and it still reads.
    Mistake(owner: .kasn, corrector: .bkn, isInNarrative: true),
  ]

  /// The groups that the correction withdraws.
  var groups: String { isInNarrative ? "subject narrative" : "subject" }

  func isSpared(_ agency: AgencyCode) -> Bool { agency == owner || agency == .bkn }
}

/// Ways in which the past of a case leaves the service, or could.
enum PastDoor: String, CaseIterable, Sendable {
  case asOfTime, asOfDate, history, historyProof, historyTable, historyLines
  case snapshot, snapshotProof, snapshotTable, snapshotWorkbook, replay
  case requests, requestsTable, related, links, record, changes, changesProof, leaves, list, allowedActions

  /// Whether it shows the subject of an earlier version.
  var showsSubject: Bool {
    [.asOfTime, .snapshot, .snapshotProof, .snapshotTable, .snapshotWorkbook, .replay].contains(self)
  }
}

@Suite("A person who was named by mistake")
struct WrongPersonTests {
  @Test("is found by nobody but owner and BKN, by whatever door", arguments: Mistake.all)
  func doors(_ mistake: Mistake) async throws {
    try await withService { visitor in
      var world = try MistakenWorld(mistake, visitor)
      // What is searched for is there to be found.
      for agency in agencies where try world.seesSubject(agency) {
        for door in PastDoor.allCases where door.showsSubject && world.opens(door, to: agency) {
          #expect(try !world.found(door, agency).isEmpty, "\(door) \(agency) before")
        }
      }
      let held = try agencies.map { try world.tagAtSnapshot($0) }
      try world.putRight()
      for agency in agencies {
        for door in PastDoor.allCases where world.opens(door, to: agency) {
          let found = try world.found(door, agency)
          if mistake.isSpared(agency) {
            #expect(!door.showsSubject || found.isSuperset(of: ["nama", "nip", "nik"]), "\(door) \(agency) \(found)")
          } else {
            #expect(found.isEmpty, "\(door) \(agency) \(found)")
          }
        }
        let (history, past) = (try visitor.get("\(world.path)/history", as: agency), try world.past(agency))
        let mark = history.json["items"].items.last {
          ["correction", "correction_acceptance"].contains($0["what"].string)
        }
        #expect(mark?["details"]["wrong_person"].string == mistake.groups)
        #expect(past.json["redacted"].strings.contains("subject") != mistake.isSpared(agency))
        #expect(mistake.isSpared(agency) || !past.json["subject"].has("name"))
        // The case itself shows the right person to whom it showed the wrong one.
        let now = try visitor.get(world.path, as: agency).json
        #expect(now["subject"]["name"].string == (try world.seesSubject(agency) ? "Orang Benar" : nil), "\(agency)")
      }
      for agency in agencies {
        for question in MistakenWorld.searches {
          #expect(try visitor.ask(as: agency, "POST", "/v1/case-searches", question).json["items"].items.isEmpty)
        }
      }
      // Who is shown something else is given another tag, and whoever holds either is in agreement.
      for (agency, before) in zip(agencies, held) {
        let after = try world.tagAtSnapshot(agency)
        #expect((after == before) == (try mistake.isSpared(agency) || !world.seesSubject(agency)), "\(agency)")
        for tag in [before, after] {
          #expect(try world.isInAgreement(tag, agency), "\(agency) \(tag)")
        }
        #expect(try !world.isInAgreement("\"4-1-AAAA\"", agency))
      }
    }
  }

  @Test("is not marked by a correction that names no other one")
  func nobodyElse() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      let before = try visitor.get("\(path)/history", as: .bkn).body
      for (body, pointer, code) in [
        (#"{"motives":["office"],"wrong_person":true,"reason":"x"}"#, "/wrong_person", "inconsistent"),
        (#"{"subject":{"name":"Pegawai Contoh"},"wrong_person":true,"reason":"x"}"#, "/wrong_person", "inconsistent"),
        (
          #"{"subject":{"position_level":"administrator"},"wrong_person":true,"reason":"x"}"#, "/wrong_person",
          "inconsistent"
        ),
        (#"{"act":{"narrative":"Lain."},"wrong_person":true,"reason":"x"}"#, "/wrong_person", "inconsistent"),
        (#"{"subject":{"name":"Lain"},"wrong_person":"ya","reason":"x"}"#, "/wrong_person", "type"),
        (#"{"subject":{"name":"Lain"},"wrong_persons":true,"reason":"x"}"#, "/wrong_persons", "unknown"),
      ] {
        let answer = try visitor.patch(path, as: .bkn, body)
        #expect(answer.status == 422 && answer.json["errors"][0]["pointer"].string == pointer, "\(answer.text)")
        #expect(answer.json["errors"][0]["code"].string == code)
      }
      let asked = try visitor.post(
        "\(path)/correction-requests", as: .panrb, #"{"patch":{"motives":["x"]},"wrong_person":true,"reason":"x"}"#)
      #expect(asked.status == 422 && asked.json["errors"][0]["pointer"].string == "/wrong_person")
      let tried = try visitor.ask(
        as: .bkn, "PATCH", "\(path)?dry_run=true", #"{"subject":{"name":"Lain"},"wrong_person":true,"reason":"x"}"#,
        [("If-Match", try visitor.etag(path, as: .bkn))])
      #expect(tried.status == 200 && tried.json["subject"]["name"].string == "Lain")
      #expect(try visitor.get("\(path)/history", as: .bkn).body == before)
      // False says nothing, as leaving it out does.
      let plain = #"{"subject":{"name":"Lain"},"wrong_person":false,"reason":"x"}"#
      #expect(try visitor.patch(path, as: .bkn, plain).status == 200)
      let event = try visitor.get("\(path)/history", as: .bkn).json["items"][1]
      #expect(!event["details"].has("wrong_person"))
    }
  }

  @Test("is not marked by a request of which nothing is left to put right")
  func putRightMeanwhile() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      let name = #"{"subject":{"name":"Lain"}}"#
      let asked = try visitor.post(
        "\(path)/correction-requests", as: .bkn, #"{"patch":\#(name),"wrong_person":true,"reason":"x"}"#)
      #expect(asked.status == 201 && asked.json["wrong_person"].bool == true)
      #expect(try visitor.patch(path, as: .bawaslu, merged(name, #"{"reason":"x"}"#)).status == 200)
      let accepted = try visitor.act(
        "correction-requests/1/acceptance", on: path, as: .bawaslu, #"{"reason":"Benar."}"#)
      #expect(accepted.status == 422 && accepted.json["errors"][0]["pointer"].string == "/wrong_person")
      let listed = try visitor.get("\(path)/correction-requests", as: .kasn).json["items"][0]
      #expect(listed["wrong_person"].bool == true && listed["state"].string == "open" && !listed.has("patch"))
    }
  }

  @Test("may be put right in parts")
  func parts() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase(as: .bkn, #"{"act":{"narrative":"Zqsalah uraian."}}"#)
      try visitor.must("verifications", on: path, as: .bkn, ActionBodies.valid(.verifications, on: "2024-10-08"))
      visitor.clock.set("2024-10-20T04:00:00Z")
      let name = #"{"subject":{"name":"Benar"},"wrong_person":true,"reason":"x"}"#
      #expect(try visitor.patch(path, as: .bkn, name).status == 200)
      let past = "\(path)?as_of=2024-10-20T03:30:00Z"
      #expect(try visitor.get(past, as: .bawaslu).json["redacted"].strings == ["subject", "reporter"])
      let narrative = #"{"act":{"narrative":"Lain."},"wrong_person":true,"reason":"x"}"#
      #expect(try visitor.patch(path, as: .bkn, narrative).status == 200)
      #expect(try visitor.get(past, as: .bawaslu).json["redacted"].strings == ["subject", "narrative", "reporter"])
      // What was right in between stays, but for what was still wrong.
      let between = try visitor.get("\(path)?as_of=2024-10-20T04:00:00Z", as: .bawaslu).json
      #expect(between["redacted"].strings == ["reporter"] && between["act"]["narrative"].string == "Lain.")
    }
  }

  @Test("is not told of by a tie with a case about the same person")
  func ties() async throws {
    try await withService { visitor in
      let (path, other) = (try visitor.makeCase(ref: "1"), try visitor.makeCase(ref: "2"))
      let ids = [path, other].map { String($0.dropFirst("/v1/cases/".count)) }
      func tie(_ relation: String, _ agency: AgencyCode, dryRun: Bool = false) throws -> HTTPAnswer {
        try visitor.post(
          "\(path)/links\(dryRun ? "?dry_run=true" : "")", as: agency,
          #"{"case_id":"\#(ids[1])","relation":"\#(relation)"}"#)
      }
      func ties(_ path: String, _ agency: AgencyCode) throws -> [String] {
        try visitor.get("\(path)/links", as: agency).json["items"].items.compactMap { $0["relation"].string }
      }
      for relation in ["same_person", "same_act"] { #expect(try tie(relation, .bawaslu).status == 201) }
      for path in [path, other] {
        try visitor.must("verifications", on: path, as: .bkn, ActionBodies.valid(.verifications, on: "2024-10-08"))
      }
      for path in [path, other] { #expect(try ties(path, .kasn).count == 2) }
      visitor.clock.advance(seconds: 60)
      let body = #"{"subject":{"nip":"198704052015052002"},"wrong_person":true,"reason":"x"}"#
      #expect(try visitor.patch(path, as: .bawaslu, body).status == 200)
      for path in [path, other] {
        #expect(try ties(path, .kasn) == ["same_act"])
        for agency in [AgencyCode.bawaslu, .bkn] { #expect(try ties(path, agency).count == 2) }
      }
      #expect(
        try visitor.get("\(other)/related", as: .kasn).json["items"].items.allSatisfy {
          !$0["shared"].strings.contains("person")
        })
    }
  }
}
