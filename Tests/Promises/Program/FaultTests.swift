internal import Crypto
internal import Foundation
internal import Glibc
internal import Gzip
internal import JSON
internal import Synchronization
internal import TestSupport
internal import Testing

extension ProgramTests {
  @Suite("under faults")
  struct FaultTests {
    @Test("of network, server and client in 150 rounds, loses nothing and doubles nothing")
    func rounds() throws {
      let seed = ProcessInfo.processInfo.environment["NETRAL_SEED"].flatMap { UInt64($0) } ?? .random(in: 1...9_999)
      print("fault rounds: seed \(seed)")
      let rounds = try FaultRounds(seed)
      for round in 0..<150 { try rounds.run(FaultRounds.Work.allCases[round % 5]) }
      try rounds.end()
    }

    @Test(
      "by a line of 200 MB, plain or packed, stays small",
      arguments: [("/v1/imports", "cat"), ("/v1/reconciliations", "gzip")])
    func longLine(_ target: String, _ filter: String) throws {
      let folder = try TemporaryFolder()
      let database = folder.file("netral.sqlite")
      let key = try makeKey(database, ["--agency", "BKN", "--scopes", "imports,sync"])
      let server = try RunningServer(database)
      #expect(try server.client().get("/livez").status == 200)
      let before = try Self.highestMemory(server.child.pid)
      let coding = filter == "gzip" ? "-H 'Content-Encoding: gzip'" : ""
      let script = """
        head -c 200000000 /dev/zero | tr '\\0' x | \(filter) | curl -s -X POST -T - -H 'Authorization: Bearer \(key)' \
        -H 'Content-Type: application/x-ndjson' \(coding) http://127.0.0.1:\(server.port)\(target)
        """
      let child = try Child(["sh", "-c", script])
      _ = try child.wait(seconds: 600)
      #expect(child.output.contains(#""status":4"#), "\(child.output.prefix(500))")
      #expect(try Self.highestMemory(server.child.pid) - before < 20_000)
      try server.stop()
      #expect(try sqlite(database, "SELECT (SELECT count(*) FROM event) + (SELECT count(*) FROM certificate)") == "0")
    }

    /// The most memory a process has had, in kilobytes.
    private static func highestMemory(_ pid: pid_t) throws -> Int {
      let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
      let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
      return try #require(line?.split(separator: " ").dropFirst().first.flatMap { Int($0) })
    }
  }
}

/// One server, a flaky way to it, and what a client has made of what came through.
private final class FaultRounds {
  enum Work: CaseIterable { case imports, feed, export, packedExport, reconciliation }
  enum Fault: CaseIterable { case cutRequest, cutAnswer, killServer, killClient }

  private var random: SeededGenerator
  private let folder: TemporaryFolder
  private let database: String
  private let key: String
  private var server: RunningServer
  private var proxy: FlakyProxy
  private var lineCount = 0
  /// The replica: entity tags by identity, and the sequence reached.
  private var etags: [String: String] = [:]
  private var after = 0
  /// How long the answers were that came whole.
  private var lengths: [Work: Int] = [:]
  private var cutCount = 0

  init(_ seed: UInt64) throws {
    random = SeededGenerator(seed: seed)
    folder = try TemporaryFolder()
    database = folder.file("netral.sqlite")
    key = try makeKey(database, ["--agency", "BKN", "--scopes", "cases:read,cases:write,imports,sync"])
    server = try RunningServer(database)
    proxy = try FlakyProxy(to: server.port)
  }

  /// Does the work through a fault, then once more without, and expects that nothing is lost, doubled or different.
  func run(_ work: Work) throws {
    let fault = Fault.allCases.randomElement(using: &random) ?? .cutAnswer
    switch work {
    case .imports: try runImport(fault)
    case .feed: try runFeed(fault)
    case .export, .packedExport: try runExport(work, fault)
    case .reconciliation: try runReconciliation(fault)
    }
  }

