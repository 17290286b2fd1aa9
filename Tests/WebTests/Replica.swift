internal import Domain
internal import Foundation
internal import Gzip
internal import JSON
internal import TestSupport

/// A case as a replica holds it.
struct Held: Equatable {
  var etag: String
  var bytes: [UInt8]

  /// The identity, which is the first member.
  var id: String? { bytes.count > 43 ? String(decoding: bytes[7..<43], as: UTF8.self) : nil }

  /// Before the projection, in tags of every form.
  var version: Int { etag.filter { $0 != "\"" }.split(separator: "-").dropLast().last.flatMap { Int($0) } ?? 0 }
}

/// What one agency holds, built from what the service sends and nothing else.
final class Replica {
  let world: SyncWorld
  let agency: AgencyCode
  private(set) var cases: [String: Held] = [:]
  /// The sequence reached; nil until a snapshot has been taken whole.
  private(set) var after: Int?
  private var snapshot: (seq: Int, last: String?)?

  /// A replica that begins with the feed, or with a snapshot.
  init(_ world: SyncWorld, _ agency: AgencyCode, fromSnapshot: Bool) {
    self.world = world
    self.agency = agency
    after = fromSnapshot ? nil : 0
  }

  /// Gets on a bit: some more of the snapshot, or some pages of the feed.
  func advance() throws {
    if after == nil { try takePart(whole: world.random.chance(30)) }
    if after != nil { while try !poll(), world.random.chance(60) {} }
  }

  /// Gets on until it has reached the newest sequence.
  func catchUp() throws {
    while after == nil { try takePart(whole: true) }
    while try !poll() {}
  }

  // MARK: - Feed

  /// Asks for one page; true when it was the last one. Now and then it is lost on its way, in part or as a whole.
  private func poll() throws -> Bool {
    guard let after else { return false }
    let limit = world.random.pick([1, 2, 3, 7, 60, 1_000])
    let target = "/v1/changes?after=\(after)&limit=\(limit)"
    let page = try world.ask(agency, "GET", target, nil, [("Accept", "application/x-ndjson")])
    try require(page.status == 200, "\(target): \(page.status) \(page.text)")
    if world.random.chance(20) { try requireSameDocument(target, page) }
    let lines = try page.lines.map { try Line($0) }
    guard let next = lines.last?.head["next_after"].int, let head = lines.last?.head["head"].int else {
      throw Mismatch("\(target): no end: \(page.text)")
    }
    try requireExpected(lines.dropLast(), after, next)
    if world.random.chance(25) { try requireNothingWithheld(page.text) }
    let isLost = world.random.chance(8)
    for line in lines.dropLast(isLost ? 2 : 1) { try apply(line) }
    if isLost { return false }
    try require(next > after || next == head, "\(target): \(next) of \(head)")
    self.after = next
    return next == head
  }

  private func apply(_ line: Line) throws {
    guard let id = line.head["case_id"].string else { throw Mismatch("no case_id: \(line.text)") }
    cases[id] = line.held
    guard let held = line.held else { return }
    let start = String(decoding: held.bytes.prefix(110), as: UTF8.self)
    try require(
      held.version == line.head["version"].int && start.hasPrefix("{\"id\":\"\(id)\"")
        && start.contains(",\"version\":\(held.version),"), "what stands beside the case differs: \(line.text)")
  }

  /// The same page as a document has the same bytes in it.
  private func requireSameDocument(_ target: String, _ lines: HTTPAnswer) throws {
    let document = try world.ask(agency, "GET", target)
    let changes = lines.lines.dropLast().joined(separator: ",")
    let wanted = #"{"changes":[\#(changes)],\#(lines.lines.last?.dropFirst() ?? "")"#
    try require(document.text == wanted, "\(target): document and lines differ:\n\(document.text)\n\(wanted)")
  }

  /// Sequences, types and cases are those that the test's own account gives by the words of the contract.
  private func requireExpected(_ lines: ArraySlice<Line>, _ after: Int, _ next: Int) throws {
    let wanted = world.truths.filter { $0.seq > after && $0.seq <= next }.compactMap(expected)
    let found = lines.map { line in
      "\(line.head["seq"].int ?? 0) \(line.head["type"].string ?? "") \(line.head["case_id"].string ?? "") "
        + (line.held == nil ? "-" : "\(line.head["version"].int ?? 0)")
    }
    try require(found == wanted, "\(agency) after \(after) to \(next): found\n\(found)\nwanted\n\(wanted)")
  }

