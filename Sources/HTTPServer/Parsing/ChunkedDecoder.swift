/// Takes the chunked coding off a body (RFC 9112 section 7.1); a pure value.
///
/// Extensions and trailers are checked, bounded and dropped.
struct ChunkedDecoder {
  private enum State {
    case size(digits: Int)
    case beforeExtension
    case chunkExtension
    case sizeLineFeed
    case data
    case dataCarriageReturn
    case dataLineFeed
    case trailerStart
    case trailerName
    case trailerValue
    case trailerLineFeed
    case lastLineFeed
    case finished
  }

  private let bytesMax: Int
  private var state = State.size(digits: 0)
  /// Size of the chunk being announced, then what of it is still to come.
  private var remaining = 0
  private var total = 0
  private var lineExtensionBytes = 0
  private var extensionBytes = 0
  private var trailerBytes = 0

  init(bytesMax: Int) {
    self.bytesMax = bytesMax
  }

  var isFinished: Bool {
    if case .finished = state { true } else { false }
  }

  /// Decodes from the start of `bytes` until they, the body, or `room` bytes of data are used up.
  ///
  /// - Returns: how many of `bytes` were consumed.
  /// - Throws: `.malformed`, or `.tooLarge` as soon as the announced chunks exceed the limit.
  mutating func decode(
    _ bytes: Span<UInt8>, room: Int, into data: inout [UInt8]
  ) throws(BodyFailure) -> Int {
    var index = 0
    var room = room
    while index < bytes.count, !isFinished {
      if case .data = state {
        let count = min(remaining, room, bytes.count - index)
        if count == 0 { break }
        bytes.extracting(index..<index + count).withUnsafeBufferPointer { data.append(contentsOf: $0) }
        index += count
        room -= count
        remaining -= count
        if remaining == 0 { state = .dataCarriageReturn }
      } else {
        state = try next(bytes[index])
        index += 1
      }
    }
    return index
  }

  private mutating func next(_ byte: UInt8) throws(BodyFailure) -> State {
    switch state {
    case .size(let digits): return try nextInSize(byte, digits)
    case .beforeExtension, .chunkExtension: return try nextInExtension(byte)
    case .sizeLineFeed:
      guard byte == .lineFeed else { throw .malformed }
      return remaining == 0 ? .trailerStart : .data
    case .dataCarriageReturn:
      guard byte == .carriageReturn else { throw .malformed }
      return .dataLineFeed
    case .dataLineFeed:
      guard byte == .lineFeed else { throw .malformed }
      lineExtensionBytes = 0
      return .size(digits: 0)
    case .trailerStart, .trailerName, .trailerValue, .trailerLineFeed: return try nextInTrailer(byte)
    case .lastLineFeed:
      guard byte == .lineFeed else { throw .malformed }
      return .finished
    case .data, .finished: return state
    }
  }

  private mutating func nextInSize(_ byte: UInt8, _ digits: Int) throws(BodyFailure) -> State {
    if let digit = byte.hexDigitValue {
      // Sixteen digits hold every 64-bit number; the shift below must not lose any.
      guard digits < 16, remaining <= Int.max >> 4 else { throw .malformed }
      remaining = remaining << 4 | digit
      return .size(digits: digits + 1)
    }
    guard digits > 0 else { throw .malformed }
    guard remaining <= bytesMax - total else { throw .tooLarge }
    total += remaining
    switch byte {
    case .carriageReturn: return .sizeLineFeed
    case UInt8(ascii: ";"), .space, .tab:
      state = .beforeExtension
      return try nextInExtension(byte)
    default: throw .malformed
    }
  }

  private mutating func nextInExtension(_ byte: UInt8) throws(BodyFailure) -> State {
    lineExtensionBytes += 1
    extensionBytes += 1
    guard lineExtensionBytes <= FixedLimit.chunkExtensionBytesMax,
      extensionBytes <= FixedLimit.chunkExtensionsBytesMax
    else { throw .malformed }
    if case .beforeExtension = state {
      // White space is allowed here only before a semicolon.
      switch byte {
      case .space, .tab: return .beforeExtension
      case UInt8(ascii: ";"): return .chunkExtension
      default: throw .malformed
      }
    }
    if byte == .carriageReturn { return .sizeLineFeed }
    guard byte.isFieldContent else { throw .malformed }
    return .chunkExtension
  }

  private mutating func nextInTrailer(_ byte: UInt8) throws(BodyFailure) -> State {
    trailerBytes += 1
    guard trailerBytes <= FixedLimit.trailerBytesMax else { throw .malformed }
    switch state {
    case .trailerStart:
      if byte == .carriageReturn { return .lastLineFeed }
      guard ByteSet.token.contains(byte) else { throw .malformed }
      return .trailerName
    case .trailerName:
      if byte == UInt8(ascii: ":") { return .trailerValue }
      guard ByteSet.token.contains(byte) else { throw .malformed }
      return .trailerName
    case .trailerValue:
      if byte == .carriageReturn { return .trailerLineFeed }
      guard byte.isFieldContent else { throw .malformed }
      return .trailerValue
    default:
      guard byte == .lineFeed else { throw .malformed }
      return .trailerStart
    }
  }
}
