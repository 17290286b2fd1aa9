internal import Crypto
internal import Domain
internal import Foundation
internal import JSON
internal import Service
internal import Storage
internal import TestSupport
internal import Testing

/// A clock, the acts that lead to its start, and the act that stops it on one day or another.
private struct ClockRoad: Sendable {
  let kind: ClockKind
  let acts: [(kind: ActionKind, agency: AgencyCode, day: String)]
  let stop: ActionKind
  let agency: AgencyCode
  /// Dated and recorded then it is met.
  let inTime: String
  /// After the due date.
  let late: String

  private static let road: [(kind: ActionKind, agency: AgencyCode, day: String)] = [
    (.verifications, .bkn, "2024-10-10"), (.studies, .bawaslu, "2024-10-14"), (.recommendations, .bkn, "2024-10-16"),
    (.decisions, .bkn, "2024-10-20"),
  ]

  /// Received on 2024-10-06.
  static let all: [ClockRoad] = [
    ClockRoad(
      kind: .verification, acts: [], stop: .verifications, agency: .bkn, inTime: "2024-10-10", late: "2024-10-20"),
    ClockRoad(
      kind: .study, acts: Array(road.prefix(1)), stop: .studies, agency: .bawaslu, inTime: "2024-10-14",
      late: "2024-10-22"),
    ClockRoad(
      kind: .ppkFollowUp, acts: Array(road.prefix(3)), stop: .decisions, agency: .bkn, inTime: "2024-10-20",
      late: "2024-11-20"),
    ClockRoad(
      kind: .appealFiling, acts: road, stop: .appeals, agency: .bkn, inTime: "2024-10-25", late: "2024-11-20"),
  ]
}

/// How the stop of a clock came to be recorded, and what is told of it.
private enum Record: String, CaseIterable, Sendable {
  case inTime, late, recordedLate, cancelledBack, imported

  var state: String { self == .late ? "late" : "met" }
  var isRecordedLate: Bool { [.recordedLate, .cancelledBack, .imported].contains(self) }
}

@Suite("A clock tells when its stop was recorded")
struct RecordedLateTests {
  private func clock(_ kind: ClockKind, _ path: String, _ visitor: Visitor) throws -> JSONValue {
    let clocks = try visitor.get(path, as: .bkn).json["clocks"].items
    return clocks.first { $0["kind"].string == kind.rawValue } ?? .null
  }

  /// One request of a road: on which day it is made, and what it does to the address of its case.
  private struct Step {
    let day: String
    let take: (inout String) throws -> Void
  }

