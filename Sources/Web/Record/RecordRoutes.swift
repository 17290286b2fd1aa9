internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON
internal import Merkle
internal import Service

/// /v1/record: what makes the record provable, after C2SP tlog-tiles and tlog-cosignature.
enum RecordRoutes {
  /// GET /v1/record/checkpoint
  static func checkpoint(_ call: Call, _ log: LogService) throws -> Answer {
    Answer(contentType: "text/plain; charset=utf-8", body: .bytes(try log.checkpoint(by: call.asker)))
  }

  /// GET /v1/record/keys
  static func keys(_ call: Call, _ log: LogService) throws -> Answer {
    Answer(contentType: "text/plain; charset=utf-8", body: .bytes(try log.handovers(by: call.asker)))
  }

  /// GET /v1/record/tile/{level}/{index}: a tile never changes.
  static func tile(_ call: Call, _ log: LogService) throws -> Answer {
    let path = "tile/" + call.parameters.joined(separator: "/")
    var answer = Answer(contentType: "application/octet-stream", body: .bytes(try log.tile(path, by: call.asker)))
    answer.isPublic = true
    return answer
  }

  /// GET /v1/record/leaves, `from`, `limit` (1 to 10,000), `proof`
  static func leaves(_ call: Call, _ log: LogService) async throws -> Answer {
    let (from, limit) = try range(call)
    let proving = try call.query.proving(in: call.format)
    var page = ListPage(call)
    for leaf in try await log.leaves(from: from, limit: limit, proving: proving, by: call.asker) {
      let isAdded = page.add { writer in
        writer.object { writer in
          writeMembers(leaf, to: &writer)
          leaf.proof?.writeMember(to: &writer)
        }
      }
      if !isAdded { break }
    }
    return page.answer(next: nil, at: nil)
  }

  /// GET /v1/record/administration, `from`, `limit`: keys in full for their own agency.
  static func administration(_ call: Call, _ log: LogService) throws -> Answer {
    let (from, limit) = try range(call)
    var page = ListPage(call)
    for leaf in try log.administration(from: from, limit: limit, by: call.asker) {
      let isAdded = page.add { writer in
        writer.object { writer in
          writeMembers(leaf, to: &writer)
          writer.name("content")
          if let content = leaf.content { writer.raw(content) } else { writer.null() }
        }
      }
      if !isAdded { break }
    }
    return page.answer(next: nil, at: nil)
  }

  /// GET /v1/record/witnesses
  static func witnesses(_ call: Call, _ log: LogService) throws -> Answer {
    var page = ListPage(call)
    for witness in try log.witnesses(by: call.asker) { _ = page.add { write(witness, to: &$0) } }
    return page.answer(next: nil, at: nil)
  }

  /// PUT /v1/record/witness, of the caller's agency: `{"key": "…"}`
  static func register(_ call: Call, _ log: LogService) async throws -> Answer {
    let reader = try ObjectReader(try await call.json())
    let key = self.key(reader)
    try reader.errors.check()
    let witness = try await log.register(key ?? "", by: call.asker, dryRun: call.dryRun)
    var answer = Answer.json { write(witness, to: &$0) }
    answer.tell(dryRun: call.dryRun)
    return answer
  }

  /// Reads the body of a registration. Errors are collected in the reader.
  static func key(_ body: ObjectReader) -> String? {
    let key = body.text("key", max: 400, required: true)
    body.finish()
    return key
  }

  /// POST /v1/record/cosignatures: a checkpoint with the agency's line.
  static func cosign(_ call: Call, _ log: LogService) async throws -> Answer {
    let witness = try await log.cosign(try await call.bytes(), by: call.asker, dryRun: call.dryRun)
    var answer = Answer.json(.created) { write(witness, to: &$0) }
    answer.tell(dryRun: call.dryRun)
    return answer
  }

  private static func range(_ call: Call) throws(Failure) -> (from: Int64, limit: Int) {
    (
      Int64(try call.query.int("from", in: 0...Int(Int64.max / 2)) ?? 0),
      try call.query.int("limit", in: 1...10_000) ?? 1_000
    )
  }

  private static func writeMembers(_ leaf: LoggedLeaf, to writer: inout JSONWriter) {
    writer.member("index", leaf.index)
    writer.member("kind", leaf.kind.rawValue)
    writer.member("agency", leaf.agency?.rawValue)
    writer.member("seq", leaf.seq)
    writer.member("hash", leaf.hash.base64)
  }

  private static func write(_ witness: RecordWitness, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("agency", witness.agency.rawValue)
      writer.member("key", witness.key)
      writer.member("size", witness.cosigned?.size)
      writer.member("cosigned_at", witness.cosigned?.at.description)
      writer.member("note", witness.cosigned?.note)
    }
  }
}
