internal import Domain
internal import Foundation
internal import JSON
internal import TestSupport

/// A random history over a year and a half, with everything in it that a file may hold. It is made once, by the program
/// whose answers are recorded, and kept as a file: this is how.
///
/// KASN reports cases until it ends, and BKN follows it. Agencies bring in histories in each other's name, confirm and
/// dispute them; cases are corrected, their receipt too, linked, and led along every road; rules, holidays, mandates and
/// keys change meanwhile; figures are issued and published, certificates given, public releases made.
struct EarlierHistory {
  /// A day after the last act and before the next public release is due.
  static let readOn = "2025-11-20T03:00:00Z"

  private let world: SyncWorld
  private var random = SeededGenerator(seed: 77)
  private var count = 0

  static func make(_ packed: URL) async throws {
    let service = try await Service(clock: TestClock("2024-06-03T02:00:00Z"))
    try await withTaskExecutorPreference(OwnThread()) {
      var history = EarlierHistory(Visitor(service))
      try history.live()
    }
    let file = service.folder.appending(path: "kept.sqlite").path
    _ = try Shell.sqlite(service.file.path, "VACUUM INTO '\(file)'")
    _ = try Shell.output("gzip -9 -n -c '\(file)' > '\(packed.path)'")
    try await service.close()
  }

  private init(_ visitor: Visitor) {
    world = SyncWorld(visitor, seed: 2_024)
    world.casesMax = 70
    world.isAlone = false
  }

  private var today: LegalDate { LegalDate(inJakarta: world.visitor.clock.now) }

  private mutating func live() throws {
    let end = Sample.instant(Self.readOn).adding(seconds: -86_400)
    var acts = 0
    while world.visitor.clock.now < end {
      try world.act()
      acts += 1
      switch acts % 12 {
      case 1: try bringIn()
      case 3: try answerForOthers()
      case 5: try correct()
      case 7: try note()
      case 9: try askForFigures()
      case 11: try finish()
      default: break
      }
      if acts % 60 == 0 { try release() }
      if acts == 100 { try changeTables() }
    }
    try release()
    print("\(acts) acts, \(world.ids.count) cases of the world, \(count) others")
  }

  private mutating func token() -> (String, String) {
    count += 1
    return ("Idempotency-Key", "history-\(count)")
  }

  // MARK: What agencies bring in

  private static let ways = [
    "", "v", "r", "vs", "vn", "vsp", "vspd", "vspdo", "vspb", "vspbd", "vspdou", "vspdoa", "vspdc", "vspx", "l", "vsn",
    "w",
    "wv", "vt", "vst", "vspq", "vspd",
  ]

  /// Several cases of few persons, and several persons of one report.
  private mutating func bringIn() throws {
    guard count < 400 else { return }
    let importer = random.pick([AgencyCode.bawaslu, .bkn, .panrb, .kemendagri])
    let lines = (0..<Int.random(in: 1...2, using: &random)).map { _ in line() }
    _ = try world.ask(
      importer, "POST", "/v1/imports", lines.joined(separator: "\n"), [("Content-Type", "application/x-ndjson")])
  }

  private mutating func line() -> String {
    count += 1
    // Half of them are old, and the clocks of the others run.
    let isRecent = random.chance(50)
    let received =
      isRecent
      ? today.adding(days: -Int.random(in: 4..<40, using: &random))
      : Sample.date("2023-09-04").adding(days: Int.random(in: 0..<250, using: &random))
    let pace = Int.random(in: 1...3, using: &random)
    let person = Int.random(in: 0..<24, using: &random)
    let reporter = random.pick(agencies)
    let last = today
    let actions = random.pick(Self.ways).compactMap { action($0, received, pace, reporter, until: last) }
    let identifier =
      person % 8 == 0 ? #""identifier_missing":true"# : #""nip":"19850314201505\#(person % 2 + 1)\#(100 + person)""#
    let place = random.pick(["16.71", "73.71", "33.74", "16.02"])
    return """
      {"case":{"election":"\(random.pick(["pemilu-2024", "pilkada-2024", "pilkada-2020"]))","region":"\(place)",\
      "institution":"\(random.chance(20) ? "kemenag" : place)",\
      "violation":"\(random.pick(["DS-06", "KE-02", "DS-03", "KE-04", "DS-05"]))",\
      "subject":{"name":"Orang Contoh \(["Satu", "Dua", "Tiga"][person % 3]) \(person)",\(identifier),\
      "position_level":"\(["pelaksana", "administrator", "fungsional", "pengawas"][person % 4])"},\
      "act":{"occurred_on":"\(received.adding(days: -6))","narrative":"Uraian ke-\(count) — contoh “sintetis”, ß é."},\
      "source":{"kind":"laporan","agency":"\(reporter)","agency_ref":"R/\(count / 3)","received_on":"\(received)"},\
      "reporter":{"mode":"named","name":"Pelapor \(count)"}},"actions":[\(actions.joined(separator: ","))]}
      """
  }

