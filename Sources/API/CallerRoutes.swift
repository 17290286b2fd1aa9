internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON

/// What a key is, and what its agency sees.
enum CallerRoutes {
  /// GET /v1/whoami
  static func whoami(_ exchange: Exchange) async throws -> Answer {
    _ = try exchange.query()
    guard let caller = exchange.caller else { throw Failure.unauthenticated }
    let mandates = exchange.api.store.reference.mandates.filter { $0.agency == caller.agency?.rawValue }
    let (today, now) = (exchange.today, exchange.now)
    let migrations = exchange.api.store.keys.values.filter { $0.scopes.contains(.migration) && $0.isValid(at: now) }
    return Answer.json { writer in
      writer.beginObject()
      KeyJSON.writeMembers(caller.key, to: &writer)
      writer.name("mandates")
      writer.beginArray()
      for mandate in mandates {
        writer.beginObject()
        writer.member("kind", mandate.kind.rawValue)
        writer.member("scope", mandate.scope.rawValue)
        writer.member("from", mandate.from)
        writer.member("until", mandate.until)
        writer.member("in_force", mandate.isInForce(on: today))
        writer.member("legal_basis", mandate.legalBasis)
        writer.endObject()
      }
      writer.endArray()
      writeMigrations(migrations.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }, to: &writer)
      writer.endObject()
    }
  }

  /// The keys that may speak for any agency now: all shall know of them.
  private static func writeMigrations(_ keys: [AccessKey], to writer: inout JSONWriter) {
    writer.name("migrations")
    writer.beginArray()
    for key in keys {
      guard case .agency(let agency) = key.owner else { continue }
      writer.beginObject()
      writer.member("agency", agency.rawValue)
      writer.member("label", key.label)
      writer.member("key_id", key.id)
      writer.member("created_at", key.createdAt.description)
      writer.member("expires_at", [key.expiresAt, key.revokedAt].compactMap { $0 }.min()?.description)
      writer.endObject()
    }
    writer.endArray()
  }

  /// GET /v1/policy: the visibility table, as it is applied.
  static func policy(_ exchange: Exchange) async throws -> Answer {
    _ = try exchange.query()
    return Answer.json { writer in
      writer.beginObject()
      writer.name("agencies")
      writer.beginObject()
      for (agency, row) in Visibility.table {
        writer.name(agency.rawValue)
        write(row, to: &writer)
      }
      writer.endObject()
      writer.name("any_other_agency")
      write(Visibility.added, to: &writer)
      writer.member("disputed_cases", strings: ["importer", "agency_named", "its_successors", "BKN"])
      writer.member("operator", "no case")
      writer.endObject()
    }
  }

  private static func write(_ row: PolicyRow, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("rows", strings: row.rows.names)
    for group in [FieldGroup.subject, .narrative, .evidence, .reporter] {
      writer.name(group.rawValue)
      writer.beginArray()
      for name in row.grant(group).names { writer.string(name) }
      writer.endArray()
    }
    writer.member("notes", strings: ["own_notes"])
    writer.endObject()
  }
}
