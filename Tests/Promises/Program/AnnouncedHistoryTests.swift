internal import Crypto
internal import Foundation
internal import Glibc
internal import JSON
internal import TestSupport
internal import Testing

extension ProgramTests {
  /// Histories with photographs, brought by a job of curl and jq as an agency would write it.
  @Suite("histories with files")
  struct AnnouncedHistoryTests {
    private let folder: TemporaryFolder
    private var database: String { folder.file("netral.sqlite") }
    private let key: String
    private let reader: String

    init() throws {
      folder = try TemporaryFolder()
      let database = folder.file("netral.sqlite")
      key = try makeKey(database, ["--agency", "BAWASLU", "--scopes", "imports"])
      reader = try makeKey(database, ["--agency", "BKN", "--scopes", "cases:read"])
    }

    /// Sends the lines until nothing is left to bring. Some of its own uploads it cuts off; whatever else fails it tries again.
    private static let job = """
      set -u -o pipefail
      auth="Authorization: Bearer $KEY"
      send() {
        curl -sf -X POST -T "$DIR/lines" -H "$auth" -H 'Content-Type: application/x-ndjson' "$API/imports" |
          jq -r 'if .problem then error("refused") else .awaited_files[] end' | sort -u
      }
      until awaited=$(send) && [ -z "$awaited" ]; do
        for sha in $awaited; do
          received=$(curl -sf -H "$auth" "$API/evidence-files/$sha" | jq -r .received) || { sleep 0.2; continue; }
          how=()
          [ "$received" -gt 0 ] && how=(-C "$received") && echo "resumed $sha $received" >> "$DIR/log"
          [ $((RANDOM % 5)) = 0 ] && how+=(--max-time 0.1 --limit-rate 400k)
          curl -sf -T "$DIR/$sha" "${how[@]}" -H "$auth" "$API/evidence-files/$sha" >> "$DIR/answers"
        done
      done
      exit 0  # Not what the last upload ended with: one that was cut off may have arrived whole.
      """

