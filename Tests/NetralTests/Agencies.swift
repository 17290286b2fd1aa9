internal import Foundation
internal import Testing

/// The demo as a server has it, with a key file for each agency.
final class Agencies {
  static let all = ["BAWASLU", "BKN", "KASN", "KEMENDAGRI", "PANRB"]

  let folder: TemporaryFolder
  let server: RunningServer
  let keys: [String: String]

  /// - Parameter environment: settings of the server.
  init(environment: [String: String] = [:]) throws {
    folder = try TemporaryFolder()
    let made = try netral("demo", "--database", folder.file("netral.sqlite"))
    guard made.ending == .exit(0) else { throw TestFailure("demo: \(made.errors)") }
    let pairs = made.output.split(separator: "\n").map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
    keys = Dictionary(uniqueKeysWithValues: pairs.map { ($0[0], $0[1]) })
    for (name, key) in keys { try writeKey(key, to: folder.file(name)) }
    server = try RunningServer(folder.file("netral.sqlite"), environment: environment)
  }

  func client(_ agency: String) throws -> Client { try server.client(keys[agency]) }

  func replica(_ agency: String) -> String { folder.file("\(agency).sqlite") }

  /// The words of a run for an agency.
  func arguments(_ agency: String, _ options: [String] = [], port: UInt16? = nil) -> [String] {
    [
      program, "sync", "--server", "http://127.0.0.1:\(port ?? server.port)", "--key-file", folder.file(agency),
      "--into",
      replica(agency),
    ] + options
  }

  /// Runs the job to its end.
  func sync(_ agency: String, _ options: String..., port: UInt16? = nil) throws -> Finished {
    try run(arguments(agency, options, port: port))
  }

  /// Expects that a file holds exactly what the agency would be answered case by case, byte for byte.
  func expectEqual(
    _ agency: String, in file: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let client = try client(agency)
    let held = try sqlite(file ?? replica(agency), "SELECT id, etag, json FROM cases ORDER BY id")
      .split(separator: "\n").map { $0.split(separator: "|", maxSplits: 2).map(String.init) }
    let counted = try client.get("/v1/cases?limit=1&count=exact").text
    #expect(counted.hasSuffix("\"count\":\(held.count)}"), "\(agency)", sourceLocation: sourceLocation)
    for row in held {
      let reply = try client.get("/v1/cases/\(row[0])")
      guard reply.status == 200, reply.fields["etag"] == row[1], Array(row[2].utf8) == reply.body else {
        Issue.record("\(agency) \(row[0]): \(reply.status) \(row[1])", sourceLocation: sourceLocation)
        return
      }
    }
  }

  /// Sends a change of a case as an agency, based on its newest version.
  func change(_ agency: String, _ method: String, _ path: String, to id: String, _ body: String) throws {
    let client = try client(agency)
    let etag = try client.get("/v1/cases/\(id)").fields["etag"] ?? ""
    let reply = try client.ask(method, "/v1/cases/\(id)\(path)", ["If-Match": etag], body)
    guard (200..<300).contains(reply.status) else { throw TestFailure("\(method) \(path): \(reply.text)") }
  }
}

/// Writes a key file.
func writeKey(_ text: String, to path: String, mode: Int = 0o600) throws {
  try Data((text + "\n").utf8).write(to: URL(filePath: path))
  try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
}
