internal import Domain
internal import Foundation
internal import JSON
internal import Merkle
internal import TestSupport
internal import Testing

/// A case about the wrong person, with that one's name wherever it may stand.
struct MistakenWorld {
  let path: String
  private let mistake: Mistake
  private let visitor: Visitor
  /// The sequence before the mistake was put right.
  private let seq: Int
  private let id: String

  private static let nip = "199003042016061007"
  private static let nik = "1671010403900042"
  /// Questions that found the case when it was about the wrong person.
  static let searches = [##"{"nip":"\##(nip)"}"##, ##"{"nik":"\##(nik)"}"##, #"{"name":"zqsalah"}"#]
  private static let note = #"{"occurred_on":"2024-09-10","text":"Catatan."}"#

  init(_ mistake: Mistake, _ visitor: Visitor) throws {
    (self.mistake, self.visitor) = (mistake, visitor)
    path = try Self.report(mistake, visitor)
    id = String(path.dropFirst("/v1/cases/".count))
    try visitor.must("verifications", on: path, as: .bkn, #"{"occurred_on":"2024-08-09","outcome":"accepted"}"#)
    try visitor.must(
      "studies", on: path, as: .bawaslu,
      #"{"occurred_on":"2024-08-14","outcome":"violation","summary":"Zqsalah-kajian terbukti."}"#)
    try visitor.must("recommendations", on: path, as: .bkn, ActionBodies.valid(.recommendations, on: "2024-09-05"))
    let title = #"{"subject":{"position_title":"Zqsalah-jabatan dua"},"reason":"Zqsalah-alasan."}"#
    guard try visitor.patch(path, as: .bkn, title).status == 200 else {
      throw Unexpected(try visitor.get(path, as: .bkn))
    }
    for (agency, patch) in [
      (AgencyCode.panrb, #"{"subject":{"position_title":"Zqsalah-jabatan tiga"}}"#),
      (.panrb, #"{"motives":["family"]}"#),
    ] {
      let asked = try visitor.post(
        "\(path)/correction-requests", as: agency, #"{"patch":\#(patch),"reason":"Zqsalah-minta."}"#)
      guard asked.status == 201 else { throw Unexpected(asked) }
    }
    let owner = mistake.owner == .kasn ? AgencyCode.bkn : mistake.owner
    try visitor.must("correction-requests/2/refusal", on: path, as: owner, #"{"reason":"Zqsalah-tolak."}"#)
    for agency in agencies where agency != .kasn { _ = try Self.replay(path, agency, visitor) }
    seq = try #require(try visitor.get("/v1/changes", as: .bkn).json["head"].int)
    visitor.clock.set("2024-10-20T04:00:00Z")
  }

  private static func report(_ mistake: Mistake, _ visitor: Visitor) throws -> String {
    let person = """
      {"name":"Zqsalah-nama Orang","nip":"\(nip)","nik":"\(nik)","position_title":"Zqsalah-jabatan"}
      """
    let narrative = mistake.isInNarrative ? "Zqsalah-uraian." : "Uraian."
    let changes = """
      {"subject":\(person),"act":{"occurred_on":"2024-08-02","narrative":"\(narrative)"},
       "source":{"received_on":"2024-08-06"}}
      """
    guard mistake.owner == .kasn else { return try visitor.makeCase(as: mistake.owner, changes) }
    let line = #"{"case":\#(Sample.caseBody(merged(changes, #"{"source":{"agency":"KASN"}}"#)))}"#
    let answer = try visitor.importLines([line], as: .bkn)
    guard let id = try JSONValue.parse(Array(answer.text.utf8))["id"].string else { throw Unexpected(answer) }
    return "/v1/cases/\(id)"
  }

  mutating func putRight() throws {
    let narrative = mistake.isInNarrative ? #","act":{"narrative":"Uraian lain."}"# : ""
    let patch = """
      "subject":{"name":"Orang Benar","nip":"198704052015052002","nik":null,"position_title":"Analis"}\(narrative)
      """
    let mark = #""reason":"Zqsalah-bukan.","wrong_person":true"#
    if let corrector = mistake.corrector {
      let answer = try visitor.patch(path, as: corrector, "{\(patch),\(mark)}")
      guard answer.status == 200 else { throw Unexpected(answer) }
      return
    }
    let requester = mistake.owner == .panrb || mistake.isInNarrative ? AgencyCode.bawaslu : .panrb
    let asking = mistake.owner == .bawaslu ? AgencyCode.kemendagri : requester
    let asked = try visitor.post("\(path)/correction-requests", as: asking, #"{"patch":{\#(patch)},\#(mark)}"#)
    guard asked.status == 201, asked.json["wrong_person"].bool == true, let number = asked.json["number"].int else {
      throw Unexpected(asked)
    }
    try visitor.must(
      "correction-requests/\(number)/acceptance", on: path, as: mistake.owner, #"{"reason":"Zqsalah-setuju."}"#)
  }

  /// A write is answered again as it was first, as far as that may be seen now.
  private static func replay(_ path: String, _ agency: AgencyCode, _ visitor: Visitor) throws -> HTTPAnswer {
    let answer = try visitor.ask(
      as: agency, "POST", "\(path)/notes", note,
      [("If-Match", try visitor.etag(path, as: agency)), ("Idempotency-Key", "note-of-\(agency)")])
    guard answer.status == 201 else { throw Unexpected(answer) }
    return answer
  }

  /// By what the agency sees of the case as it is: the policy of a case that was recommended.
  func seesSubject(_ agency: AgencyCode) throws -> Bool {
    try visitor.get(path, as: agency).json["subject"].has("name")
  }

  /// An agency that has ended records nothing, and so repeats nothing.
  func opens(_ door: PastDoor, to agency: AgencyCode) -> Bool { door != .replay || agency != .kasn }

  func past(_ agency: AgencyCode) throws -> HTTPAnswer {
    try visitor.get("\(path)?as_of=2024-10-20T03:30:00Z", as: agency)
  }

  /// The entity tag of the case in a snapshot of before.
  func tagAtSnapshot(_ agency: AgencyCode) throws -> String {
    let lines = try visitor.get("/v1/exports/cases?seq=\(seq)", as: agency).lines
    return try #require(try lines.dropFirst().first.flatMap { try JSONValue.parse(Array($0.utf8))["etag"].string })
  }

  /// Whether an agency that holds the case under a tag holds what it should have held before.
  func isInAgreement(_ tag: String, _ agency: AgencyCode) throws -> Bool {
    let version = try past(agency).json["version"].int ?? 0
    let line = #"{"id":"\#(id)","version":\#(version),"etag":\#(quoted(tag))}"#
    let answer = try visitor.ask(
      as: agency, "POST", "/v1/reconciliations?seq=\(seq)&dry_run=true", line + "\n",
      [("Content-Type", "application/x-ndjson")])
    guard answer.status == 200 else { throw Unexpected(answer) }
    return answer.json["certificate"]["in_agreement"].bool ?? false
  }

  private func quoted(_ text: String) -> String { "\"" + text.replacing("\"", with: "\\\"") + "\"" }

  /// What of the wrong person is found in an answer to an agency.
  func found(_ door: PastDoor, _ agency: AgencyCode) throws -> Set<String> {
    let answer = try ask(door, agency)
    guard (200...201).contains(answer.status) else { throw Unexpected(answer) }
    if door == .replay { #expect(answer["idempotency-replayed"] == "true") }
    var text = answer.fields.map { "\($0.name): \($0.value)\n" }.joined() + answer.text
    if door == .snapshotWorkbook {
      text = try WorkbookReader.read(answer.body).rows.map { $0.map(\.text).joined(separator: " ") }.joined(
        separator: "\n")
    }
    // Disclosures are in base64.
    for token in text.split(whereSeparator: { !($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
    where token.utf8.count > 40 {
      if let bytes = Base64URL.decode(String(token)) { text += "\n" + String(decoding: bytes, as: UTF8.self) }
    }
    var found = Set(text.matches(of: /[Zz]qsalah-(\w+)/).map { String($0.output.1) })
    if text.contains(Self.nip) { found.insert("nip") }
    if text.contains(Self.nik) { found.insert("nik") }
    return found
  }

  private func ask(_ door: PastDoor, _ agency: AgencyCode) throws -> HTTPAnswer {
    func get(_ target: String, _ type: String? = nil) throws -> HTTPAnswer {
      try visitor.get(target, as: agency, type.map { [("Accept", $0)] } ?? [])
    }
    let (snapshot, lines) = ("/v1/exports/cases?seq=\(seq)", "application/x-ndjson")
    switch door {
    case .asOfTime: return try past(agency)
    case .asOfDate: return try get("\(path)?as_of=2024-08-31")
    case .history: return try get("\(path)/history")
    case .historyProof: return try get("\(path)/history?proof=true")
    case .historyTable: return try get("\(path)/history", "text/csv")
    case .historyLines: return try get("\(path)/history", lines)
    case .snapshot: return try get(snapshot)
    case .snapshotProof: return try get("\(snapshot)&proof=true")
    case .snapshotTable: return try get(snapshot, "text/csv")
    case .snapshotWorkbook: return try get("\(snapshot)&format=xlsx")
    case .replay: return try Self.replay(path, agency, visitor)
    case .requests: return try get("\(path)/correction-requests")
    case .requestsTable: return try get("\(path)/correction-requests", "text/csv")
    case .related: return try get("\(path)/related")
    case .links: return try get("\(path)/links")
    case .record: return try get(path)
    case .changes: return try get("/v1/changes")
    case .changesProof: return try get("/v1/changes?proof=true")
    case .leaves: return try get("/v1/record/leaves?proof=true")
    case .list: return try get("/v1/cases", "text/csv")
    case .allowedActions: return try get("\(path)/allowed-actions")
    }
  }
}
