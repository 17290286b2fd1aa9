internal import Crypto
internal import Domain
internal import Foundation
internal import Gzip
internal import JSON
internal import TestSupport
internal import Testing

/// Random histories, with outages: what each agency holds from the feed, from a snapshot and the feed, and what it reads
/// case by case is the same, byte for byte; and reconciliations say so.
@Suite("Replicas")
struct ReplicaTests {
  /// `NETRAL_SEED` replays one round.
  static let seeds: [UInt64] =
    ProcessInfo.processInfo.environment["NETRAL_SEED"].flatMap { UInt64($0) }.map { [$0] } ?? Array(1...200)

  @Test("equal the direct projection after any history and any outage", arguments: 0..<2)
  func equal(_ lane: Int) async throws {
    for (index, seed) in Self.seeds.enumerated() where index % 2 == lane {
      do {
        try await withService { try await SyncRound(SyncWorld($0, seed: seed)).run() }
      } catch {
        Issue.record("seed \(seed) (replay with NETRAL_SEED=\(seed)): \(error)")
      }
    }
  }
}

/// One random history and the replicas beside it.
final class SyncRound {
  let world: SyncWorld
  private let replicas: [Replica]
  /// A state of the past: what an agency read case by case when the service had reached a sequence.
  private var past: (seq: Int, agency: AgencyCode, cases: [String: Held])?

  init(_ world: SyncWorld) {
    self.world = world
    replicas = agencies.flatMap { [Replica(world, $0, fromSnapshot: false), Replica(world, $0, fromSnapshot: true)] }
  }

  func run() async throws {
    let count = Int.random(in: 30...80, using: &world.random)
    let (reopening, remembering) = (world.random.pick(Array(0..<count)), world.random.pick(Array(0..<count)))
    for step in 0..<count {
      try world.act()
      if step == remembering { past = try remember() }
      if step == reopening { try await world.visitor.reopen() }
      // A replica that is not chosen for long has an outage.
      if world.random.chance(25) { try world.random.pick(replicas).advance() }
    }
    for agency in agencies {
      let direct = try direct(agency)
      for replica in replicas where replica.agency == agency {
        try replica.catchUp()
        try Self.requireEqual(replica.cases, direct, "\(agency)")
      }
      try requireAgreement(agency, direct, at: nil)
      try requirePlanted(agency, direct)
    }
    if let past { try requireAgreement(past.agency, past.cases, at: past.seq) }
  }

  private func remember() throws -> (Int, AgencyCode, [String: Held]) {
    let agency = world.random.pick(agencies)
    guard let head = try world.ask(agency, "GET", "/v1/changes?limit=1").json["head"].int else {
      throw Mismatch("no head")
    }
    return (head, agency, try direct(agency))
  }

  /// What the agency reads case by case; the list names the same.
  private func direct(_ agency: AgencyCode) throws -> [String: Held] {
    let list = try world.ask(agency, "GET", "/v1/cases?limit=200", nil, [("Accept", "application/x-ndjson")])
    var cases: [String: Held] = [:]
    for id in world.ids {
      let answer = try world.ask(agency, "GET", "/v1/cases/\(id)")
      try require(
        (answer.status == 200) == (world.now(id)?.sight(agency) != nil), "\(agency), \(id): \(answer.status)")
      if answer.status == 200 { cases[id] = Held(etag: answer["etag"] ?? "", bytes: answer.body) }
    }
    try require(
      Set(list.lines) == Set(cases.values.map { String(decoding: $0.bytes, as: UTF8.self) }), "\(agency): the list")
    return cases
  }

  static func requireEqual(_ replica: [String: Held], _ direct: [String: Held], _ text: String) throws {
    for id in Set(replica.keys).union(direct.keys) where replica[id] != direct[id] {
      func show(_ held: Held?) -> String {
        held.map { "\($0.etag) \(String(decoding: $0.bytes, as: UTF8.self))" } ?? "-"
      }
      throw Mismatch("\(text), \(id): replica\n\(show(replica[id]))\ndirect\n\(show(direct[id]))")
    }
  }

  // MARK: - Reconciliation