  /// The requests that lead a case to the start of a clock, each act on its day, and stop it.
  private func steps(_ road: ClockRoad, _ record: Record, _ visitor: Visitor) -> [Step] {
    let ref = "\(road.kind.rawValue)-\(record.rawValue)"
    let person = #""subject":{"nip":null,"identifier_missing":true,"name":"Pegawai \#(ref)"}"#
    if record == .imported {
      return [
        Step(day: "2024-12-20") { path in
          let facts = Sample.caseBody(#"{"source":{"agency":"BAWASLU"},\#(person)}"#, agencyRef: ref)
          let acts = (road.acts + [(road.stop, road.agency, road.inTime)]).map { act in
            let body = ActionBodies.valid(act.kind, on: act.day).dropFirst()
            return #"{"action":"\#(act.kind.rawValue)","agency":"\#(act.agency)",\#(body)"#
          }
          let line = "{\"case\":\(facts),\"actions\":[\(acts.joined(separator: ","))]}"
          let answer = try visitor.importLines([line.replacing("\n", with: "")])
          guard let id = try JSONValue.parse(Array((answer.lines.first ?? "").utf8))["id"].string else {
            throw Unexpected(answer)
          }
          path = "/v1/cases/\(id)"
        }
      ]
    }
    var steps = [Step(day: "2024-10-07") { $0 = try visitor.makeCase("{\(person)}", ref: ref) }]
    steps += road.acts.map { act in
      Step(day: act.day) {
        try visitor.must(act.kind.rawValue, on: $0, as: act.agency, ActionBodies.valid(act.kind, on: act.day))
      }
    }
    let isCancelled = record == .cancelledBack
    let (stop, agency): (ActionKind, AgencyCode) = isCancelled ? (.cancellations, .bawaslu) : (road.stop, road.agency)
    steps.append(
      Step(day: record == .inTime ? road.inTime : road.late) { path in
        let open = try clock(road.kind, path, visitor)
        #expect(open["state"].string == "running" && open["recorded_on"] == .null)
        #expect(open["recorded_late"].bool == false)
        let day = record == .late ? road.late : road.inTime
        try visitor.must(stop.rawValue, on: path, as: agency, ActionBodies.valid(stop, on: day))
      })
    return steps
  }

  /// Leads a case down each road in each way, all of them day by day: time does not run backwards.
  private func lead(_ roads: [ClockRoad], _ visitor: Visitor) throws -> [(
    road: ClockRoad, record: Record, path: String
  )] {
    var cases = roads.flatMap { road in Record.allCases.map { (road: road, record: $0, path: "") } }
    let steps = cases.indices.flatMap { index in
      self.steps(cases[index].road, cases[index].record, visitor).enumerated().map { (index, $0.offset, $0.element) }
    }
    for (index, _, step) in steps.sorted(by: { ($0.2.day, $0.0, $0.1) < ($1.2.day, $1.0, $1.1) }) {
      visitor.clock.set("\(step.day)T03:00:00Z")
      try step.take(&cases[index].path)
    }
    return cases
  }

  @Test("whatever the clock, and however it came to be stopped", arguments: ClockRoad.all.indices)
  func table(_ index: Int) async throws {
    let road = ClockRoad.all[index]
    try await withService { visitor in
      let cases = try lead([road], visitor)
      var before: [JSONValue] = []
      for (_, record, path) in cases {
        let stopped = try clock(road.kind, path, visitor)
        before.append(stopped)
        // Nobody has stopped a period of appeal by cancelling the case.
        let isNobodys = road.kind == .appealFiling && record == .cancelledBack
        let recordedOn = record == .inTime ? road.inTime : record == .imported ? "2024-12-20" : road.late
        let label = Comment(rawValue: "\(road.kind) \(record): \(stopped)")
        #expect(stopped["state"].string == record.state, label)
        #expect(stopped["recorded_on"].string == (isNobodys ? nil : recordedOn), label)
        #expect(stopped["recorded_late"].bool == (record.isRecordedLate && !isNobodys), label)
        #expect(stopped["stopped_on"].string == (record == .late ? road.late : road.inTime), label)
      }
      // Later versions leave it as it is.
      visitor.clock.set("2025-01-10T03:00:00Z")
      for ((_, record, path), stopped) in zip(cases, before) {
        let patched = try visitor.patch(path, as: .bkn, #"{"motives":["x"],"reason":"x"}"#)
        #expect(patched.status == 200, "\(patched.text)")
        #expect(try clock(road.kind, path, visitor) == stopped, "\(road.kind) \(record)")
        let then = try visitor.get("\(path)?as_of=2025-01-05", as: .bkn).json["clocks"].items
        #expect(then.contains(stopped), "\(road.kind) \(record)")
      }
    }
  }

  @Test("and lists find them, whatever else is asked")
  func lists() async throws {
    try await withService { visitor in
      var (late, all): (Set<String>, Set<String>) = ([], [])
      for (_, _, path) in try lead(ClockRoad.all, visitor) {
        all.insert(path)
        let clocks = try visitor.get(path, as: .bkn).json["clocks"].items
        if clocks.contains(where: { $0["recorded_late"].bool == true }) { late.insert(path) }
      }
      func found(_ query: String, limit: Int) throws -> [String] {
        var (paths, target): ([String], String?) = ([], "/v1/\(query)&limit=\(limit)")
        while let page = target {
          let answer = try visitor.get(page, as: .bkn)
          guard answer.status == 200 else { throw Unexpected(answer) }
          paths += answer.json["items"].items.map { "/v1/cases/\(($0["case_id"].string ?? $0["id"].string) ?? "")" }
          target = answer["link"].map { String($0.dropFirst().prefix { $0 != ">" }) }
        }
        return paths
      }
      #expect(late.count == 11 && all.count == 20)
      for limit in [1, 7, 200] {
        #expect(try Set(found("cases?recorded_late=true", limit: limit)) == late)
        #expect(try Set(found("cases?recorded_late=false", limit: limit)) == all.subtracting(late))
        #expect(try Set(found("clocks?recorded_late=true", limit: limit)) == late)
        #expect(try Set(found("clocks?recorded_late=true&state=met,late", limit: limit)) == late)
        let rest = try found("clocks?recorded_late=false&state=met,late,running,paused,overdue", limit: limit)
        #expect(rest.count > 20)
      }
      // A case that was imported has several; each is told.
      let clocks = try visitor.get("/v1/clocks?recorded_late=true&limit=200", as: .bkn).json["items"].items
      #expect(clocks.count > late.count && clocks.allSatisfy { $0["recorded_late"].bool == true })
      #expect(try found("clocks?recorded_late=true&kind=study", limit: 200).count < clocks.count)
      for query in ["state=late", "overdue=true", "state=running,paused", "overdue=false"] {
        let answer = try visitor.get("/v1/clocks?recorded_late=true&\(query)", as: .bkn)
        #expect(answer.status == 400 && answer.json["errors"][0]["parameter"].string == "recorded_late", "\(query)")
      }
      for list in ["cases", "clocks"] {
        #expect(try visitor.get("/v1/\(list)?recorded_late=yes", as: .bkn).status == 400)
      }
    }
  }

  @Test("and statistics count them apart, while a figure of the first definition is counted by that")
  func statistics() async throws {
    try await withService { visitor in
      _ = try lead(ClockRoad.all, visitor)
      visitor.clock.set("2025-02-01T03:00:00Z")
      for basis in ["effective", "recorded"] {
        let answer = try visitor.get("/v1/statistics/timeliness?basis=\(basis)", as: .bkn)
        #expect(answer.json["definition"].string == "timeliness/2")
        let clocks = answer.json["total"]["clocks"]
        let listed = try visitor.get("/v1/clocks?recorded_late=true&limit=200", as: .bkn).json["items"].items
        for kind in ClockKind.allCases {
          let count = listed.count { $0["kind"].string == kind.rawValue }
          #expect(clocks[kind.rawValue]["recorded_late"].int == count && count > 0, "\(kind) \(basis)")
        }
        let met = try visitor.get("/v1/clocks?state=met&limit=200", as: .bkn).json["items"].items
        let sum = ClockKind.allCases.reduce(0) {
          $0 + (clocks[$1.rawValue]["met"].int ?? 0) + (clocks[$1.rawValue]["recorded_late"].int ?? 0)
        }
        #expect(sum == met.count)
      }
      // As of a day before they were recorded they had not been.
      let past = try visitor.get("/v1/statistics/timeliness?basis=recorded&as_of=2024-10-15", as: .bkn).json
      #expect(past["total"]["clocks"]["verification"]["recorded_late"].int == 0)

      let id = try await issueOld(visitor)
      let shown = try visitor.get("/v1/figures/\(id)", as: .bkn)
      let today = shown.json["today"]
      #expect(today["reproduced"].bool == true && today["same"].bool == true, "\(shown.text)")
      visitor.clock.set("2025-02-02T03:00:00Z")
      let path = try visitor.makeCase(ref: "2")
      try visitor.must("verifications", on: path, as: .bkn, ActionBodies.valid(.verifications, on: "2024-10-10"))
      let later = try visitor.get("/v1/figures/\(id)", as: .bkn).json["today"]
      #expect(later["reproduced"].bool == true && later["same"].bool == false)
      #expect(later["differences"].items.contains { $0["metric"].string == "verification.met" })
      #expect(!later["differences"].items.contains { $0["metric"].string?.hasSuffix("recorded_late") == true })
    }
  }

  /// Stores the figure that a release before this one would have issued, and returns its name.
  private func issueOld(_ visitor: Visitor) async throws -> String {
    let newest = try visitor.get("/v1/statistics/timeliness?as_of=2025-01-31", as: .bkn)
    let csv = try visitor.get("/v1/statistics/timeliness?as_of=2025-01-31", as: .bkn, [("Accept", "text/csv")])
    let rows = try CSVReader.rows(csv.body).map(\.fields)
    let metric = try #require(rows[0].firstIndex(of: "metric"))
    var values: [(String, Int)] = []
    for row in rows.dropFirst() {
      // Nor did the first definition say what others have recorded.
      if row[metric].contains("of_which_recorded_by_others") { continue }
      // The first definition saw no difference between the two.
      if row[metric].hasSuffix(".recorded_late") {
        let kind = row[metric].split(separator: ".")[0]
        let met = try #require(values.firstIndex { $0.0 == "\(kind).met" })
        values[met].1 += Int(row[metric + 1]) ?? 0
      } else {
        values.append((row[metric], Int(row[metric + 1]) ?? 0))
      }
    }
    let order = ["running", "paused", "met", "late", "overdue"]
    let intervals = values.filter { value in order.allSatisfy { !value.0.hasSuffix(".\($0)") } }
    let question = "as_of=2025-01-31&basis=effective&unit=case"
    var text = "timeliness/1\n\(question)\n\n"
    for (name, value) in intervals { text += "*\t\(name)\t\(value)\n" }
    for kind in ClockKind.allCases {
      for state in order {
        let value = values.first { $0.0 == "\(kind.rawValue).\(state)" }?.1 ?? -1
        text += "*\t\(kind.rawValue).\(state)\t\(value)\n"
      }
    }
    let id = "fig_" + base32(Array(SHA256.hash(data: Array(text.utf8)).prefix(16)))
    let figure = Figure(
      id: id, scope: nil, kind: .timeliness, definition: "timeliness/1", question: question,
      seq: try visitor.service.store.read(on: 0) { try $0.head() }, referenceRevision: nil, issuedAt: visitor.clock.now,
      answer: Array(
        newest.text.replacing(newest.json["figure_id"].string ?? "", with: id).replacing(
          "timeliness/2", with: "timeliness/1"
        )
        .utf8))
    _ = try await visitor.service.store.write(by: .operator, dryRun: false) { try $0.issue(figure) }
    return id
  }

  private func base32(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdefghijklmnopqrstuv")
    let bits = bytes.map {
      String(repeating: "0", count: $0.leadingZeroBitCount) + ($0 == 0 ? "" : String($0, radix: 2))
    }
    .joined()
    var (text, rest) = ("", bits[...])
    while !rest.isEmpty {
      let group = String(rest.prefix(5)).padding(toLength: 5, withPad: "0", startingAt: 0)
      text.append(digits[Int(group, radix: 2) ?? 0])
      rest = rest.dropFirst(5)
    }
    return text
  }
}
