internal import Domain
internal import Foundation
internal import JSON
internal import TestSupport

/// What a test expected and did not find; ends a round.
struct Mismatch: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// - Throws: `Mismatch` when the condition does not hold.
func require(_ condition: Bool, _ text: @autoclosure () -> String) throws {
  if !condition { throw Mismatch(text()) }
}

extension SeededGenerator {
  /// True in `percent` of a hundred cases.
  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }

  mutating func pick<Item>(_ items: [Item]) -> Item { items[Int.random(in: 0..<items.count, using: &self)] }
}

/// One version of one case, as far as it decides who sees what: the test's own account of what has happened.
struct Truth {
  var seq: Int
  var id: String
  var version: Int
  var isCorrection: Bool
  var isErasure = false
  var owner: AgencyCode
  var isRegional: Bool
  var verified: Bool
  var recommended: Bool

  func sight(_ agency: AgencyCode) -> Sight? {
    .of(owner: owner, isRegional: isRegional, verified: verified, recommended: recommended, for: agency)
  }
}

/// Random acts of random agencies on one service, and the test's own account of them.
final class SyncWorld {
  let visitor: Visitor
  var random: SeededGenerator
  /// Every version of every case, in the order of sequences.
  private(set) var truths: [Truth] = []
  /// How many cases there may be.
  var casesMax = 30
  /// False when others make cases, too, whose clocks move with the rules.
  var isAlone = true
  /// The cases in the order in which they came.
  private(set) var ids: [String] = []
  /// The canaries planted in each case, by its three digits.
  private(set) var plans: [String: String] = [:]
  private var tokens: [String: String]
  private var openRequests: [(id: String, number: Int)] = []
  private var keyCount = 0
  /// When keys end that were rotated: those with scope `migration` do soon.
  private var ends: [String: Timestamp] = [:]

  init(_ visitor: Visitor, seed: UInt64) {
    self.visitor = visitor
    random = SeededGenerator(seed: seed)
    tokens = visitor.service.tokens
  }

  private var versions: [String: [Truth]] = [:]
  private(set) var erasedCount = 0

  /// The newest version of a case; nil when there is none.
  func now(_ id: String) -> Truth? { versions[id]?.last }

  /// The version that was current at a sequence.
  func version(_ id: String, at seq: Int) -> Truth? { versions[id]?.last { $0.seq <= seq } }

  func before(_ truth: Truth) -> Truth? { versions[truth.id]?.last { $0.seq < truth.seq } }

  private func add(_ truth: Truth) {
    truths.append(truth)
    versions[truth.id, default: []].append(truth)
  }

  func ask(
    _ who: AgencyCode, _ method: String, _ target: String, _ body: String? = nil, _ fields: [(String, String)] = []
  ) throws -> HTTPAnswer {
    try visitor.ask(as: tokens[who.rawValue] ?? "", method, target, body, fields)
  }

  func ask(
    _ who: AgencyCode, _ method: String, _ target: String, bytes: [UInt8], _ fields: [(String, String)]
  ) throws -> HTTPAnswer {
    let key = ("Authorization", "Bearer \(tokens[who.rawValue] ?? "")")
    return try visitor.ask(method, target, [key] + fields, bytes: bytes)
  }

  private func freshKey() -> (String, String) {
    keyCount += 1
    return ("Idempotency-Key", "world-\(keyCount)")
  }

