internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import Service

/// A list that is streamed whole: what was found in one snapshot is remembered by identity and version, and read in parts,
/// each in a short transaction, while writes go on. Nothing is held open for a client that takes its time.
enum ListStream {
  /// Items a part is made of: a few milliseconds of work, so that other agencies' parts get their turn.
  private static let partItems = 128

  /// - Parameters:
  ///   - slot: the right to the stream.
  ///   - found: what the list holds, in its order, and the sequence at which it was found.
  ///   - table: the table whose rows the items are; nil of lines.
  ///   - write: writes a part; what the caller may no longer see is left out.
  static func answer<Place: Sendable>(
    _ call: Call, _ slot: StreamSlot, _ found: (places: [Place], seq: Int64), _ table: Table? = nil,
    write: @escaping @Sendable ([Place]) async throws -> [UInt8]
  ) throws(Failure) -> Answer {
    let (places, seq) = found
    try table?.requireRoom(forRows: places.count)
    var answer = table?.answer ?? Answer(contentType: call.format.contentType)
    answer.fields += [
      Response.Field(name: .snapshotSequence, value: String(seq)),
      Response.Field(name: .snapshotCount, value: String(places.count)),
    ]
    let body = EncodedBody(call.request, &answer, table)
    answer.body = .stream { stream in
      try await stream.write(body.begin([]))
      try await send(places, call, body, write, to: stream)
      try await stream.write(body.finish([]))
      slot.keep()
    }
    return answer
  }

  /// The next part is read while this one is sent.
  private static func send<Place: Sendable>(
    _ places: [Place], _ call: Call, _ body: EncodedBody,
    _ write: @escaping @Sendable ([Place]) async throws -> [UInt8], to stream: ResponseStream
  ) async throws {
    @Sendable func part(from start: Int) async throws -> [UInt8] {
      if start >= places.count { return [] }
      return body.encode(try await write(Array(places[start..<min(start + partItems, places.count)])))
    }
    var current = try await part(from: 0)
    for start in stride(from: partItems, to: places.count, by: partItems) {
      async let ahead = part(from: start)
      try await stream.write(current)
      try call.requireKey()
      current = try await ahead
    }
    try await stream.write(current)
  }
}
