/// The body of one request, read from the socket only as it is asked for.
///
/// The first read sends `100 Continue` when the client waits for it (RFC 9110 section 10.1.1). A body is read by one
/// task at a time and only while its request is being answered; later reads throw ``BodyFailure/disconnected``.
public struct RequestBody: Sendable {
  /// The declared length in bytes: nil when the body is chunked, 0 when there is none.
  public let declaredBytes: Int?

  /// What to read from; nil when there is no body.
  private let source: (connection: Connection, number: UInt64)?
  private let collectedBytesMax: Int

  init(declaredBytes: Int?, source: (connection: Connection, number: UInt64)?, collectedBytesMax: Int) {
    self.declaredBytes = declaredBytes
    self.source = source
    self.collectedBytesMax = collectedBytesMax
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
    guard let source else { return nil }
    return try await source.connection.nextBodyPiece(of: source.number)
  }
}
