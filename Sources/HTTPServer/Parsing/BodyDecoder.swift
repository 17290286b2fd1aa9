/// Takes the body of one request out of the bytes that follow its head; a pure value.
enum BodyDecoder {
  case finished
  case length(remaining: Int)
  case chunked(ChunkedDecoder)

  init(_ framing: BodyFraming, bytesMax: Int) {
    switch framing {
    case .none, .length(0): self = .finished
    case .length(let count): self = .length(remaining: count)
    case .chunked: self = .chunked(ChunkedDecoder(bytesMax: bytesMax))
    }
  }

  var isFinished: Bool {
    if case .finished = self { true } else { false }
  }

  /// Decodes from the start of `bytes` until they, the body, or `room` bytes of data are used up.
  ///
  /// - Returns: how many of `bytes` were consumed.
  /// - Throws: `.malformed` or `.tooLarge`, by the chunked coding only.
  mutating func decode(_ bytes: Span<UInt8>, room: Int, into data: inout [UInt8]) throws(BodyFailure) -> Int {
    switch self {
    case .finished:
      return 0
    case .length(let remaining):
      let count = min(remaining, room, bytes.count)
      bytes.extracting(0..<count).withUnsafeBufferPointer { data.append(contentsOf: $0) }
      self = count == remaining ? .finished : .length(remaining: remaining - count)
      return count
    case .chunked(var decoder):
      let count = try decoder.decode(bytes, room: room, into: &data)
      self = decoder.isFinished ? .finished : .chunked(decoder)
      return count
    }
  }
}
