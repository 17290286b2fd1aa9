import HTTPTypes
import Testing

@testable import HTTPServer

/// What the pure parser makes of a sequence of bytes.
enum Outcome: Equatable, CustomStringConvertible {
  case request(line: String, fields: [String], body: String)
  case refused(Int)
  case badBody(BodyFailure)
  case incomplete

  var description: String {
    switch self {
    case .request(let line, let fields, let body): "\(line) \(fields) \(body.debugDescription)"
    case .refused(let status): "refused with \(status)"
    case .badBody(let failure): "body \(failure)"
    case .incomplete: "incomplete"
    }
  }
}

/// Puts the parser, the input buffer and the body decoder together as a connection does, without a socket.
struct MessageReader {
  /// Small limits, so that every length can be tried at every split.
  static let limits: Limits = {
    var limits = Limits()
    limits.requestLineBytesMax = 64
    limits.headBytesMax = 512
    limits.headFieldsMax = 8
    limits.streamBytesMax = 1_000
    return limits
  }()

  private(set) var outcomes: [Outcome] = []
  private var input = InputBuffer()
  private var parser = RequestParser(limits: Self.limits)
  private var head: (line: String, fields: [String])?
  private var decoder = BodyDecoder.finished
  private var body: [UInt8] = []
  private var isRefused = false

  /// Reads the pieces one after the other.
  static func read(_ pieces: [ArraySlice<UInt8>]) -> [Outcome] {
    var reader = MessageReader()
    for piece in pieces where !piece.isEmpty { reader.feed(piece) }
    let isBetween = reader.input.isEmpty && reader.head == nil
    return reader.outcomes + (isBetween || reader.isRefused ? [] : [.incomplete])
  }

  private mutating func feed(_ piece: ArraySlice<UInt8>) {
    guard !isRefused else { return }
    piece.withUnsafeBytes { input.append($0) }
    while !isRefused, head != nil || !input.isEmpty {
      guard step() else { return }
    }
  }

  /// Goes on with the head or the body; false when more bytes are needed.
  private mutating func step() -> Bool {
    if head == nil {
      do throws(ServerFault) {
        let bytes = input.bytes
        guard let next = try parser.advance(over: bytes.span.extracting(input.start..<bytes.count)) else {
          return false
        }
        let fields = RequestFields(bytes: input.takeFirst(next.byteCount), spans: next.spans)
        head = ("\(next.method) \(next.target)", fields.map { "\($0.name)=\($0.value)" })
        decoder = BodyDecoder(next.framing, bytesMax: Self.limits.streamBytesMax)
      } catch {
        isRefused = true
        outcomes.append(.refused(error.status.code))
      }
      return true
    }
    return stepInBody()
  }

  private mutating func stepInBody() -> Bool {
    do throws(BodyFailure) {
      let bytes = input.bytes
      input.consume(
        try decoder.decode(bytes.span.extracting(input.start..<bytes.count), room: 7, into: &body))
    } catch {
      isRefused = true
      outcomes.append(.badBody(error))
      return true
    }
    guard decoder.isFinished, let head else { return !input.isEmpty }
    outcomes.append(.request(line: head.line, fields: head.fields, body: String(decoding: body, as: UTF8.self)))
    self.head = nil
    body = []
    return true
  }
}

/// One sequence of bytes and what must become of it.
struct ParserCase: Sendable, CustomTestStringConvertible {
  enum Expected: Sendable {
    /// Method and target, and the body.
    case accepted(String, body: String)
    case refused(Int)
    case badBody(BodyFailure)
    case incomplete
  }

  let name: String
  let bytes: [UInt8]
  let expected: Expected

  var testDescription: String { name }

  static func accept(_ name: String, _ text: String, _ line: String, body: String = "") -> ParserCase {
    ParserCase(name: name, bytes: Array(text.utf8), expected: .accepted(line, body: body))
  }

  static func refuse(_ status: Int, _ name: String, _ text: String) -> ParserCase {
    ParserCase(name: name, bytes: Array(text.utf8), expected: .refused(status))
  }

  static func refuse(_ status: Int, _ name: String, bytes: [UInt8]) -> ParserCase {
    ParserCase(name: name, bytes: bytes, expected: .refused(status))
  }

  static func badBody(_ failure: BodyFailure, _ name: String, _ text: String) -> ParserCase {
    ParserCase(name: name, bytes: Array(text.utf8), expected: .badBody(failure))
  }

  static func wait(_ name: String, _ text: String) -> ParserCase {
    ParserCase(name: name, bytes: Array(text.utf8), expected: .incomplete)
  }

  func matches(_ outcomes: [Outcome]) -> Bool {
    guard outcomes.count == 1 else { return false }
    switch (expected, outcomes[0]) {
    case (.accepted(let line, let body), .request(let seenLine, _, let seenBody)):
      return line == seenLine && body == seenBody
    case (.refused(let status), .refused(let seenStatus)): return status == seenStatus
    case (.badBody(let failure), .badBody(let seenFailure)): return failure == seenFailure
    case (.incomplete, .incomplete): return true
    default: return false
    }
  }
}
