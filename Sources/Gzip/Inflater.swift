internal import CZlib
internal import Synchronization

/// Decompresses gzip (RFC 1952), one member or several, piece by piece.
public final class Inflater: Sendable {
  /// Why bytes could not be decompressed.
  public enum Fault: Error, Sendable {
    /// They are not gzip, or were changed on their way.
    case corrupt
    /// They ended before the member did.
    case truncated
  }

  private struct State: ~Copyable {
    let stream = ZStream({ czlib_inflate_gzip($0) }, end: { inflateEnd($0) })
    var isAtEnd = false
    /// Whether zlib may hold bytes for which there was no room.
    var hasMore = false
  }

  private let state = Mutex(State())

  /// Begins with the first member.
  public init() {}

  /// Takes some of `input` and returns what it gives: at most 64 KiB, so that a few bytes that stand for gigabytes cost
  /// no memory. Nil when all of `input` is taken and nothing is held back.
  ///
  /// - Throws: `corrupt`, also for what follows a member and is none.
  public func next(from input: inout ArraySlice<UInt8>) throws(Fault) -> [UInt8]? {
    let (result, rest) = state.withLock { [input] state in
      var input = input
      return (Result { () throws(Fault) in try Self.next(&state, &input) }, input)
    }
    input = rest
    return try result.get()
  }

  /// - Throws: `truncated` when the last member has not ended.
  public func finish() throws(Fault) {
    if !state.withLock({ $0.isAtEnd }) { throw .truncated }
  }

  private static let pieceBytes = 65_536

  private static func next(_ state: inout State, _ input: inout ArraySlice<UInt8>) throws(Fault) -> [UInt8]? {
    while !input.isEmpty || state.hasMore {
      let output = try step(&state, &input)
      if !output.isEmpty { return output }
    }
    return nil
  }

  private static func step(_ state: inout State, _ input: inout ArraySlice<UInt8>) throws(Fault) -> [UInt8] {
    let stream = state.stream.pointer
    if state.isAtEnd {
      // Zeros may fill up what the last member has left of a block, as `gzip` takes them.
      input = input.drop { $0 == 0 }
      if input.isEmpty { return [] }
      // Another member follows.
      guard inflateReset(stream) == Z_OK else { throw .corrupt }
      state.isAtEnd = false
    }
    var output: [UInt8] = []
    var code = Z_OK
    let taken = input.withUnsafeBufferPointer { bytes in
      // zlib does not write to its input; its C interface leaves out `const`.
      stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
      stream.pointee.avail_in = UInt32(bytes.count)
      output.append(addingCapacity: pieceBytes) { span in
        span.withUnsafeMutableBufferPointer { buffer, count in
          stream.pointee.next_out = buffer.baseAddress
          stream.pointee.avail_out = UInt32(pieceBytes)
          code = inflate(stream, Z_NO_FLUSH)
          count = pieceBytes - Int(stream.pointee.avail_out)
        }
      }
      return bytes.count - Int(stream.pointee.avail_in)
    }
    input = input.dropFirst(taken)
    state.hasMore = stream.pointee.avail_out == 0 && code == Z_OK
    state.isAtEnd = code == Z_STREAM_END
    // Z_BUF_ERROR says only that nothing could be done with what is there.
    guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else { throw .corrupt }
    return output
  }
}