  private func expected(_ truth: Truth) -> String? {
    let before = world.before(truth)?.sight(agency)
    guard let now = world.now(truth.id) else { return nil }
    guard truth.sight(agency) != nil else { return before == nil ? nil : "\(truth.seq) withdrawn \(truth.id) -" }
    guard now.sight(agency) != nil else { return nil }
    let type = before == nil ? "created" : truth.isErasure ? "erased" : truth.isCorrection ? "corrected" : "updated"
    return "\(truth.seq) \(type) \(truth.id) \(now.version)"
  }

  /// No planted text of a group that is withheld from the agency now.
  private func requireNothingWithheld(_ text: String) throws {
    for planted in Canaries.found(in: text) {
      let parts = planted.split(separator: " ")
      let name = parts[1].hasSuffix("two") ? String(parts[1].dropLast(3)) : String(parts[1])
      guard let id = world.plans[String(parts[0])], let field = Planted(rawValue: name) else {
        throw Mismatch("\(agency) is told \(planted)")
      }
      try require(
        world.now(id).map { !$0.isErasure && $0.sight(agency)?.shows(field.group) == true } == true && field.isFact,
        "\(agency) is told \(planted)")
    }
  }

  // MARK: - Snapshot

  /// Asks for the rest of the snapshot, and loses what comes after a random byte unless `whole`.
  private func takePart(whole: Bool) throws {
    var target = "/v1/exports/cases"
    if let snapshot { target += "?seq=\(snapshot.seq)" + (snapshot.last.map { "&after=\($0)" } ?? "") }
    let isGzip = world.random.chance(30)
    let answer = try world.ask(agency, "GET", target, nil, isGzip ? [("Accept-Encoding", "gzip")] : [])
    try require(answer.status == 200, "\(target): \(answer.status) \(answer.text)")
    try require(answer["content-encoding"] == (isGzip ? "gzip" : nil), "\(target): \(answer.fieldNames)")
    let kept = whole ? answer.body.count : Int.random(in: 0...answer.body.count, using: &world.random)
    let bytes = isGzip ? try Self.inflated(answer.body.prefix(kept)) : Array(answer.body.prefix(kept))
    try requireNothingWithheld(String(decoding: bytes, as: UTF8.self))
    guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else { return }
    for line in String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\n") { try take(String(line)) }
  }

  /// What of a gzip member can be read of its beginning.
  static func inflated(_ bytes: ArraySlice<UInt8>) throws -> [UInt8] {
    let inflater = Inflater()
    var (rest, all) = (bytes, [UInt8]())
    while let piece = try inflater.next(from: &rest) { all += piece }
    return all
  }

  private func take(_ text: String) throws {
    let line = try Line(text)
    if let seq = line.head["snapshot"]["seq"].int {
      try require(snapshot == nil || snapshot?.seq == seq, "another snapshot: \(text)")
      snapshot = snapshot ?? (seq, nil)
    } else if line.head.has("end") {
      try require(line.head["end"]["seq"].int == snapshot?.seq, "the end of another snapshot: \(text)")
      after = snapshot?.seq
    } else {
      guard let held = line.held, let id = held.id else { throw Mismatch("no case: \(text)") }
      try require(id > snapshot?.last ?? "", "not in ascending order: \(text)")
      // The version is the one that was current at the sequence, and the case was visible then.
      let then = world.version(id, at: snapshot?.seq ?? 0)
      try require(then?.version == held.version && then?.sight(agency) != nil, "\(snapshot?.seq ?? 0): \(text)")
      snapshot?.last = id
      cases[id] = held
    }
  }
}

/// A line of the feed or of a snapshot: what stands before the case, and the case as it came.
private struct Line {
  let text: String
  let head: JSONValue
  let held: Held?

  init(_ text: String) throws {
    self.text = text
    let bytes = Array(text.utf8)
    guard let start = text.range(of: #","case":{"#) else {
      (head, held) = (try JSONValue.parse(bytes), nil)
      return
    }
    let length = text.utf8.distance(from: text.startIndex, to: start.lowerBound)
    head = try JSONValue.parse(bytes[..<length] + [UInt8(ascii: "}")])
    guard let etag = head["etag"].string else { throw Mismatch("a case without an entity tag: \(text)") }
    held = Held(etag: etag, bytes: Array(bytes[(length + 8)...].dropLast()))
  }
}
