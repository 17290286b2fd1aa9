internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import Service

/// GET /v1/exports/cases: every case the caller sees, as it stood at one sequence.
enum ExportRoutes {
  static func cases(_ call: Call, _ exports: ExportService) async throws -> Answer {
    let (seq, after) = (try call.query.sequence("seq"), try after(call.query))
    let isProving = try call.query.proving(in: call.format)
    // Last, so that a request that asks for nothing sensible costs nothing.
    let slot = try exports.begin(by: call.asker)
    let snapshot = try await exports.snapshot(at: seq, by: call.asker)
    let table = CaseTable(call, exports.reference, call.fields)
    try table?.table.requireRoom(forRows: snapshot.count)
    let document = SnapshotDocument(
      snapshot: snapshot, table: table, after: after, isProving: isProving, fields: call.fields)
    var answer = table?.table.answer ?? Answer(contentType: call.format.contentType)
    answer.fields += [
      Response.Field(name: .snapshotSequence, value: String(snapshot.seq)),
      Response.Field(name: .snapshotCount, value: String(snapshot.count)),
    ]
    let body = EncodedBody(call.request, &answer, table?.table)
    answer.body = .stream { stream in
      try await stream.write(body.begin(document.header))
      let count = try await write(document, body, call, exports, to: stream)
      try await stream.write(body.finish(document.trailer(count)))
      slot.keep()
    }
    return answer
  }

  /// Writes the cases; the next part is read while this one is sent. Returns how many they were.
  private static func write(
    _ document: SnapshotDocument, _ body: EncodedBody, _ call: Call, _ exports: ExportService,
    to stream: ResponseStream
  ) async throws -> Int {
    @Sendable func part(_ id: CaseID) async throws -> SnapshotPart {
      try await exports.part(of: document.snapshot, after: id, by: call.asker, proving: document.isProving) {
        body.encode(document.part($0))
      }
    }
    var current = try await part(document.after ?? .lowest)
    var count = current.count
    while let next = current.next {
      async let ahead = part(next)
      try await stream.write(current.bytes)
      try call.requireKey()
      current = try await ahead
      count += current.count
    }
    try await stream.write(current.bytes)
    return count
  }

  private static func after(_ query: Query) throws(Failure) -> CaseID? {
    guard let text = query["after"] else { return nil }
    guard let id = CaseID(text) else {
      throw .parameter("after", LocalizedText(en: "Give the identity of a case.", inIndonesian: "Isi identitas kasus."))
    }
    return id
  }
}
