import HTTPTypes

@testable import HTTPServer

/// The parser, the input buffer and the body decoder put together as a connection does, without a socket.
struct MessageStream {
  /// What comes out of a stream of bytes.
  enum Message: Equatable {
    case request(head: String, body: [UInt8])
    case refused(Int)
    case incomplete
  }

  private static let limits: Limits = {
    var limits = Limits()
    limits.requestLineBytesMax = 128
    limits.headBytesMax = 512
    limits.headFieldsMax = 8
    limits.streamBytesMax = 1_000
    return limits
  }()

  private var messages: [Message] = []
  private var input = InputBuffer()
  private var parser = RequestParser(limits: Self.limits)
  private var head: String?
  private var decoder = BodyDecoder.finished
  private var body: [UInt8] = []
  private var isRefused = false

  /// Reads the pieces one after the other.
  static func read(_ pieces: [ArraySlice<UInt8>]) -> [Message] {
    var stream = MessageStream()
    for piece in pieces where !stream.isRefused {
      piece.withUnsafeBytes { stream.input.append($0) }
      while !stream.isRefused, stream.head != nil || !stream.input.isEmpty, stream.step() {}
    }
    if !stream.isRefused, stream.head != nil || !stream.input.isEmpty { stream.messages.append(.incomplete) }
    return stream.messages
  }

  /// Goes on; false when more bytes are needed.
  private mutating func step() -> Bool {
    let bytes = input.bytes
    let rest = bytes.span.extracting(input.start..<bytes.count)
    do {
      guard head != nil else {
        guard let next = try parser.advance(over: rest) else { return false }
        let fields = RequestFields(bytes: input.takeFirst(next.byteCount), spans: next.spans)
        let lines = fields.map { "\($0.name): \($0.value)" }
        head = (["\(next.method) \(next.target) \(next.isHTTP10) \(next.closes)"] + lines).joined(separator: "\n")
        decoder = BodyDecoder(next.framing, bytesMax: Self.limits.streamBytesMax)
        return true
      }
      input.consume(try decoder.decode(rest, room: 7, into: &body))
    } catch {
      isRefused = true
      messages.append(.refused((error as? ServerFault)?.status.code ?? 400))
      return true
    }
    guard decoder.isFinished, let head else { return !input.isEmpty }
    messages.append(.request(head: head, body: body))
    self.head = nil
    body = []
    return true
  }
}
