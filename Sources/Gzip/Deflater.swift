internal import CZlib
internal import Synchronization

/// Compresses a stream of bytes piece by piece.
public final class Deflater: Sendable {
  /// What stands around the compressed bytes.
  public enum Form: Sendable {
    /// Header and trailer of one gzip member (RFC 1952).
    case gzip
    /// Nothing (RFC 1951).
    case raw
  }

  private let state: Mutex<ZStream>

  /// Begins.
  ///
  /// - Parameter level: 1 (fast) to 9 (small). Level 1 makes a fifth of JSON lines and keeps up with most networks.
  public init(level: Int32 = 1, as form: Form = .gzip) {
    precondition((1...9).contains(level), "zlib has nine levels")
    state = Mutex(
      ZStream(
        { form == .gzip ? czlib_deflate_gzip($0, level) : czlib_deflate_raw($0, level) }, end: { deflateEnd($0) }))
  }

  /// The compressed bytes that `bytes` give; what is held back comes with a later piece.
  public func compress(_ bytes: [UInt8]) -> [UInt8] { state.withLock { Self.run($0.pointer, bytes, Z_NO_FLUSH) } }

  /// What is still held back, and the trailer. Nothing may follow.
  public func finish() -> [UInt8] { state.withLock { Self.run($0.pointer, [], Z_FINISH) } }

  private static func run(_ stream: UnsafeMutablePointer<z_stream>, _ bytes: [UInt8], _ flush: Int32) -> [UInt8] {
    var output: [UInt8] = []
    bytes.withUnsafeBufferPointer { input in
      // zlib does not write to its input; its C interface leaves out `const`.
      stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
      stream.pointee.avail_in = UInt32(input.count)
      var isMore = true
      while isMore {
        let room = max(4_096, Int(deflateBound(stream, uLong(stream.pointee.avail_in))))
        output.append(addingCapacity: room) { span in
          span.withUnsafeMutableBufferPointer { buffer, count in
            stream.pointee.next_out = buffer.baseAddress
            stream.pointee.avail_out = UInt32(room)
            let code = deflate(stream, flush)
            count = room - Int(stream.pointee.avail_out)
            isMore = stream.pointee.avail_out == 0 || (flush == Z_FINISH && code == Z_OK)
          }
        }
      }
    }
    return output
  }
}