  private func action(
    _ letter: Character, _ received: LegalDate, _ pace: Int, _ reporter: AgencyCode, until last: LegalDate
  )
    -> String?
  {
    let of: [Character: (String, AgencyCode, Int, String)] = [
      "v": ("verifications", .bkn, 3, #""outcome":"accepted""#),
      "r": ("verifications", .bkn, 4, #""outcome":"rejected","reason":"Bukan ASN.""#),
      "s": ("studies", .bawaslu, 6, #""outcome":"violation","summary":"Ringkasan.""#),
      "n": ("studies", .bawaslu, 6, #""outcome":"no_violation""#),
      "p": (
        "recommendations", .kasn, 10, #""outcome":"recommended","letter_number":"R-1","proposed_sanction":"BER-2""#
      ),
      "w": ("clock-pauses", .bkn, 1, pause("verification", received, 1 * pace)),
      "t": ("clock-pauses", .bawaslu, 4, pause("study", received, 4 * pace)),
      "q": ("clock-pauses", .bkn, 11, pause("ppk_follow_up", received, 11 * pace)),
      "b": ("blocks", .bkn, 30, #""letter_number":"B-1""#),
      "d": (
        "decisions", .bkn, 32, #""outcome":"sanctioned","decree_number":"SK","sanction":"BER-1","deviation_reason":"A""#
      ),
      "o": ("appeals", .panrb, 36, #""route":"objection""#), "u": ("rulings", .bkn, 40, #""outcome":"upheld""#),
      "a": ("rulings", .bkn, 40, #""outcome":"annulled""#), "c": ("closures", .bkn, 44, #""idis_reference":"I""#),
      "x": ("cancellations", reporter, 20, #""reason":"Laporan ganda.""#),
      "l": ("lapses", .bkn, 12, #""reason":"died""#),
    ]
    guard let (name, of, days, members) = of[letter], received.adding(days: days * pace) <= last else { return nil }
    let day = received.adding(days: days * pace)
    let agency = letter == "p" && day > Sample.date("2024-08-31") ? AgencyCode.bkn : of
    return "{\"action\":\"\(name)\",\"agency\":\"\(agency)\",\"occurred_on\":\"\(day)\",\(members)}"
  }

  private func pause(_ clock: String, _ received: LegalDate, _ days: Int) -> String {
    let until = received.adding(days: days + 9)
    return #""clock":"\#(clock)","until":"\#(until)","ground":"awaiting_document","reason":"Menunggu dokumen.""#
  }

  // MARK: What agencies do with it

  /// Confirms or disputes what waits for an agency: a case of it, some of its acts, or all that somebody brought in.
  private mutating func answerForOthers() throws {
    let who = random.pick([AgencyCode.bawaslu, .bkn, .kemendagri, .panrb])
    if random.chance(6) {
      let body = #"{"imported_by":"PANRB","until":"\#(today.adding(days: -60))","outcome":"confirmed"}"#
      _ = try world.ask(who, "POST", "/v1/confirmations", body, [("Content-Type", "application/json")])
      return
    }
    let waiting = try world.ask(who, "GET", "/v1/cases?unconfirmed=true&limit=100").json["items"].items.filter {
      !world.ids.contains($0["id"].string ?? "")
    }
    guard !waiting.isEmpty, let id = random.pick(waiting)["id"].string else { return }
    let path = "/v1/cases/\(id)"
    var acts = ""
    if random.chance(40) {
      let events = try world.ask(who, "GET", path + "/history").json["items"].items
      let own = events.filter { $0["confirmation"].string == "unconfirmed" && $0["agency"].string == who.rawValue }
      if let seq = own.last?["seq"].int { acts = ",\"acts\":[\(seq)]" }
    }
    let outcome =
      random.chance(30) ? #""outcome":"disputed","reason":"Bukan kami."\#(acts)"# : #""outcome":"confirmed"\#(acts)"#
    try change(path, who, "POST", "/confirmations", "{\(outcome)}")
  }

  private mutating func change(_ path: String, _ who: AgencyCode, _ method: String, _ suffix: String, _ body: String)
    throws
  {
    guard let tag = try world.ask(who, "GET", path)["etag"] else { return }
    _ = try world.ask(who, method, path + suffix, body, [("If-Match", tag)])
  }

  /// A case that was brought in, with who has reported it.
  private mutating func pick() throws -> (String, AgencyCode)? {
    let sort = random.pick(["created", "-created", "updated", "-received", "received"])
    let items = try world.ask(.bkn, "GET", "/v1/cases?limit=100&sort=\(sort)").json["items"].items
    let others = items.filter { !world.ids.contains($0["id"].string ?? "") }
    guard !others.isEmpty else { return nil }
    let item = random.pick(others)
    guard let id = item["id"].string, let owner = item["source"]["agency"].string else { return nil }
    return ("/v1/cases/\(id)", owner == "KASN" ? .bkn : AgencyCode(rawValue: owner))
  }

  private mutating func correct() throws {
    guard let (path, owner) = try pick() else { return }
    let received = try world.ask(.bkn, "GET", path).json["source"]["received_on"].string.flatMap { LegalDate($0) }
    let moved = (received ?? today).adding(days: random.pick([-2, -1, 1, 2]))
    let patch = random.pick([
      #""source":{"received_on":"\#(moved)"}"#, #""source":{"received_on":"\#(moved)"}"#, #""institution":"kemenag""#,
      #""violation":"KE-04""#, #""region":"16.71""#, #""subject":{"position_level":"pengawas"}"#,
      #""subject":{"name":"Nama Lain","nip":"198503142015051101"}"#, #""act":{"narrative":"Uraian yang baru."}"#,
      #""source":{"agency_ref":"BARU/\#(count)"}"#, #""reporter":{"name":"Pelapor Lain"}"#,
    ])
    if random.chance(30) {
      _ = try world.ask(
        random.pick([.bawaslu, .bkn, .panrb]), "POST", path + "/correction-requests",
        #"{"patch":{\#(patch)},"reason":"Mohon diperbaiki."}"#, [token()])
    } else {
      try change(path, owner, "PATCH", "", #"{\#(patch),"reason":"Koreksi ke-\#(count)."}"#)
    }
  }

  private mutating func note() throws {
    guard let (path, _) = try pick() else { return }
    let who = random.pick(agencies)
    try change(
      path, who, "POST", "/notes", #"{"occurred_on":"\#(today)","text":"Catatan \#(who) ke-\#(count).\nBaris dua."}"#)
    guard let (other, _) = try pick() else { return }
    let body = #"{"case_id":"\#(other.suffix(36))","relation":"\#(random.pick(["same_act", "same_person"]))"}"#
    _ = try world.ask(who, "POST", path + "/links", body, [token()])
  }

  /// Leads an open case on or ends it, as it allows today.
  private mutating func finish() throws {
    guard let (path, owner) = try pick() else { return }
    let who = random.chance(30) ? owner : random.pick([AgencyCode.bkn, .bawaslu])
    let allowed = try world.ask(who, "GET", path + "/allowed-actions").json["actions"].items
    let kinds = allowed.filter { $0["allowed"].bool == true }.compactMap { $0["action"].string }.compactMap {
      ActionKind(rawValue: $0)
    }
    let clock = random.pick([ClockKind.verification, .study, .ppkFollowUp])
    let kind = random.pick(kinds.isEmpty ? ActionKind.allCases : kinds)
    try change(path, who, "POST", "/\(kind.rawValue)", ActionBodies.valid(kind, on: today.description, clock: clock))
  }

  // MARK: Figures, certificates, releases, tables

  private mutating func askForFigures() throws {
    let who = random.pick(agencies)
    let kind = random.pick(["funnel", "stages", "sanctions", "timeliness"])
    let unit = kind == "timeliness" ? "case" : random.pick(["case", "person", "report"])
    let grouping = random.pick(["province", "institution", "category", "reported_by", "position_level"])
    _ = try world.ask(who, "GET", "/v1/statistics/\(kind)?unit=\(unit)&group_by=\(grouping)")
    _ = try world.ask(who, "GET", "/v1/statistics/funnel?basis=recorded&as_of=\(today.adding(days: -1))")
    if random.chance(20) {
      let body = """
        {"election":"\(random.pick(["pemilu-2024", "pilkada-2024"]))","as_of":"\(today.adding(days: -10))",\
        "published_on":"\(today)","unit":"case","source":"https://contoh.test/siaran/\(count)",\
        "values":{"reported":\(40 + count),"recommended":\(count)}}
        """
      _ = try world.ask(random.pick([.bawaslu, .bkn]), "POST", "/v1/published-figures", body, [token()])
    }
    guard random.chance(25) else { return }
    let manifest = try world.ask(who, "GET", "/v1/exports/cases").lines.compactMap { line -> String? in
      guard let item = try? JSONValue.parse(Array(line.utf8)), let id = item["case"]["id"].string,
        let version = item["case"]["version"].int, let tag = item["etag"].string
      else { return nil }
      return #"{"id":"\#(id)","version":\#(version),"etag":"\#(tag.replacing("\"", with: "\\\""))"}"#
    }
    let held = random.chance(70) ? manifest : Array(manifest.dropLast(2))
    _ = try world.ask(
      who, "POST", "/v1/reconciliations", held.map { $0 + "\n" }.joined(), [("Content-Type", "application/x-ndjson")])
  }

  private func release() throws {
    for election in ["pemilu-2024", "pilkada-2024"] {
      let answer = try world.visitor.ask(
        as: Service.operatorName, "POST", "/v1/admin/releases", #"{"election":"\#(election)"}"#)
      guard answer.status == 200 else { throw Unexpected(answer) }
    }
  }

  /// An agency that begins, and an institution under another name.
  private func changeTables() throws {
    let rows = [
      ("agencies", #"{"code":"ANRI","name_id":"Arsip","name_en":"Archive","valid_from":"2025-01-01"}"#),
      ("holidays", #"{"date":"2025-03-03","name_id":"Libur uji","source":"uji","kind":"collective_leave"}"#),
    ]
    for (kind, row) in rows {
      let answer = try world.visitor.ask(
        as: Service.operatorName, "PUT", "/v1/admin/reference/\(kind)", "[\(row)]")
      guard answer.status == 200 else { throw Unexpected(answer) }
    }
  }
}
