internal import Synchronization

/// The body of one request, read from the socket only as it is asked for.
///
/// The first read sends `100 Continue` when the client waits for it (RFC 9110 section 10.1.1). A body is read by one
/// task at a time and only while its request is being answered; later reads throw ``BodyFailure/disconnected``.
public struct RequestBody: Sendable {
  /// Where the bytes come from.
  private enum Source: Sendable {
    case connection(Connection, number: UInt64)
    /// They are here; given out once.
    case whole(Bytes)
  }

  private final class Bytes: Sendable {
    private let left: Mutex<[UInt8]>

    init(_ bytes: [UInt8]) { left = Mutex(bytes) }

    /// The next piece, as long as those of a connection.
    func next() -> [UInt8]? {
      left.withLock { left in
        if left.isEmpty { return nil }
        let piece = Array(left.prefix(65_536))
        left.removeFirst(piece.count)
        return piece
      }
    }
  }

  /// The declared length in bytes: nil when the body is chunked, 0 when there is none.
  public let declaredBytes: Int?

  /// What to read from; nil when there is no body.
  private let source: Source?
  private let collectedBytesMax: Int

  init(declaredBytes: Int?, source: (connection: Connection, number: UInt64)?, collectedBytesMax: Int) {
    self.declaredBytes = declaredBytes
    self.source = source.map { .connection($0.connection, number: $0.number) }
    self.collectedBytesMax = collectedBytesMax
  }

  /// A body that is here already.
  init(whole bytes: [UInt8]) {
    declaredBytes = bytes.count
    source = bytes.isEmpty ? nil : .whole(Bytes(bytes))
    collectedBytesMax = .max
  }

  /// Reads the whole body, or what is left of it.
  ///
  /// - Parameter bytesMax: most bytes to take; ``Limits/bodyBytesMax`` bounds it from above.
  /// - Throws: `.tooLarge` when there are more, at once where the length is declared; else as ``next()``.
  public func collect(bytesMax: Int) async throws(BodyFailure) -> [UInt8] {
    let bytesMax = Swift.min(bytesMax, collectedBytesMax)
    if let declaredBytes, declaredBytes > bytesMax { throw .tooLarge }
    guard var all = try await next() else { return [] }
    if all.count < declaredBytes ?? 0 { all.reserveCapacity(declaredBytes ?? 0) }
    while all.count <= bytesMax {
      guard let piece = try await next() else { return all }
      all += piece
    }
    throw .tooLarge
  }

  /// Reads the next piece: at least 1 byte, at most 64 KiB; nil at the end.
  ///
  /// - Throws: `.tooLarge` beyond ``Limits/streamBytesMax`` in all, `.tooSlow` below
  ///   ``Limits/bodyBytesPerSecondMin``, `.malformed` when the chunked coding is broken, `.disconnected` when the
  ///   client went away or stopped before the end. After any of them the connection closes with the answer.
  public func next() async throws(BodyFailure) -> [UInt8]? {
    switch source {
    case nil: return nil
    case .connection(let connection, let number): return try await connection.nextBodyPiece(of: number)
    case .whole(let bytes): return bytes.next()
    }
  }
}
