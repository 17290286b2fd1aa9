import Foundation
import TestSupport
import Testing

/// Our parser beside h11, llhttp (httptools) and nginx: what we accept, none of them may read as other messages.
@Suite("The parser beside other servers")
struct DifferentialTests {
  /// A stream as the Python side reads it.
  private struct Stream: Encodable {
    struct Message: Encodable {
      let line: String
      let fields: [String]
      let body: String
    }

    let name: String
    /// Whether a person wrote it; the others are random changes.
    let isWritten: Bool
    let bytes: String
    let messages: [Message]
    let end: String

    init(_ name: String, _ bytes: [UInt8], isWritten: Bool) {
      self.name = name
      self.isWritten = isWritten
      self.bytes = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      let outcomes = MessageReader.read([bytes[...]])
      messages = outcomes.compactMap { outcome in
        guard case .request(let line, let fields, let body) = outcome else { return nil }
        return Message(line: line, fields: fields, body: body)
      }
      end =
        switch outcomes.last {
        case .refused, .badBody: "refused"
        case .incomplete: "incomplete"
        case .request, nil: "between"
        }
    }
  }

  private static let interesting = [
    " ", "\t", "\r\n", "\n", "\r", "\0", ":", ",", ";", "0", "1", "a", "/", "?", "*", "\r\n ", "\r\n\r\n", "0\r\n\r\n",
    "chunked", "Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n", "Transfer-Encoding:\tchunked\r\n",
    "Content-Length:3\r\n", "Host: b\r\n", "X: y\r\n", "GET /x HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.0", "HTTP/1.1",
    "+", "-", "_",
  ]

  private static func changed(_ bytes: [UInt8], by numbers: inout SeededGenerator) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...2, using: &numbers) {
      let place = Int.random(in: 0...bytes.count, using: &numbers)
      let end = Int.random(in: place...min(bytes.count, place + 8), using: &numbers)
      switch Int.random(in: 0..<3, using: &numbers) {
      case 0: bytes.insert(contentsOf: interesting.randomElement(using: &numbers)?.utf8 ?? "".utf8, at: place)
      case 1: bytes.replaceSubrange(place..<end, with: interesting.randomElement(using: &numbers)?.utf8 ?? "".utf8)
      default: bytes.removeSubrange(place..<end)
      }
    }
    return bytes
  }

  private static func streams(_ seed: UInt64) -> [Stream] {
    let simple = Array("GET /after HTTP/1.1\r\nHost: b\r\n\r\n".utf8)
    let written = ParserCase.all.flatMap { one in
      [
        Stream(one.name, one.bytes, isWritten: true),
        Stream("\(one.name), and then", one.bytes + simple, isWritten: true),
      ]
    }
    var numbers = SeededGenerator(seed: seed)
    let accepted = ParserCase.all.filter { if case .accepted = $0.expected { true } else { false } }
    let random = (0..<1_500).map { index in
      let one = (index % 2 == 0 ? accepted : ParserCase.all).randomElement(using: &numbers)
      return Stream(
        "change \(index) of \(one?.name ?? "")", changed((one?.bytes ?? []) + simple, by: &numbers), isWritten: false)
    }
    return written + random
  }

  @Test("accepts no bytes in which h11, llhttp or nginx would see other messages", .timeLimit(.minutes(10)))
  func peers() throws {
    let given = ProcessInfo.processInfo.environment["NETRAL_SEED"].flatMap(UInt64.init)
    let seed = given ?? UInt64.random(in: 0...999_999)
    let file = FileManager.default.temporaryDirectory.appending(path: "netral-streams-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: file) }
    let encoder = JSONEncoder()
    let lines = try Self.streams(seed).map { try encoder.encode($0) }
    try Data(lines.joined(separator: [10])).write(to: file)
    let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let root = here.deletingLastPathComponent().deletingLastPathComponent()
    // Made by `scripts/prepare test`.
    let python = root.appending(path: ".build-python/bin/python").path
    do {
      _ = try Shell.output("'\(python)' -B '\(here.appending(path: "differential.py").path)' '\(file.path)'")
    } catch let failed as Shell.Failed {
      Issue.record("NETRAL_SEED=\(seed): \(failed.output)")
    }
  }
}
