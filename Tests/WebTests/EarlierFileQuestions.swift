internal import Domain
internal import Foundation
internal import Glibc
internal import JSON
internal import TestSupport

/// Asks about a file everything that can be read, one question after the other. The history is asked everything, other
/// files less often: each answer is given by code that the history has been through.
///
/// Not asked: `/livez`, `/readyz`, `/metrics`, which tell of the process; and the documentation, which is of the program
/// and not of the file.
final class EarlierFileQuestions {
  /// How much is asked.
  struct Depth: Sendable {
    /// Each which case all five ask for at every earlier day and instant.
    var pastCases: Int
    /// Whether every statistic is asked for in every combination, and every reference table in every format.
    var isWhole: Bool
    /// Whether statistics are asked for by groups, and public releases made.
    var hasFigures = true

    static let whole = Depth(pastCases: 7, isWhole: true)
    static let brief = Depth(pastCases: 9, isWhole: false)
    static let cases = Depth(pastCases: 9, isWhole: false, hasFigures: false)
  }

  private(set) var answers: [KeptAnswer] = []
  let depth: Depth
  private let visitor: Visitor
  private let client: HTTPClient
  /// Names of figures that the file held before anybody asked.
  private let figures: [String]
  private let five = agencies.map(\.rawValue)
  /// Which parameters of which routes were asked with, for ``requireEveryRoute()``.
  private var asked: Set<String> = []

  init(_ visitor: Visitor, _ depth: Depth) throws {
    self.visitor = visitor
    self.depth = depth
    client = try visitor.newClient()
    figures = try Self.figures(in: visitor.service.file)
  }

  /// What is asked, in an order in which much alike stands together. Statistics come late, because each answer is issued
  /// as a figure, and public releases last, because the operator's word makes them.
  func askAll() throws {
    try waitForReleases()
    let cases = try CasesOfFile(five.flatMap { try items($0, "/v1/cases?limit=200") })
    try askCases(cases)
    try askLists(cases)
    try askSearches(cases)
    try askClocks(cases)
    try askChanges()
    try askExports(cases)
    try askService(cases)
    try askStatistics(cases)
    if depth.hasFigures { try askPublic() }
  }

  /// The service looks beside everything else whether releases are due; none is, but before it has looked it says so.
  private func waitForReleases() throws {
    for election in try items("BKN", "/v1/reference/elections").compactMap({ $0["key"].string }) {
      while try ask(nil, "/v1/public/statistics/funnel?election=\(election)", isKept: false).status == 503 {
        usleep(10_000)
      }
    }
  }

  // MARK: Asking

  @discardableResult
  private func ask(
    _ who: String?, _ target: String, method: String = "GET", body: String? = nil, type: String = "application/json",
    fields: [(String, String)] = [], named: String? = nil, isKept: Bool = true
  ) throws -> HTTPAnswer {
    var all = fields
    if let who { all.append(("Authorization", "Bearer \(visitor.service.tokens[who] ?? "")")) }
    if body != nil { all.append(("Content-Type", type)) }
    try client.send(method, target, all, body.map { Array($0.utf8) })
    let answer = try client.answer()
    if isKept {
      let question = [who ?? "-", method, named ?? target].joined(separator: " ")
      answers.append(KeptAnswer(question, answer))
      note(method, target, body, fields)
    }
    return answer
  }

  /// Asks and goes on to the last page.
  private func askPages(_ who: String, _ target: String) throws {
    var (answer, page) = (try ask(who, target), 1)
    while let cursor = Self.cursor(of: answer) {
      page += 1
      let path = target.prefix { $0 != "?" }
      let kept = target.split(separator: "?").last?.split(separator: "&").filter {
        $0.hasPrefix("limit=") || $0.hasPrefix("format=")
      }
      let rest = (kept ?? []).map { "&\($0)" }.joined()
      answer = try ask(who, "\(path)?cursor=\(cursor)\(rest)", named: "\(target) page \(page)")
    }
  }

  /// Where a list goes on, as the body says it, or the field where the body is lines.
  private static func cursor(of answer: HTTPAnswer) -> String? {
    if let cursor = answer["netral-next-cursor"] { return cursor }
    if let link = answer["link"], let start = link.range(of: "cursor=") {
      return String(link[start.upperBound...].prefix { $0 != "&" && $0 != ">" })
    }
    return answer["content-type"] == "application/json" ? answer.json["next_cursor"].string : nil
  }

