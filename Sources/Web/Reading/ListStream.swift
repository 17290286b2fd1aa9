internal import Domain
internal import HTTPServer
internal import HTTPTypes

/// A list that is streamed whole: what was found in one snapshot is remembered by identity and version, and read in parts,
/// each in a short transaction, while writes go on. Nothing is held open for a client that takes its time.
enum ListStream {
  /// Items a part is made of: a few milliseconds of work, so that other agencies' parts get their turn.
  private static let partItems = 128

  /// - Parameters:
  ///   - header: what stands before the first item.
  ///   - find: what the list holds, in its order.
  ///   - write: writes a part; what the caller may no longer see is left out.
  /// - Throws: `too_many_requests`, `busy`.
  static func answer<Place: Sendable>(
    _ exchange: Exchange, _ format: ListFormat, header: [UInt8] = [],
    find: @escaping @Sendable (any CaseReads) throws -> [Place],
    write: @escaping @Sendable (ArraySlice<Place>) async throws -> [UInt8]
  ) async throws -> Answer {
    let slot = try exchange.takeStream()
    let (places, seq) = try await exchange.readPart { reads in (try find(reads), try reads.head()) }
    var answer = Answer(contentType: format.contentType)
    answer.fields = [
      Response.Field(name: .snapshotSequence, value: String(seq)),
      Response.Field(name: .snapshotCount, value: String(places.count)),
    ]
    let body = EncodedBody(exchange.request, &answer)
    answer.body = .stream { stream in
      try await stream.write(body.encode(header))
      try await send(places, exchange, body, write, to: stream)
      try await stream.write(body.finish([]))
      slot.keep()
    }
    return answer
  }

  /// The next part is read while this one is sent.
  private static func send<Place: Sendable>(
    _ places: [Place], _ exchange: Exchange, _ body: EncodedBody,
    _ write: @escaping @Sendable (ArraySlice<Place>) async throws -> [UInt8], to stream: ResponseStream
  ) async throws {
    @Sendable func part(from start: Int) async throws -> [UInt8] {
      if start >= places.count { return [] }
      return body.encode(try await write(places[start..<min(start + partItems, places.count)]))
    }
    var current = try await part(from: 0)
    for start in stride(from: partItems, to: places.count, by: partItems) {
      async let ahead = part(from: start)
      try await stream.write(current)
      try exchange.requireKey()
      current = try await ahead
    }
    try await stream.write(current)
  }
}
