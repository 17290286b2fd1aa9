internal import JSON
internal import Synchronization
internal import TestSupport
internal import Testing

/// The description that the service gives of itself. Every visitor holds the answers it is given against it.
final class Contract: Sendable {
  static let shared = Contract()

  private struct State {
    var document: JSONValue?
    var seen: [String: Int] = [:]
  }
  private let state = Mutex(State())

  /// Answers of one operation and status that are all looked at; of more, every fiftieth.
  private static let alwaysChecked = 30

  var isKnown: Bool { state.withLock { $0.document != nil } }

  func learn(_ document: JSONValue) { state.withLock { $0.document = document } }

  /// - Parameter isOfParts: whether the answer may have chosen members alone.
  func check(_ method: String, _ target: String, _ answer: HTTPAnswer, isOfParts: Bool) {
    guard method != "HEAD", method != "OPTIONS", answer.status != 308,
      answer["content-encoding"] == nil, let document = state.withLock({ $0.document })
    else { return }
    let path = target.split(separator: "?", maxSplits: 1).first.map(String.init) ?? target
    guard let (template, operation) = operation(method, path, document) else { return }
    let count = state.withLock { state in
      state.seen["\(method) \(template) \(answer.status)", default: 0] += 1
      return state.seen["\(method) \(template) \(answer.status)"] ?? 0
    }
    guard count <= Self.alwaysChecked || count % 50 == 0 else { return }
    let faults = faults(answer, operation, SchemaCheck(document: document, isOfParts: isOfParts))
    #expect(faults.isEmpty, "\(method) \(template) \(answer.status): \(faults.prefix(5)) \(answer.text.prefix(300))")
  }

  private func operation(_ method: String, _ path: String, _ document: JSONValue) -> (String, JSONValue)? {
    let segments = path.split(separator: "/", omittingEmptySubsequences: false)
    let paths = document["paths"].members
    let fitting = paths.filter { template, _ in
      let parts = template.split(separator: "/", omittingEmptySubsequences: false)
      return parts.count == segments.count && zip(parts, segments).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
    }
    // What is fixed wins over a parameter.
    guard let best = fitting.min(by: { parameters($0.name) < parameters($1.name) }) else { return nil }
    let operation = best.value[method.lowercased()]
    return operation == .null ? nil : (best.name, operation)
  }

  private func parameters(_ template: String) -> Int { template.count { $0 == "{" } }

  private func faults(_ answer: HTTPAnswer, _ operation: JSONValue, _ check: SchemaCheck) -> [String] {
    var reply = operation["responses"][String(answer.status)]
    if case .string(let reference) = reply["$ref"] { reply = check.resolve(reference) ?? .null }
    guard reply != .null else { return ["the status is not described"] }
    if answer.status == 204 || answer.status == 304 { return [] }
    // What was written while too many answers were left unread has no body.
    if answer["preference-applied"] == "return=minimal", answer.body.isEmpty { return [] }
    let type = answer["content-type"]?.split(separator: ";").first.map(String.init) ?? ""
    let content = reply["content"][type]
    guard content != .null else { return ["the type \(type) is not described"] }
    switch type {
    case "application/problem+json":
      let codes = reply["x-problem-codes"].items
      let code = answer.json["code"]
      return check.faults(in: answer.json, against: content["schema"])
        + (codes.contains(code) ? [] : ["the code \(code) is not described"])
    case "application/json":
      return check.faults(in: answer.json, against: content["schema"])
    case "application/x-ndjson":
      guard answer["content-encoding"] == nil else { return [] }
      return answer.lines.prefix(20).flatMap { line in
        check.faults(in: (try? JSONValue.parse(Array(line.utf8))) ?? .null, against: content["x-itemSchema"])
      }
    default: return []
    }
  }
}

extension JSONValue {
  /// The members of an object; none of anything else.
  var members: [(name: String, value: JSONValue)] { if case .object(let object) = self { object.members } else { [] } }
}