  /// All items of a list, which are not kept.
  private func items(_ who: String, _ target: String) throws -> [JSONValue] {
    var (items, cursor): ([JSONValue], String?) = ([], nil)
    repeat {
      let path = target.prefix { $0 != "?" }
      let answer = try ask(who, cursor.map { "\(path)?limit=200&cursor=\($0)" } ?? target, isKept: false)
      guard answer.status == 200 else { throw Unexpected(answer) }
      items += answer.json["items"].items
      cursor = answer.json["next_cursor"].string
    } while cursor != nil
    return items
  }

  /// Names of figures stand in a file as they are.
  private static func figures(in file: URL) throws -> [String] {
    let bytes = Array(try Data(contentsOf: file))
    var (found, place): (Set<String>, Int) = ([], 0)
    while let start = bytes.find(Array("fig_".utf8), from: place) {
      place = start + 4
      let name = bytes[start..<min(start + 30, bytes.count)]
      guard name.count == 30, name.dropFirst(4).allSatisfy({ (48...57).contains($0) || (97...118).contains($0) })
      else { continue }
      found.insert(String(decoding: name, as: UTF8.self))
    }
    return found.sorted()
  }

  // MARK: Cases

  private func askCases(_ cases: CasesOfFile) throws {
    for (index, id) in cases.ids.enumerated() {
      let path = "/v1/cases/\(id)"
      let more =
        index % 2 == 0 ? ["/allowed-actions", "/links", "/related", "/correction-requests", "/retention-holds"] : []
      for part in ["", "/history"] + more {
        for who in five { try ask(who, path + part) }
      }
      for part in more.dropFirst() + ["/history"] where index % 40 == 0 {
        for format in ["csv", "ndjson"] { try ask("BKN", "\(path)\(part)?format=\(format)") }
      }
      let events =
        try five.lazy.map { try self.ask($0, path + "/history", isKept: false) }
        .first { $0.status == 200 }?.json["items"].items ?? []
      let days = Set(events.compactMap { $0["occurred_on"].string }).sorted()
      let instants = Set(events.compactMap { $0["recorded_at"].string }).sorted()
      // Each version is asked for, by BKN at least, which sees every case that is not disputed.
      let isAskedOften = index % depth.pastCases == 0
      let outside = isAskedOften ? ["2020-01-01", "2020-01-01T00:00:00Z"] : []
      for moment in (isAskedOften || depth.isWhole ? days : []) + instants + outside {
        for who in isAskedOften ? five : ["BKN"] { try ask(who, "\(path)?as_of=\(moment)") }
      }
      // An import makes several versions in one instant: those that only a sequence can name.
      for (event, next) in zip(events, events.dropFirst()) {
        guard event["recorded_at"].string == next["recorded_at"].string, let seq = event["seq"].int else { continue }
        let after = index == 0 ? "" : "&after=\(cases.ids[index - 1])"
        try ask("BKN", "/v1/exports/cases?seq=\(seq)\(after)")
      }
      guard isAskedOften else { continue }
      guard let tag = try ask("BKN", path, isKept: false)["etag"] else { continue }
      try ask("BKN", path, fields: [("If-None-Match", tag)], named: path + " If-None-Match")
    }
    for who in five + [Service.operatorName] {
      try ask(who, "/v1/cases/0199d3c4-7c1e-7b52-9a51-3f0f4c1b2a90")
      try ask(who, "/v1/cases/0199d3c4-7c1e-7b52-9a51-3f0f4c1b2a90/history")
    }
  }

  private func askLists(_ cases: CasesOfFile) throws {
    for who in five {
      for order in ["created", "updated", "received"] {
        for sort in who == "BKN" ? [order, "-\(order)"] : ["-\(order)"] {
          try askPages(who, "/v1/cases?sort=\(sort)&limit=20")
        }
      }
      for format in ["ndjson", "csv"] {
        try ask(who, "/v1/cases?format=\(format)")
        try askPages(who, "/v1/cases?format=\(format)&limit=17")
      }
      try ask(who, "/v1/cases", fields: [("Accept", "text/csv")], named: "/v1/cases Accept csv")
      guard who == "BKN" || who == "PANRB" || depth.isWhole && who == "KEMENDAGRI" else { continue }
      for filter in cases.filters { try ask(who, "/v1/cases?\(filter)&limit=200&count=exact") }
    }
  }