  func end() throws {
    try catchUp()
    #expect(etags.count == lineCount)
    #expect(cutCount > 100, "too few rounds had a fault")
    try server.stop()
    proxy.close()
    #expect(try sqlite(database, "PRAGMA integrity_check") == "ok")
    #expect(try sqlite(database, "PRAGMA foreign_key_check").isEmpty)
    let counts = try formerTables(
      database,
      """
      SELECT (SELECT count(*) FROM case_record), (SELECT count(DISTINCT agency_ref) FROM case_record),
        (SELECT max(seq) - count(*) FROM event), (SELECT count(*) FROM event) - (SELECT count(*) FROM case_version)
      """)
    #expect(counts == "\(lineCount)|\(lineCount)|0|0")
  }

  // MARK: - Works

  private func runImport(_ fault: Fault) throws {
    let lines = (lineCount..<lineCount + 20).map(line)
    lineCount += lines.count
    let body = lines.joined(separator: "\n")
    let broken = try ask(.imports, "/v1/imports", body, fault)
    let acknowledged = try Self.results(broken)
    let again = try Self.results(try ask(.imports, "/v1/imports", body, nil))
    #expect(again.count == lines.count)
    for (index, result) in again.enumerated() {
      let status = result["status"].text
      #expect(status == "duplicate" || status == "created" && index >= acknowledged.count, "\(fault): \(result)")
      if index < acknowledged.count {
        #expect(acknowledged[index]["id"] == result["id"] && acknowledged[index]["status"].text == "created")
      }
    }
  }

