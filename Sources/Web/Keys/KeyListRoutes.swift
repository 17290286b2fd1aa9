internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON

/// GET /v1/keys: every key of the caller's agency, so that one which was made behind its back is seen.
enum KeyListRoutes {
  static func list(_ exchange: Exchange) async throws -> Answer {
    let query = try exchange.query()
    let format = try exchange.format(query)
    let agency = try exchange.agency()
    // Lines and rows come whole unless a limit is given; an agency has few keys.
    let limit = try query.int("limit", in: 1...200) ?? (format == .json ? 50 : .max)
    let cursors = exchange.cursors(of: "/v1/keys")
    let start = try query["cursor"].map { text throws(Failure) in try cursors.open(text).place }
    let all = try ListedKey.all(exchange).filter { $0.key.owner == .agency(agency) }
    let rest = all.sorted { $1.isBefore($0.position) }.filter { key in start.map(key.isBefore) ?? true }
    let page = Array(rest.prefix(limit))
    let cursor =
      try rest.count == page.count ? nil : page.last.map { try cursors.seal($0.position) }
    var answer = Answer(contentType: format.contentType, body: .bytes(bytes(page, cursor, format)))
    if let cursor {
      answer.fields.append(
        Response.Field(
          name: .link, value: "</v1/keys?cursor=\(cursor)&limit=\(limit)\(query.formatPart)>; rel=\"next\""))
    }
    return answer
  }

  private static func bytes(_ page: [ListedKey], _ cursor: String?, _ format: ListFormat) -> [UInt8] {
    if format == .csv { return ListedKey.csv(page) }
    if format == .ndjson {
      return page.flatMap { key in
        var writer = JSONWriter()
        key.write(to: &writer)
        return writer.bytes + [UInt8(ascii: "\n")]
      }
    }
    var writer = JSONWriter()
    writer.beginObject()
    writer.name("items")
    writer.beginArray()
    for key in page { key.write(to: &writer) }
    writer.endArray()
    writer.member("next_cursor", cursor)
    writer.endObject()
    return writer.bytes
  }
}

/// A key with what is known about how it came about and whether it is used. Never the secret, never its digest.
struct ListedKey {
  let key: AccessKey
  /// Of the operator's key that made it.
  let makerLabel: String?
  /// To the hour.
  let lastUsedAt: Timestamp?

  /// All keys, in no order.
  static func all(_ exchange: Exchange) throws -> [ListedKey] {
    let store = exchange.api.store
    let (keys, uses) = (store.keys, try store.keyUses(on: exchange.request.loopIndex % store.readerCount))
    return keys.values.map { key in
      ListedKey(key: key, makerLabel: key.madeBy.flatMap { keys[$0]?.label }, lastUsedAt: uses[key.id])
    }
  }

  /// Its place in a list, newest first.
  var position: CaseQuery.Position { CaseQuery.Position(value: key.id, key: key.createdAt.milliseconds) }

  /// Whether it is older than what stands at a place, and so follows it.
  func isBefore(_ other: CaseQuery.Position) -> Bool {
    (key.createdAt.milliseconds, key.id) < (other.key, other.value)
  }

  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    KeyJSON.writeMembers(key, to: &writer)
    writer.member("made_by", key.madeBy)
    writer.member("made_by_label", makerLabel)
    writer.member("rotated_from", key.rotatedFrom)
    writer.member("last_used_at", lastUsedAt?.description)
    writer.endObject()
  }

  /// Rows under a header; several values in a cell are separated by |.
  static func csv(_ keys: [ListedKey]) -> [UInt8] {
    var writer = CSVWriter()
    for name in columns { writer.field(name) }
    writer.endRow()
    for listed in keys {
      let key = listed.key
      writer.field(key.id)
      writer.field(key.label)
      for list in [key.scopes.map(\.rawValue).sorted(), key.networks, key.identities] {
        writer.field(list.joined(separator: "|"))
      }
      for instant in [key.createdAt, key.expiresAt, key.revokedAt] { writer.field(instant?.description) }
      for text in [key.madeBy, listed.makerLabel, key.rotatedFrom] { writer.field(text) }
      writer.field(listed.lastUsedAt?.description)
      writer.endRow()
    }
    return writer.bytes
  }

  private static let columns = [
    "id", "label", "scopes", "networks", "identities", "created_at", "expires_at", "revoked_at", "made_by",
    "made_by_label", "rotated_from", "last_used_at",
  ]
}
