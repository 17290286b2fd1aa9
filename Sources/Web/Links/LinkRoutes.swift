internal import Domain
internal import HTTPTypes
internal import JSON
internal import Service

/// Ties between cases.
enum LinkRoutes {
  /// POST /v1/cases/{id}/links: `{"case_id": "…", "relation": "same_act" | "same_person"}`
  static func create(_ call: Call, _ visible: VisibleCase, _ links: LinkService) async throws -> Answer {
    let write = try await Write(call)
    let reader = try ObjectReader(write.body)
    let (other, relation) = read(reader)
    try reader.errors.check()
    guard let other, let relation else { throw Failure.invalid("/case_id", .format, Hint.identity) }
    let done = try await links.create(relation, to: other, on: visible, by: call.asker, write.intent)
    let isReader = call.asker.holds(.casesRead)
    var answer = Answer.json(.created) { Self.write(done.value, isReceipt: !isReader, to: &$0) }
    answer.tell(write.intent, isReplayed: done.isReplayed)
    return answer
  }

  /// Reads the body of a tie. Errors are collected in the reader.
  static func read(_ body: ObjectReader) -> (other: CaseID?, relation: LinkRelation?) {
    let other = body.identity("case_id", required: true).flatMap { CaseID($0) }
    let relation = body.code("relation", LinkRelation.self, required: true)
    body.finish()
    return (other, relation)
  }

  /// GET /v1/cases/{id}/links: whole, as long as they fit a page.
  static func list(_ call: Call, _ visible: VisibleCase, _ links: LinkService) async throws -> Answer {
    let list = try WholeList(call, at: "/v1/cases/\(visible.id)/links")
    return try await links.links(on: visible, by: call.asker) { links, isSeen in
      try list.answer(links) { link in
        guard try isSeen(link) else { return nil }
        var writer = JSONWriter(reserving: 256)
        write(link, to: &writer)
        return writer.bytes
      }
    }
  }

  /// GET /v1/cases/{id}/related: cases that may belong to this one, with what they share.
  static func related(_ call: Call, _ visible: VisibleCase, _ links: LinkService) async throws -> Answer {
    try await links.related(to: visible, by: call.asker) { found in
      var page = ListPage(call)
      for candidate in found {
        _ = page.add { writer in
          writer.object { writer in
            writer.member("case_id", candidate.stub.id.description)
            writer.member("number", candidate.number)
            writer.member("shared", strings: candidate.shared.map(\.rawValue))
          }
        }
      }
      return page.answer(next: nil, at: nil)
    }
  }

  /// - Parameter isReceipt: true for a key that may not read cases: who has tied them before, and when, is not told.
  private static func write(_ link: Link, isReceipt: Bool = false, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("case_id", link.other.description)
      writer.member("relation", link.relation.rawValue)
      if !isReceipt {
        writer.member("linked_by", link.linkedBy.rawValue)
        writer.member("linked_at", link.linkedAt.description)
      }
    }
  }
}
