internal import Foundation
internal import JSON

/// An answer of the service: the head has been read and says success, the lines of the body come as they are asked for.
struct CurlAnswer {
  private let exchange: CurlExchange

  /// Reads the head.
  ///
  /// - Throws: `SyncFault` when the service cannot be reached or does not answer with success.
  init(_ exchange: CurlExchange) throws {
    self.exchange = exchange
    let head = try Self.head(exchange)
    guard ![200, 201, 206].contains(head.status) else { return }
    throw try Self.refusal(head, exchange)
  }

  /// The next line of the body; nil at its end.
  ///
  /// - Throws: `SyncFault`.
  func nextLine() throws -> [UInt8]? { try exchange.nextLine() }

  /// All lines of a body that ends without saying so.
  ///
  /// - Throws: `SyncFault`, also when it was cut off.
  func allLines() throws -> [String] {
    var lines: [String] = []
    while let line = try nextLine() { lines.append(String(decoding: line, as: UTF8.self)) }
    if let fault = try exchange.fault() { throw fault }
    return lines
  }

  /// The whole body.
  ///
  /// - Throws: `SyncFault`, also when it was cut off or has more bytes than that.
  func allBytes(countMax: Int) throws -> [UInt8] {
    let bytes = try exchange.rest(countMax: countMax + 1)
    guard bytes.count <= countMax else {
      throw SyncFault.refused("the server sends more than \(countMax) bytes", code: nil)
    }
    if let fault = try exchange.fault() { throw fault }
    return bytes
  }

  /// All lines of a body that ends without saying so, parsed.
  ///
  /// - Throws: `SyncFault`, also when it was cut off.
  func allObjects() throws -> [JSONSource] {
    var objects: [JSONSource] = []
    while let object = try nextObject() { objects.append(object) }
    if let fault = try exchange.fault() { throw fault }
    return objects
  }

  /// The next line of the body, parsed; nil at its end.
  ///
  /// - Throws: `SyncFault`, also for a line that is no JSON object.
  func nextObject() throws -> JSONSource? {
    guard let line = try nextLine() else { return nil }
    do {
      return try JSONSource(parsing: line)
    } catch {
      throw SyncFault.refused("the server sends a line that is no JSON: \(error)", code: nil)
    }
  }

  /// Why the body ended before its last line.
  func cut() throws -> SyncFault {
    try exchange.fault() ?? .passing("the answer was cut off", retryAfterSeconds: nil)
  }

  private struct Head {
    var status = 0
    var isProblem = false
    var retryAfterSeconds: Int?
  }

  /// The head of the answer; those of interim ones (1xx) and of a proxy's own come before it.
  private static func head(_ exchange: CurlExchange) throws -> Head {
    var head = Head()
    while true {
      guard let bytes = try exchange.nextLine() else {
        throw try exchange.fault() ?? .passing("the server gives no answer", retryAfterSeconds: nil)
      }
      let line = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
      if line.hasPrefix("HTTP/") {
        let words = line.split(separator: " ")
        head = Head(status: words.count > 1 ? Int(words[1]) ?? 0 : 0)
      } else if line.isEmpty {
        if head.status >= 200 { return head }
      } else {
        let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
        guard parts.count == 2 else { continue }
        switch parts[0].lowercased() {
        case "content-type": head.isProblem = parts[1].hasPrefix("application/problem+json")
        case "retry-after": head.retryAfterSeconds = Int(parts[1])
        default: break
        }
      }
    }
  }

  /// What an answer without success says.
  private static func refusal(_ head: Head, _ exchange: CurlExchange) throws -> SyncFault {
    let body = try exchange.rest(countMax: 65_536)
    var text = "the server answers \(head.status)"
    var code: String?
    // A document that is broken says no more than the status.
    if head.isProblem, let problem = try? JSONSource(parsing: body) {
      if case .string(let name) = problem["code"] { code = name }
      if case .string(let detail) = problem["detail"] { text += ": \(detail)" }
      text += Self.places(problem)
    } else if (300..<400).contains(head.status) {
      text += ": give --server the address it sends to"
    }
    let isPassing = [408, 429, 500, 502, 503, 504].contains(head.status)
    return isPassing ? .passing(text, retryAfterSeconds: head.retryAfterSeconds) : .refused(text, code: code)
  }

  /// Where in what was sent the server found fault.
  private static func places(_ problem: JSONSource) -> String {
    guard case .array(let errors) = problem["errors"] else { return "" }
    return errors.prefix(3).map { error in
      guard case .object(let members) = error else { return "" }
      let texts = ["pointer", "parameter", "detail"].compactMap { name -> String? in
        if case .string(let text) = members[name] { text } else { nil }
      }
      return " (\(texts.joined(separator: ": ")))"
    }.joined()
  }
}
