internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON
internal import Service

/// GET /v1/keys: every key of the caller's agency, so that one which was made behind its back is seen.
enum KeyListRoutes {
  static func list(_ call: Call, _ keys: KeyService) throws -> Answer {
    let (query, format, agency) = (call.query, call.format, try call.asker.agency())
    // Lines and rows come whole unless a limit is given; an agency has few keys.
    let limit = try query.int("limit", in: 1...200) ?? (format == .json ? 50 : .max)
    let cursors = call.cursors(of: "/v1/keys")
    let start = try query["cursor"].map { text throws(Failure) in try cursors.open(text).place }
    let all = try keys.list(by: call.asker).filter { $0.key.owner == .agency(agency) }
    let rest = all.sorted { $1.isBefore($0.position) }.filter { key in start.map(key.isBefore) ?? true }
    let page = Array(rest.prefix(limit))
    let cursor =
      try rest.count == page.count ? nil : page.last.map { try cursors.seal($0.position) }
    let table = Table(call, ListedKey.title, ListedKey.columns)
    var answer =
      table.map { $0.answer(ListedKey.rows(page, $0)) }
      ?? Answer(contentType: format.contentType, body: .bytes(bytes(page, cursor, format)))
    if let cursor {
      answer.fields.append(
        Response.Field(
          name: .link, value: "</v1/keys?cursor=\(cursor)&limit=\(limit)\(query.presentationPart)>; rel=\"next\""))
    }
    return answer
  }

  private static func bytes(_ page: [ListedKey], _ cursor: String?, _ format: ListFormat) -> [UInt8] {
    if format == .ndjson {
      return page.flatMap { key in
        var writer = JSONWriter()
        key.write(to: &writer)
        return writer.bytes + [UInt8(ascii: "\n")]
      }
    }
    return JSONWriter.object { writer in
      writer.array("items", of: page) { writer, key in key.write(to: &writer) }
      writer.member("next_cursor", cursor)
    }
  }
}