  private func requireAgreement(_ agency: AgencyCode, _ cases: [String: Held], at seq: Int?) throws {
    let answer = try reconcile(agency, cases.mapValues(\.etag), at: seq)
    let sorted = cases.sorted { $0.key < $1.key }
    let text = sorted.map { "\($0.key) \($0.value.etag)\n" }.joined()
    let digest = SHA256.hash(data: Array(text.utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    let certificate = answer.certificate
    try require(
      certificate["in_agreement"].bool == true && certificate["digest"].string == digest
        && certificate["cases"].int == cases.count && certificate["agency"].string == agency.rawValue
        && (seq == nil || certificate["seq"].int == seq) && answer.differences.isEmpty,
      "\(agency) at \(seq ?? -1): \(certificate), \(answer.differences), wanted \(cases.count) \(digest)")
  }

  /// Differences that are put in come out, and nothing else does.
  private func requirePlanted(_ agency: AgencyCode, _ cases: [String: Held]) throws {
    var manifest: [String: String] = [:]
    var wanted: Set<String> = []
    for (id, held) in cases {
      let state = "\(id) \(held.version) \(held.etag)"
      switch Int.random(in: 0..<6, using: &world.random) {
      case 0: wanted.insert("missing \(state)")
      case 1:
        manifest[id] = world.random.pick([
          "\"4-\(held.version + 1)-0\"", "\"4-\(held.version)-99\"", "W/\(held.etag)", "\"" + held.etag.dropFirst(3),
        ])
        wanted.insert("outdated \(state)")
      default: manifest[id] = held.etag
      }
    }
    for _ in 0..<world.random.pick([0, 1, 5]) {
      let id = CaseID(high: .random(in: 0...UInt64.max, using: &world.random), low: 1).description
      manifest[id] = "\"4-1-0\""
      wanted.insert("unknown \(id)")
    }
    let answer = try reconcile(agency, manifest, at: nil)
    try require(
      answer.differences == wanted && answer.certificate["in_agreement"].bool == wanted.isEmpty,
      "\(agency): found \(answer.differences), wanted \(wanted)")
  }

  /// Sends a manifest, plain or as gzip, and reads the answer as a document or as lines.
  private func reconcile(_ agency: AgencyCode, _ manifest: [String: String], at seq: Int?) throws -> (
    certificate: JSONValue, differences: Set<String>
  ) {
    let lines = manifest.sorted { $0.key < $1.key }.map { id, etag in
      let version = Held(etag: etag.hasPrefix("W/") ? String(etag.dropFirst(2)) : etag, bytes: []).version
      return #"{"id":"\#(id)","version":\#(version),"etag":"\#(etag.replacing("\"", with: "\\\""))"}"# + "\n"
    }
    let (isGzip, isLines) = (world.random.chance(30), world.random.chance(50))
    let deflater = Deflater()
    let plain = Array(lines.joined().utf8)
    let answer = try world.ask(
      agency, "POST", "/v1/reconciliations" + (seq.map { "?seq=\($0)" } ?? ""),
      bytes: isGzip ? deflater.compress(plain) + deflater.finish() : plain,
      [("Content-Type", "application/x-ndjson"), ("Accept", isLines ? "application/x-ndjson" : "application/json")]
        + (isGzip ? [("Content-Encoding", "gzip")] : []))
    try require(answer.status == 200, "reconciliation: \(answer.status) \(answer.text)")
    var found: Set<String> = []
    func add(_ kind: String, _ item: JSONValue) throws {
      let parts = [item["id"].string, item["version"].int.map { "\($0)" }, item["etag"].string].compactMap { $0 }
      try require(found.insert("\(kind) \(parts.joined(separator: " "))").inserted, "\(kind) \(item) twice")
    }
    let kinds = ["missing", "outdated", "unknown"]
    if isLines {
      let items = try answer.lines.map { try JSONValue.parse(Array($0.utf8)) }
      for item in items.dropLast() { try add(item.names[0], item[item.names[0]]) }
      return (items.last?["certificate"] ?? .null, found)
    }
    for kind in kinds {
      for item in answer.json[kind].items { try add(kind, item) }
      try require(answer.json["counts"][kind].int == answer.json[kind].items.count, "counts: \(answer.text)")
    }
    return (answer.json["certificate"], found)
  }
}
