internal import Domain
internal import JSON
internal import Service

/// What a key is, and what its agency sees.
enum CallerRoutes {
  /// GET /v1/whoami
  static func whoami(_ call: Call, _ keys: KeyService) throws -> Answer {
    guard let caller = call.asker.caller else { throw Failure.unauthenticated }
    let standing = keys.standing(of: caller, call.asker)
    let today = call.asker.today
    return Answer.object { writer in
      KeyJSON.writeMembers(caller.key, to: &writer)
      writer.name("office")
      if let term = standing.term { write(term, standing.isRecording, to: &writer) } else { writer.null() }
      writer.name("bytes")
      if let use = standing.use { write(use, to: &writer) } else { writer.null() }
      writer.objects("mandates", of: standing.mandates) { writer, mandate in
        writer.member("kind", mandate.kind.rawValue)
        writer.member("scope", mandate.scope.rawValue)
        writer.member("from", mandate.from)
        writer.member("until", mandate.until)
        writer.member("in_force", mandate.isInForce(on: today))
        writer.member("legal_basis", mandate.legalBasis)
      }
      writeMigrations(standing.migrations, to: &writer)
    }
  }

  /// What this key may still store.
  private static func write(_ use: ByteUse, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("used", use.usedBytes)
      writer.member("max", use.bytesMax)
      writer.member("renewed_at", use.renewedAt?.description)
    }
  }

  /// The agency's days, and whether it records today.
  private static func write(_ term: Agency, _ records: Bool, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("from", term.validFrom)
      writer.member("until", term.validUntil)
      writer.member("access_until", term.accessUntil)
      writer.member("successor", term.successor)
      writer.member("records", records)
    }
  }

  /// The keys that may speak for any agency now: all shall know of them.
  private static func writeMigrations(_ keys: [AccessKey], to writer: inout JSONWriter) {
    writer.array("migrations") { writer in
      for key in keys {
        guard case .agency(let agency) = key.owner else { continue }
        writer.object { writer in
          writer.member("agency", agency.rawValue)
          writer.member("label", key.label)
          writer.member("key_id", key.id)
          writer.member("created_at", key.createdAt.description)
          writer.member("expires_at", [key.expiresAt, key.revokedAt].compactMap { $0 }.min()?.description)
        }
      }
    }
  }

  /// GET /v1/policy: the visibility table, as it is applied.
  static func policy() -> Answer {
    Answer.object { writer in
      writer.object("agencies") { writer in
        for (agency, row) in Visibility.table {
          writer.name(agency.rawValue)
          write(row, to: &writer)
        }
      }
      writer.name("any_other_agency")
      write(Visibility.added, to: &writer)
      writer.member("disputed_cases", strings: ["importer", "agency_named", "its_successors", "BKN"])
      writer.member("operator", "no case")
    }
  }

  private static func write(_ row: PolicyRow, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("rows", strings: row.rows.names)
      for group in [FieldGroup.subject, .narrative, .evidence, .reporter] {
        writer.name(group.rawValue)
        writer.strings(row.grant(group).names)
      }
      writer.member("notes", strings: ["own_notes"])
    }
  }
}