  private func askSearches(_ cases: CasesOfFile) throws {
    for who in depth.isWhole ? five : ["BKN", "PANRB"] {
      for (number, search) in cases.searches.enumerated() {
        for format in number % 5 == 0 ? ["", "?format=csv", "?format=ndjson"] : [""] {
          let target = "/v1/case-searches" + format
          try ask(who, target, method: "POST", body: search, named: "\(target) \(search)")
        }
      }
      var (cursor, page): (String?, Int) = (nil, 1)
      repeat {
        let body = cursor.map { #"{"cursor":"\#($0)","limit":9}"# } ?? #"{"sort":"-updated","limit":9}"#
        let answer = try ask(
          who, "/v1/case-searches", method: "POST", body: body, named: "/v1/case-searches page \(page)")
        (cursor, page) = (answer.json["next_cursor"].string, page + 1)
      } while cursor != nil
    }
  }

  private func askClocks(_ cases: CasesOfFile) throws {
    let states = "running,paused,met,late,overdue"
    for who in five {
      try askPages(who, "/v1/clocks?limit=20")
      for format in ["ndjson", "csv"] {
        try ask(who, "/v1/clocks?state=\(states)&format=\(format)")
        try askPages(who, "/v1/clocks?limit=23&format=\(format)")
      }
      let filters =
        ["verification", "study", "ppk_follow_up", "appeal_filing"].map { "kind=\($0)&state=\(states)" }
        + states.split(separator: ",").map { "state=\($0)" }
        + ["overdue", "paused", "recorded_late"].flatMap { ["\($0)=true", "\($0)=false"] }
        + cases.elections.map { "state=\(states)&election=\($0)" } + cases.regions.map { "region=\($0)" }
        + cases.institutions.map { "institution=\($0)" }
        + cases.days.map { "state=\(states)&due_from=\($0)" } + cases.days.map { "state=\(states)&due_before=\($0)" }
      guard depth.isWhole || ["BKN", "PANRB"].contains(who) else { continue }
      for filter in filters { try ask(who, "/v1/clocks?\(filter)&limit=200") }
    }
  }

  // MARK: Synchronisation

  private func askChanges() throws {
    let head = try ask("BKN", "/v1/changes?limit=1", isKept: false).json["head"].int ?? 0
    for who in five {
      let pages = ["limit=37", "limit=200&format=ndjson"]
      for part in ["limit=1000"] + (["BKN", "KEMENDAGRI"].contains(who) ? pages : []) {
        var after = 0
        while true {
          let answer = try ask(who, "/v1/changes?after=\(after)&\(part)")
          guard answer.status == 200, let next = Self.next(in: answer), next > after else { break }
          after = next
        }
      }
      for after in [head / 2, head, head + 1] { try ask(who, "/v1/changes?after=\(after)") }
      try ask(who, "/v1/changes")
    }
  }

  /// `next_after` stands at the end of a page.
  private static func next(in answer: HTTPAnswer) -> Int? {
    let end = String(decoding: answer.body.suffix(200), as: UTF8.self)
    guard let name = end.range(of: #""next_after":"#) else { return nil }
    return Int(end[name.upperBound...].prefix { $0.isNumber })
  }

  private func askExports(_ cases: CasesOfFile) throws {
    let head = try ask("BKN", "/v1/changes?limit=1", isKept: false).json["head"].int ?? 0
    let middle = cases.ids[cases.ids.count / 2]
    for who in five {
      for format in ["ndjson", "csv"] {
        try ask(who, "/v1/exports/cases?format=\(format)")
        for share in format == "csv" ? [4] : [0, 1, 3, 5, 7] {
          try ask(who, "/v1/exports/cases?format=\(format)&seq=\(head * share / 8)")
        }
      }
      try ask(who, "/v1/exports/cases?seq=\(head / 2)&after=\(middle)")
      try ask(who, "/v1/exports/cases?seq=\(head + 1)")
      for share in [4, 8] { try askManifests(who, head * share / 8) }
      try askPages(who, "/v1/reconciliations?limit=1")
      try ask(who, "/v1/reconciliations?agency=BKN")
      try ask(who, "/v1/reconciliations?format=csv")
    }
  }

  /// Compares what an agency holds by an export with what it should hold, as it is and with mistakes.
  private func askManifests(_ who: String, _ seq: Int) throws {
    let export = try ask(who, "/v1/exports/cases?seq=\(seq)", isKept: false).lines.compactMap { line -> String? in
      guard let item = try? JSONValue.parse(Array(line.utf8)), let id = item["case"]["id"].string,
        let version = item["case"]["version"].int, let tag = item["etag"].string
      else { return nil }
      return #"{"id":"\#(id)","version":\#(version),"etag":"\#(tag.replacing("\"", with: "\\\""))"}"#
    }
    // Every fifth is missing and every seventh is of another version; one is unknown.
    var wrong = export.enumerated().filter { $0.offset % 5 != 0 }.map { number, line in
      number % 7 == 0 ? line.replacing("\"version\":", with: "\"version\":9") : line
    }
    wrong.append(#"{"id":"ffffffff-ffff-7fff-bfff-ffffffffffff","version":1,"etag":"\"4-1-0\""}"#)
    for (name, manifest) in [("same", export), ("wrong", wrong)] {
      for format in ["json", "ndjson"] {
        let target = "/v1/reconciliations?dry_run=true&seq=\(seq)&format=\(format)"
        try ask(
          who, target, method: "POST", body: manifest.map { $0 + "\n" }.joined(), type: "application/x-ndjson",
          named: "\(target) \(name)")
      }
    }
  }

  // MARK: The service

  private static let tables = [
    "violations", "sanctions", "regions", "institutions", "elections", "positions", "agencies", "mandates",
    "clock-rules", "holidays",
  ]

  private func askService(_ cases: CasesOfFile) throws {
    let op = Service.operatorName
    for who in five + [op] {
      for path in ["whoami", "policy", "keys"] { try ask(who, "/v1/\(path)") }
      for table in ["agencies", "mandates", "clock-rules", "holidays", "elections"] {
        try ask(who, "/v1/reference/\(table)")
      }
    }
    for format in ["ndjson", "csv"] { try askPages("BKN", "/v1/keys?limit=1&format=\(format)") }
    try ask("BKN", "/v1/reference/nothing")
    for table in depth.isWhole ? Self.tables : [] {
      try ask("BKN", "/v1/reference/\(table)?as_of=2024-08-31")
      for rest in ["?format=json", "?format=csv", "?format=ndjson", "?as_of=2026-01-01"] {
        try ask("PANRB", "/v1/reference/\(table)\(rest)")
      }
    }
    for (election, day) in [
      ("pilkada-2024", "2024-10-02"), ("pemilu-2024", "2024-01-10"), ("pilkada-2020", "2020-10-02"),
    ] {
      try ask(
        "BAWASLU", "/v1/classification", method: "POST",
        body: #"{"election":"\#(election)","occurred_on":"\#(day)","supports":true}"#,
        named: "classification \(election)")
    }
    try ask(op, "/v1/admin/keys")
    for id in try items(op, "/v1/admin/keys").compactMap({ $0["id"].string }) { try ask(op, "/v1/admin/keys/\(id)") }
    for path in ["admin/backups", "admin/mandates", "admin/mandates?as_of=2024-08-31", "reconciliations"] {
      try ask(op, "/v1/\(path)")
    }
    for path in ["cases", "clocks", "changes", "exports/cases", "statistics/funnel", "figures/fig_0"] {
      try ask(op, "/v1/\(path)")
      try ask(nil, "/v1/\(path)")
    }
    for path in ["admin/keys", "admin/backups", "admin/mandates"] { try ask("BKN", "/v1/\(path)") }
  }

  // MARK: Figures

  private static let kinds = ["funnel", "stages", "sanctions", "timeliness", "equal-treatment"]
  private static let groupings = [
    "province", "region", "institution", "institution_kind", "position_level", "reporting_class", "violation",
    "category", "reported_by", "cohort", "election",
  ]

  private func askStatistics(_ cases: CasesOfFile) throws {
    // What was issued before comes first: it is the same figure, and not one of today.
    for figure in figures.prefix(30) { for who in five { try ask(who, "/v1/figures/\(figure)") } }
    for who in five {
      for kind in Self.kinds where depth.isWhole || who != "KASN" && who != "BAWASLU" {
        try askStatistic(kind, who, cases)
      }
      try askPages(who, "/v1/published-figures?limit=2")
      for part in ["format=csv", "format=ndjson", "format=csv&limit=1", "election=pilkada-2024", "election=nothing"] {
        try ask(who, "/v1/published-figures?\(part)")
      }
      for number in 1...4 { try ask(who, "/v1/published-figures/\(number)") }
    }
  }

  private func askStatistic(_ kind: String, _ who: String, _ cases: CasesOfFile) throws {
    let path = "/v1/statistics/\(kind)"
    let needed = kind == "equal-treatment" ? "&category=\(cases.categories.first ?? "")" : ""
    let units = kind == "timeliness" ? ["case"] : ["case", "person", "report"]
    // BKN sees every case and KEMENDAGRI some: others are answered as one of them, but for what is counted by person.
    let isFull = depth.isWhole && ["BKN", "KEMENDAGRI"].contains(who)
    var figure: String?
    for basis in ["effective", "recorded"] {
      for unit in units {
        let question = "\(path)?basis=\(basis)&unit=\(unit)\(needed)"
        let answer = try ask(who, question)
        if basis == "effective" && unit == "case" {
          figure = answer.json["figure_id"].string
          try ask(who, question + "&format=csv")
          if let tag = answer["etag"] {
            try ask(who, question, fields: [("If-None-Match", tag)], named: question + " If-None-Match")
          }
        }
        // Which groups there are does not depend on what is counted.
        let groupings =
          isFull && (who == "BKN" || kind == "funnel") && (unit == "case" || basis == "effective" && kind == "funnel")
        for (number, grouping) in Self.groupings.enumerated()
        where groupings
          ? kind != "timeliness" || number > 3 && who == "BKN"
          : number % 5 == 3 && kind != "timeliness" && depth.hasFigures
        {
          try ask(who, "\(question)&group_by=\(grouping)")
          if basis == "effective" && unit == "case" { try ask(who, "\(question)&group_by=\(grouping)&format=csv") }
        }
        for day in cases.days where unit == "case" && (isFull || kind != "timeliness") {
          try ask(who, "\(question)&as_of=\(day)")
        }
      }
    }
    for unit in kind == "timeliness" ? [] : units {
      try ask(who, "\(path)?unit=\(unit)\(needed)&group_by=province&election=\(cases.elections[0])")
    }
    guard let figure else { throw Unexpected(try ask(who, "\(path)?\(needed.dropFirst())", isKept: false)) }
    try ask(who, "/v1/figures/\(figure)", named: "the figure of \(kind)")
    if kind == "sanctions" { for of in ["decided", "proposed"] { try ask(who, "\(path)?of=\(of)&group_by=category") } }
    if isFull { for filter in cases.statisticFilters { try ask(who, "\(path)?\(filter)\(needed)") } }
  }

  /// What anybody may know, before and after the operator has made what is due of all months.
  private func askPublic() throws {
    let op = Service.operatorName
    let elections = try items("BKN", "/v1/reference/elections").compactMap { $0["key"].string }
    for election in elections {
      try ask(nil, "/v1/public/statistics/funnel?election=\(election)", named: "before \(election)")
    }
    try ask(nil, "/v1/public/releases", named: "before")
    for election in elections {
      let body = #"{"election":"\#(election)"}"#
      try ask(op, "/v1/admin/releases?dry_run=true", method: "POST", body: body, named: "releases dry \(election)")
      try ask(op, "/v1/admin/releases", method: "POST", body: body, named: "releases \(election)")
    }
    for format in ["json", "ndjson", "csv"] { try ask(nil, "/v1/public/releases?format=\(format)") }
    for item in try ask(nil, "/v1/public/releases").json["items"].items {
      guard let election = item["election"].string else { continue }
      let days = item["released"].strings
      // Some of them; the newest is asked for without its day.
      let asked = days.enumerated().filter { $0.offset % (depth.isWhole ? 4 : 12) == 0 }.map(\.element)
      for statistic in ["funnel", "stages", "sanctions"] {
        let path = "/v1/public/statistics/\(statistic)?election=\(election)"
        let answer = try ask(nil, path)
        try ask(nil, path + "&format=csv")
        if let tag = answer["etag"] {
          try ask(nil, path, fields: [("If-None-Match", tag)], named: path + " If-None-Match")
        }
        for day in asked { try ask(nil, "\(path)&as_of=\(day)") }
        guard statistic == "funnel" else { continue }
        for grouping in ["province", "position_level", "category", "institution_kind"] {
          try ask(nil, "\(path)&group_by=\(grouping)")
          try ask(nil, "\(path)&group_by=\(grouping)&format=csv")
          for day in asked.suffix(3) { try ask(nil, "\(path)&as_of=\(day)&group_by=\(grouping)") }
        }
      }
    }
  }

  // MARK: Completeness

  /// Lists that have a second page beyond 4 MiB alone.
  private static let wholeLists: Set = [
    "/v1/cases/{id}/history", "/v1/cases/{id}/correction-requests", "/v1/cases/{id}/links",
    "/v1/cases/{id}/retention-holds", "/v1/reference/{kind}",
    "/v1/admin/keys", "/v1/admin/backups", "/v1/admin/mandates",
  ]
  /// What waits, what the program that was recorded did not have, and what tells of salts that are drawn.
  private static let notRecorded: Set = ["wait", "bom", "separator", "decimal", "proof", "fields"]
  /// Pages, which show what others are asked for. What tells of the process, and since when it has listed what falls due.
  /// The record's hashes are of salts that are drawn when a file is brought up to date.
  private static let notAsked: Set = [
    "/", "/forms", "/data", "/codes", "/codes/{list}", "/livez", "/readyz", "/metrics", "/openapi.json",
    "/openapi-3.0.json",
    "/v1/retention",
  ]

  private func note(_ method: String, _ target: String, _ body: String?, _ fields: [(String, String)]) {
    let parts = target.split(separator: "?", maxSplits: 1)
    asked.insert("\(method) \(parts[0])")
    for pair in parts.count > 1 ? parts[1].split(separator: "&") : [] {
      asked.insert("\(method) \(parts[0]) \(pair.prefix { $0 != "=" })")
    }
    for (name, _) in fields { asked.insert("\(method) \(parts[0]) \(name)") }
    if target == "/v1/case-searches", let body, case .object(let members)? = try? JSONValue.parse(Array(body.utf8)) {
      for member in members.members { asked.insert("search \(member.name)") }
    }
  }

  /// - Throws: when there is a route to read by, a parameter of one, or a filter of the search that was not asked.
  func requireEveryRoute() throws {
    let document = try ask("BKN", "/openapi.json", isKept: false).json
    var wanted: [String] = []
    for template in document["paths"].names
    where !Self.notAsked.contains(template) && !template.hasPrefix("/docs")
      && !template.hasPrefix("/v1/record/")
    {
      let operation = document["paths"][template]["get"]
      guard operation != .null else { continue }
      let names = operation["parameters"].items.filter { $0["in"].string != "path" }.compactMap { $0["name"].string }
      wanted +=
        [""]
        + names.filter { !Self.notRecorded.contains($0) && !(Self.wholeLists.contains(template) && $0 == "cursor") }
        .map { " " + $0 }
        .map { "GET \(template)\($0)" }
    }
    let search = document["components"]["schemas"]["CaseSearch"]
    wanted += search["properties"].names.filter { !Self.notRecorded.contains($0) }.map { "search \($0)" }
    let missing = wanted.filter { wish in
      let parts = wish.split(separator: " ")
      if parts.count < 2 || parts[0] == "search" { return !wish.isEmpty && !asked.contains(wish) }
      return !asked.contains { question in
        let other = question.split(separator: " ")
        return other.count == parts.count && other[0] == parts[0] && other.dropFirst(2) == parts.dropFirst(2)
          && Self.matches(other[1], parts[1])
      }
    }
    if !missing.isEmpty { throw Mismatch("not asked: \(missing.joined(separator: ", "))") }
  }

  private static func matches(_ path: Substring, _ template: Substring) -> Bool {
    let (path, template) = (path.split(separator: "/"), template.split(separator: "/"))
    return path.count == template.count && zip(path, template).allSatisfy { $0 == $1 || $1.hasPrefix("{") }
  }
}

/// What occurs in the cases of a file, to ask for.
private struct CasesOfFile {
  /// In the order in which they were created.
  let ids: [String]
  let elections: [String]
  let regions: [String]
  let institutions: [String]
  let categories: [String]
  /// Some days between the first receipt and the last change.
  let days: [String]
  /// Each filter of a list at least once.
  let filters: [String]
  /// The bodies of searches.
  let searches: [String]
  let statisticFilters: [String]

  /// - Parameter items: cases as agencies see them; one may occur several times.
  init(_ items: [JSONValue]) throws {
    func values(_ path: String...) -> [String] {
      let found = items.compactMap { item in path.reduce(item) { $0[$1] }.string }
      return Set(found).sorted()
    }
    func some(_ all: [String]) -> [String] {
      all.count <= 3 ? all : [all[0], all[all.count / 2], all[all.count - 1]]
    }
    let numbers = Dictionary(
      items.compactMap { item in item["id"].string.map { ($0, item["number"].string ?? "") } },
      uniquingKeysWith: { first, _ in first })
    ids = numbers.keys.sorted()
    try require(ids.count >= 40, "the file has few cases: \(ids.count)")
    elections = values("election")
    categories = values("violation", "category")
    let violations = some(values("violation", "code"))
    let places = some(values("region"))
    regions = places + Set(places.map { String($0.prefix(2)) }).sorted()
    institutions = some(values("institution", "code"))
    let received = values("source", "received_on")
    let acted = some(values("act", "occurred_on"))
    days = some(received) + ["2024-12-31"]
    let updated = values("updated_at")
    let changed = [updated[0], updated[updated.count / 2], String(updated[updated.count / 2].prefix(10))]
    let levels = values("subject", "position_level")
    let reporters = values("source", "agency")
    func each(_ name: String, _ values: [String]) -> [String] {
      values.map { "\(name)=\($0.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")" }
    }
    var filters = each("stage", values("stage")) + ["stage=received,verified,closed&election=\(elections[0])"]
    filters += each("election", elections) + each("region", regions) + each("institution", institutions)
    filters += each("violation", violations) + each("category", categories) + each("position_level", levels)
    filters += each("reported_by", reporters) + each("imported_by", ["BAWASLU", "BKN", "PANRB"])
    filters += ["unconfirmed", "overdue", "recorded_late"].flatMap { ["\($0)=true", "\($0)=false"] }
    filters += each("number", some(numbers.values.sorted())) + each("agency_ref", some(values("source", "agency_ref")))
    filters += ["from", "until"].flatMap { each("occurred_\($0)", acted) + each("updated_\($0)", changed) }
    for milestone in ["verified", "recommended", "decided", "blocked"] {
      let dates = some(Array(received.suffix(20)))
      filters += each("\(milestone)_from", dates) + each("\(milestone)_until", dates)
    }
    filters += [
      "election=\(elections[0])&unconfirmed=true&sort=-updated", "region=\(regions[0])&overdue=false&sort=received",
    ]
    self.filters = filters
    let names = some(values("subject", "name"))
    let words = values("act", "narrative").flatMap { $0.split(whereSeparator: { !$0.isLetter }).map(String.init) }
    var searches = some(values("subject", "nip")).map { #""nip":"\#($0)""# }
    searches += some(values("subject", "nik")).map { #""nik":"\#($0)""# } + [#""nik":"1671012609861234""#]
    searches +=
      names.map { #""name":"\#($0)""# } + names.map { #""name":"\#($0.split(separator: " ")[0].uppercased())""# }
    searches += some(Set(words).sorted()).map { #""q":"\#($0)""# } + [#""q":"contoh""#, #""q":"tidak ada""#]
    // What may stand in an address may stand in a body, too.
    var seen: Set<String> = []
    for filter in filters where !filter.contains("&") {
      let members = filter.split(separator: "&").compactMap { pair -> String? in
        let parts = pair.split(separator: "=")
        let value = parts[1].removingPercentEncoding ?? ""
        return seen.insert(String(parts[0])).inserted
          ? "\"\(parts[0])\":" + (["true", "false"].contains(value) ? value : "\"\(value)\"") : nil
      }
      if !members.isEmpty { searches.append(members.joined(separator: ",")) }
    }
    searches.append(#""stage":["received","verified","closed"],"count":"exact""#)
    self.searches = searches.enumerated().filter { !searches[..<$0.offset].contains($0.element) }.map(\.element).map {
      "{\($0),\"limit\":100}"
    }
    var asked = each("election", elections) + each("region", regions) + each("institution", institutions)
    asked += ["institution_kind=regional", "institution_kind=central"] + each("position_level", levels)
    asked += each("reporting_class", ["kepala_wilayah"]) + each("reported_by", reporters)
    asked += ["cohort=2015", "stage=recommended,sanctioned,blocked"]
    asked += each("occurred_from", some(acted)) + each("occurred_until", some(acted))
    statisticFilters = asked + each("violation", violations) + each("category", Array(categories.dropFirst()))
  }
}