  /// One act; most are legal.
  func act() throws {
    visitor.clock.advance(seconds: Int64.random(in: 0...110_000, using: &random))
    let soon = visitor.clock.now.adding(seconds: 10 * 86_400)
    for (agency, end) in ends.sorted(by: { $0.key < $1.key }) where end < soon { try rotateKey(of: agency) }
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<18: try create()
    case 18..<24: try importHistories()
    case _ where ids.isEmpty: try create()
    case 24..<62: try takeAction()
    case 62..<78: try correct()
    case 78..<84: try requestCorrection()
    case 84..<91: try decideCorrection()
    case 91..<95: try link()
    case 95..<97: try changeRules()
    case 97: try erase()
    case 98: try changeMandates()
    default: try rotateKey(of: random.pick(agencies).rawValue)
    }
  }

  private func plan() -> CanaryPlan {
    CanaryPlan(
      index: ids.count, owner: random.pick(agencies), isRegional: random.chance(65), road: random.pick(Road.all))
  }

  private func create() throws {
    guard ids.count < casesMax else { return }
    let plan = plan()
    let isDry = random.chance(10)
    let answer = try ask(
      plan.owner, "POST", "/v1/cases\(isDry ? "?dry_run=true" : "")", plan.caseJSON, [freshKey()])
    guard answer.status == 201, let id = answer.json["id"].string else {
      return try require(plan.owner == .kasn, "create: \(answer.text)")
    }
    if !isDry { try note(new: id, plan, answer.json) }
  }

  private func note(new id: String, _ plan: CanaryPlan, _ json: JSONValue) throws {
    ids.append(id)
    plans[plan.digits] = id
    try note(json, isCorrection: false)
  }

  /// Writes down what an answer says of a case: stage and parties are told to everyone who sees it.
  private func note(_ json: JSONValue, isCorrection: Bool, isErasure: Bool = false) throws {
    guard let id = json["id"].string, let seq = json["seq"].int, let version = json["version"].int,
      let owner = json["source"]["agency"].string
    else { throw Mismatch("no case: \(json)") }
    if let last = now(id), last.version == version { return }
    add(
      Truth(
        seq: seq, id: id, version: version, isCorrection: isCorrection, isErasure: isErasure,
        owner: AgencyCode(rawValue: owner),
        isRegional: json["institution"]["kind"].string == "regional", verified: json["milestones"].has("verified"),
        recommended: json["milestones"].has("recommended")))
  }

  private func importHistories() throws {
    guard ids.count < casesMax else { return }
    let importer = random.pick([AgencyCode.bawaslu, .bkn, .kemendagri])
    let plan = plan()
    let answer = try ask(
      importer, "POST", "/v1/imports", plan.line + "\n{\"case\":{}}\n", [("Content-Type", "application/x-ndjson")])
    guard answer.status == 200, answer.lines.count == 2, answer.lines[1].contains(#""status":"invalid""#) else {
      throw Mismatch("import: \(answer.status) \(answer.text)")
    }
    guard let id = try JSONValue.parse(Array(answer.lines[0].utf8))["id"].string else {
      throw Mismatch("import: \(answer.text)")
    }
    ids.append(id)
    plans[plan.digits] = id
    var stages: Set<String> = []
    for event in try ask(.bkn, "GET", "/v1/cases/\(id)/history").json["items"].items {
      stages.insert(event["stage"].string ?? "")
      guard let seq = event["seq"].int, let version = event["version"].int, event["what"].string != "notes" else {
        continue
      }
      add(
        Truth(
          seq: seq, id: id, version: version, isCorrection: false, owner: plan.owner, isRegional: plan.isRegional,
          verified: stages.contains("verified"), recommended: stages.contains("recommended")))
    }
  }

  /// Takes an action that the stage allows as a rule, by an agency that has the mandate as a rule.
  private func takeAction() throws {
    let id = random.pick(ids)
    let stage = try Stage(rawValue: ask(.bkn, "GET", "/v1/cases/\(id)").json["stage"].string ?? "") ?? .received
    let ending: Set<ActionKind> = [.cancellations, .lapses, .notes]
    var kinds = ActionKind.allCases.filter { $0.stages.contains(stage) && (!ending.contains($0) || random.chance(15)) }
    if kinds.isEmpty || random.chance(10) { kinds = ActionKind.allCases }
    let kind = random.pick(kinds)
    let clocks: [Stage: ClockKind] = [.received: .verification, .verified: .study, .sanctioned: .appealFiling]
    let clock = clocks[stage] ?? .ppkFollowUp
    let isOfStudy = kind == .studies || clock == .study && [.clockPauses, .clockResumptions].contains(kind)
    let able: AgencyCode = isOfStudy ? .bawaslu : kind == .cancellations ? now(id)?.owner ?? .bkn : .bkn
    let agency = random.chance(75) ? able : random.pick(agencies)
    let isDry = random.chance(5)
    let day = LegalDate(inJakarta: visitor.clock.now).description
    let answer = try change(
      id, agency, "POST", "/\(kind.rawValue)\(isDry ? "?dry_run=true" : "")",
      ActionBodies.valid(kind, on: day, clock: clock))
    if let answer, answer.status == 201, !isDry, kind != .notes { try note(answer.json, isCorrection: false) }
  }

  /// Changes a case with the entity tag the agency sees, sometimes a stale one; nil when it sees none.
  private func change(_ id: String, _ agency: AgencyCode, _ method: String, _ suffix: String, _ body: String) throws
    -> HTTPAnswer?
  {
    let path = "/v1/cases/\(id)"
    let isStale = random.chance(5)
    let seen = try ask(agency, "GET", path)
    let etag = isStale ? "\"4-999-0\"" : seen["etag"] ?? "\"4-1-0\""
    let answer = try ask(agency, method, path + suffix, body, [("If-Match", etag)])
    let isSeen = now(id)?.sight(agency) != nil
    try require((seen.status == 200) == isSeen, "\(agency) sees \(path): \(seen.text)")
    try require(answer.status < 500 && (answer.status == 404) == !isSeen, "\(path)\(suffix): \(answer.text)")
    try require(!isStale || answer.status >= 400, "a stale entity tag is taken: \(answer.text)")
    return isSeen ? answer : nil
  }

  /// A merge patch of facts, with canaries where a text is planted.
  private func patch(_ id: String) -> String {
    let mark = "zq\(plans.first { $0.value == id }?.key ?? "000")"
    let place = "\(mark)placetwoqz"
    switch Int.random(in: 0..<6, using: &random) {
    case 0...2: return #""institution":"\#(now(id)?.isRegional == true ? "kemenag" : "16.71")""#
    case 3: return #""act":{"place":"\#(place)\#(keyCount)"}"#
    case 4: return #""violation":"\#(random.pick(["DS-06", "KE-01"]))""#
    default: return #""motives":["\#(random.pick(["office", "family"]))"]"#
    }
  }

  private func correct() throws {
    let id = random.pick(ids)
    let agency = random.chance(85) ? random.pick([.bkn, now(id)?.owner ?? .bkn]) : random.pick(agencies)
    let answer = try change(id, agency, "PATCH", "", #"{\#(patch(id)),"reason":"\#(keyCount) sebab"}"#)
    if let answer, answer.status == 200 { try note(answer.json, isCorrection: true) }
  }

  /// Its owner erases a case that has ended, where there is one.
  private func erase() throws {
    let ended = try ids.filter { id in
      let record = try ask(.bkn, "GET", "/v1/cases/\(id)").json
      return record["final"].bool == true && !record.has("erased_on")
    }
    guard !ended.isEmpty, let owner = now(random.pick(ended)).map({ ($0.id, $0.owner) }) else { return }
    let agency = owner.1 == .kasn ? AgencyCode.bkn : owner.1
    let answer = try change(owner.0, agency, "POST", "/erasures", #"{"ground":"unlawful"}"#)
    guard let answer, answer.status == 201 else { return }
    try note(answer.json, isCorrection: false, isErasure: true)
    erasedCount += 1
  }

  private func requestCorrection() throws {
    let id = random.pick(ids)
    let answer = try ask(
      random.pick(agencies), "POST", "/v1/cases/\(id)/correction-requests",
      #"{"patch":{\#(patch(id))},"reason":"sebab"}"#, [freshKey()])
    if answer.status == 201, let number = answer.json["number"].int { openRequests.append((id, number)) }
  }

  private func decideCorrection() throws {
    guard let (id, number) = openRequests.popLast(), let owner = now(id)?.owner else { return }
    let verb = random.chance(70) ? "acceptance" : "refusal"
    let answer = try change(
      id, owner == .kasn ? .bkn : owner, "POST", "/correction-requests/\(number)/\(verb)", #"{"reason":"sebab"}"#)
    if let answer, answer.status == 201 { try note(answer.json, isCorrection: true) }
  }

  private func link() throws {
    let body = #"{"case_id":"\#(random.pick(ids))","relation":"\#(random.pick(["same_act", "same_person"]))"}"#
    _ = try ask(random.pick(agencies), "POST", "/v1/cases/\(random.pick(ids))/links", body, [freshKey()])
  }

  private func changeMandates() throws {
    let kind = random.pick(["study", "verify", "block"])
    let row =
      #"[{"id":\#(100 + keyCount),"kind":"\#(kind)","agency":"\#(random.pick(agencies))","scope":"regional","#
      + #""from":"2024-10-01","until":"2024-12-31","legal_basis":"uji"}]"#
    let answer = try visitor.ask(as: Service.operatorName, "PUT", "/v1/admin/mandates", row)
    try require(answer.status < 300 || answer.status == 422, "mandates: \(answer.text)")
  }

  /// Changes a rule or some days off; the answer tells how many cases have got another version by that.
  private func changeRules() throws {
    let day = LegalDate(inJakarta: visitor.clock.now).adding(days: Int.random(in: -10...20, using: &random))
    let off = #"{"name_id":"Libur","source":"uji","kind":"\#(random.pick(["collective_leave", "working_day"]))""#
    let (kind, rows) = random.pick([
      ("holidays", #"[\#(off),"date":"\#(day)"},\#(off),"date":"\#(day.adding(days: 1))"}]"#),
      (
        "clock-rules",
        #"[{"kind":"ppk_follow_up","length":\#(Int.random(in: 5...15, using: &random)),"unit":"days","#
          + #""from":"2024-02-06","starts_at":"recommended","stops_at":["decided"],"time_zone":"Asia/Jakarta","legal_basis":"uji"}]"#
      ),
    ])
    let isDry = random.chance(10)
    let answer = try visitor.ask(
      as: Service.operatorName, "PUT", "/v1/admin/reference/\(kind)\(isDry ? "?dry_run=true" : "")", rows)
    try require(answer.status == 200, "\(kind): \(answer.text)")
    let moved = try ids.map { try ask(.bkn, "GET", "/v1/cases/\($0)").json }.filter {
      $0["version"].int != now($0["id"].string ?? "")?.version
    }
    try require(
      moved.count == answer.json["cases"].int ?? 0 || !isAlone,
      "\(moved.count) cases moved: \(answer.text)")
    for json in moved.sorted(by: { ($0["seq"].int ?? 0) < ($1["seq"].int ?? 0) }) {
      try note(json, isCorrection: false)
    }
  }

  private func rotateKey(of agency: String) throws {
    let id = (tokens[agency] ?? "").split(separator: "_")[1]
    let answer = try visitor.ask(
      as: Service.operatorName, "POST", "/v1/admin/keys/\(id)/rotation", #"{"overlap_hours":0}"#, [freshKey()])
    guard let token = answer.json["key"].string else { throw Mismatch("rotation: \(answer.text)") }
    tokens[agency] = token
    ends[agency] = answer.json["expires_at"].string.flatMap { Timestamp($0) }
  }
}