    @Test("come over whole, wherever job and server are cut off, and nothing comes twice")
    func histories() throws {
      let seed = ProcessInfo.processInfo.environment["NETRAL_SEED"].flatMap { UInt64($0) } ?? .random(in: 1...9_999)
      print("histories with files: seed \(seed)")
      var random = SeededGenerator(seed: seed)
      var (lines, wanted): ([String], [[String]]) = ([], [])
      for number in 0..<40 {
        let files = try (0..<Int.random(in: 1...4, using: &random)).map { place in
          let bytes =
            Array("\(number) \(place)\n".utf8)
            + [UInt8](repeating: 97, count: .random(in: 0...300_000, using: &random))
          let sha256 = SHA256.hash(data: bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
          try Data(bytes).write(to: URL(filePath: folder.file(sha256)))
          return sha256
        }
        let named = files.map { #"{"sha256":"\#($0)","kind":"document","media_type":"text/plain"}"# }
        let body = merged(Sample.caseBody(agencyRef: "h\(number)"), #"{"source":{"agency":"BAWASLU"}}"#)
        lines.append(#"{"case":\#(body),"evidence":[\#(named.joined(separator: ","))]}"#)
        wanted.append(files)
      }
      try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: folder.file("lines")))
      var server = try RunningServer(database)
      let port = server.port
      let environment = ["KEY": key, "DIR": folder.path, "API": "http://127.0.0.1:\(port)/v1"]
      let job = try Child(["bash", "-c", Self.job], environment: environment)
      var kills = 0
      while job.ending() == nil, kills < 6 {
        usleep(.random(in: 200_000...900_000, using: &random))
        try server.kill()
        kills += 1
        server = try RunningServer(database, port: port)
      }
      #expect(try job.wait(seconds: 600) == .exit(0), "seed \(seed): \(job.errors.suffix(500))")
      #expect(job.errors.isEmpty, "\(job.errors.suffix(500))")
      let client = try server.client(reader)
      let cases = try client.get("/v1/cases?limit=200").json["items"].items
      #expect(cases.count == wanted.count)
      for record in cases {
        let id = try #require(record["id"].text)
        let files = record["evidence"].items.compactMap { $0["sha256"].text }
        #expect(wanted.contains { Set($0) == Set(files) && $0.count == files.count }, "seed \(seed): \(id) \(files)")
        for file in files {
          let answer = try client.get("/v1/cases/\(id)/evidence/\(file)")
          #expect(answer.body == Array(try Data(contentsOf: URL(filePath: folder.file(file)))))
        }
      }
      try server.stop()
      let found = try netral("doctor", "--full", "--database", database)
      #expect(found.output.contains("ok\tevidence\t\(wanted.joined().count) files"), "\(found.output)")
      let log = FileManager.default.contents(atPath: folder.file("log")).map { String(decoding: $0, as: UTF8.self) }
      #expect(log?.contains("resumed") == true, "seed \(seed): no upload was resumed")
    }

    @Test("go back from the folder of a replica to a service that was restored, and what is missing there is named")
    func givenBack() throws {
      let writer = try makeKey(
        database, ["--agency", "BAWASLU", "--scopes", "cases:read,cases:write,imports,sync"])
      // The file as it was before all that: what a restoration brings back.
      let backup = folder.file("backup.sqlite")
      var server = try RunningServer(database)
      try server.stop()
      for suffix in ["", ".record-key", ".checkpoint", ".keys", ".master"] {
        try FileManager.default.copyItem(atPath: database + suffix, toPath: backup + suffix)
      }
      server = try RunningServer(database)
      let port = server.port
      let client = try server.client(writer)
      let id = try #require(try client.create("back").json["id"].text)
      let texts = ["satu", "dua", "tiga", "ditarik"].map { Array("\($0)\n".utf8) }
      let names = texts.map { SHA256.hash(data: $0).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
      for text in texts {
        let tag = try client.get("/v1/cases/\(id)").fields["etag"] ?? ""
        let fields = ["If-Match": tag, "Content-Type": "text/plain"]
        let query = "kind=document&note=Zqscatatan&name=a.txt"
        let answer = try client.ask(
          "POST", "/v1/cases/\(id)/evidence?\(query)", fields, String(decoding: text, as: UTF8.self))
        #expect(answer.status == 201, "\(answer.text)")
      }
      let tag = try client.get("/v1/cases/\(id)").fields["etag"] ?? ""
      #expect(
        try client.ask(
          "POST", "/v1/cases/\(id)/evidence/\(names[3])/withdrawal", ["If-Match": tag], #"{"reason":"x"}"#
        ).status == 201)
      let (keyFile, files) = (folder.file("key"), folder.file("files"))
      try writeKey(writer, to: keyFile)
      func sync(_ options: String...) throws -> Finished {
        try run(
          [
            program, "sync", "--server", "http://127.0.0.1:\(port)", "--key-file", keyFile, "--into",
            folder.file("replica"),
            "--evidence", files, "--retries", "0",
          ] + options)
      }
      #expect(try sync().ending == .exit(0))
      try server.stop()
      try sqlite(backup, "INSERT INTO setting (name, value) VALUES ('record_restored', x'')", readonly: false)
      let restored = try RunningServer(backup, port: port)
      // One is lost here, too.
      try FileManager.default.removeItem(atPath: "\(files)/\(names[2].prefix(2))/\(names[2]).txt")
      let given = try sync("--give-back")
      #expect(given.ending == .exit(3), "\(given.errors)")
      for name in names[..<2] { #expect(given.output.contains("given back    file \(name)"), "\(given.output)") }
      #expect(given.output.contains("not here      file \(names[2])") && !given.output.contains(names[3]))
      let found = try restored.client(writer).get("/v1/cases").json["items"].items.first
      let evidence = try #require(found)["evidence"].items
      #expect(Set(evidence.compactMap { $0["sha256"].text }) == Set(names[..<2]))
      #expect(evidence.allSatisfy { $0["note"].text == "Zqscatatan" && $0["name"].text == "a.txt" })
      try restored.stop()
    }
  }
}