  private func line(_ number: Int) -> String {
    let body = Sample.caseBody(#"{"source":{"agency":"BKN"}}"#, agencyRef: "F\(number)")
    let step = #"{"action":"verifications","agency":"BKN","occurred_on":"2024-10-09","outcome":"accepted"}"#
    return "{\"case\":\(body),\"actions\":[\(number % 2 == 0 ? "" : step)]}"
  }

  private func runFeed(_ fault: Fault) throws {
    let start = Bool.random(using: &random) ? 0 : after
    if start == 0 { (etags, after) = ([:], 0) }
    try apply(try ask(.feed, "/v1/changes?limit=1000&after=\(after)", nil, fault))
    try catchUp()
  }

  private func catchUp() throws {
    while try !apply(try ask(.feed, "/v1/changes?limit=1000&after=\(after)", nil, nil)) {}
  }

  /// Applies a page that is whole; true when it was the last one.
  @discardableResult
  private func apply(_ page: [UInt8]) throws -> Bool {
    let items = try Self.results(page)
    guard case .number(let next)? = items.last?["next_after"], case .number(let head)? = items.last?["head"] else {
      return false
    }
    for change in items.dropLast() { etags[change["case_id"].text ?? ""] = change["etag"].text }
    after = next.int ?? 0
    return next.int == head.int
  }

  private func runExport(_ work: Work, _ fault: Fault) throws {
    try catchUp()
    let items = try Self.results(unpacked(try ask(work, "/v1/exports/cases", nil, fault), work))
    var target = "/v1/exports/cases"
    var found = items.compactMap { $0["case"]["id"].text }
    if case .number(let seq)? = items.first?["snapshot"]["seq"] {
      target += "?seq=\(seq.int ?? 0)" + (found.last.map { "&after=\($0)" } ?? "")
    }
    let rest = try Self.results(unpacked(try ask(work, target, nil, nil), work))
    found += rest.compactMap { $0["case"]["id"].text }
    #expect(found == etags.keys.sorted(), "\(fault)")
    #expect((items + rest).allSatisfy { $0["case"]["id"].text.map { etags[$0] } == $0["etag"].text.map { .some($0) } })
    let end = rest.last?["end"]["cases"]
    #expect(end == .number(JSONNumber(rest.count - 2)), "\(fault): \(String(describing: end))")
  }

  private func unpacked(_ bytes: [UInt8], _ work: Work) throws -> [UInt8] {
    guard work == .packedExport else { return bytes }
    let inflater = Inflater()
    var (rest, all) = (bytes[...], [UInt8]())
    while let piece = try inflater.next(from: &rest) { all += piece }
    return all
  }

  private func runReconciliation(_ fault: Fault) throws {
    try catchUp()
    let sorted = etags.sorted { $0.key < $1.key }
    let manifest = sorted.map { id, etag in
      let version = etag.split(separator: "-")[1]
      return #"{"id":"\#(id)","version":\#(version),"etag":"\#(etag.replacing("\"", with: "\\\""))"}"# + "\n"
    }
    _ = try ask(.reconciliation, "/v1/reconciliations", manifest.joined(), fault)
    let answer = try Self.results(try ask(.reconciliation, "/v1/reconciliations", manifest.joined(), nil))
    let text = sorted.map { "\($0.key) \($0.value)\n" }.joined()
    let digest = SHA256.hash(data: Array(text.utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    #expect(answer.count == 1 && answer[0]["certificate"]["in_agreement"] == .bool(true), "\(answer.prefix(3))")
    #expect(answer[0]["certificate"]["digest"].text == digest)
  }

  /// The whole lines of an answer.
  private static func results(_ bytes: [UInt8]) throws -> [JSONValue] {
    guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
    return try bytes[..<end].split(separator: UInt8(ascii: "\n")).map { try JSONValue.parse(Array($0)) }
  }

  // MARK: - Asking

  /// Asks with curl, through a fault or without; returns what came of the answer's body.
  private func ask(_ work: Work, _ target: String, _ body: String?, _ fault: Fault?) throws -> [UInt8] {
    let (answerPath, bodyPath) = (folder.file("answer"), folder.file("body"))
    try Data().write(to: URL(fileURLWithPath: answerPath))
    var port = server.port
    if let fault {
      port = proxy.port
      proxy.cut(cut(fault, sentMax: (body?.utf8.count ?? 0) + 300, receivedMax: (lengths[work] ?? 2_000) + 300))
    }
    var arguments = ["curl", "-sN", "--max-time", "20", "-o", answerPath, "-H", "Authorization: Bearer \(key)"]
    arguments += ["-H", "Accept: application/x-ndjson", "-H", "Content-Type: application/x-ndjson"]
    if work == .packedExport { arguments += ["-H", "Accept-Encoding: gzip"] }
    if let body {
      try Data(body.utf8).write(to: URL(fileURLWithPath: bodyPath))
      arguments += ["--data-binary", "@\(bodyPath)"]
    }
    let curl = try Child(arguments + ["http://127.0.0.1:\(port)\(target)"])
    clientPID.set(curl.pid)
    let ending = try curl.wait()
    clientPID.set(0)
    if ending != .exit(0) { cutCount += 1 }
    try restartIfDead()
    let answer = [UInt8](FileManager.default.contents(atPath: answerPath) ?? Data())
    if fault == nil {
      #expect(ending == .exit(0), "\(target): \(ending)")
      lengths[work] = answer.count
    }
    return answer
  }

  private let clientPID = SharedPID()

  private func cut(_ fault: Fault, sentMax: Int, receivedMax: Int) -> FlakyProxy.Cut {
    let sent = Int.random(in: 1..<sentMax, using: &random)
    let received = Int.random(in: 1..<receivedMax, using: &random)
    let byRequest = fault == .cutRequest || fault != .cutAnswer && Bool.random(using: &random)
    var cut = FlakyProxy.Cut(sentBytes: byRequest ? sent : nil, receivedBytes: byRequest ? nil : received)
    let (serverPID, clientPID) = (server.child.pid, clientPID)
    switch fault {
    case .killServer: cut.first = { kill(serverPID, SIGKILL) }
    case .killClient: cut.first = { clientPID.kill() }
    case .cutRequest, .cutAnswer: break
    }
    return cut
  }

  private func restartIfDead() throws {
    // Whether the kernel has ended a killed server yet is seen at its next answer alone.
    if let client = try? server.client(), (try? client.get("/livez").status) == 200 { return }
    try server.kill()
    server = try RunningServer(database)
    proxy.close()
    proxy = try FlakyProxy(to: server.port)
  }
}

/// The process of the client while there is one.
private final class SharedPID: Sendable {
  private let pid = Mutex<pid_t>(0)

  func set(_ new: pid_t) { pid.withLock { $0 = new } }

  /// Kills it; it is started at about the same time as its first bytes arrive.
  func kill() {
    for _ in 0..<1_000 {
      let pid = pid.withLock { $0 }
      if pid != 0 {
        Glibc.kill(pid, SIGKILL)
        return
      }
      usleep(100)
    }
  }
}
