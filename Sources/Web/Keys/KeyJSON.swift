internal import Domain
internal import JSON
internal import Service
internal import Sheets

/// A key as it is shown: never the secret, never its digest.
enum KeyJSON {
  static func writeMembers(_ key: AccessKey, to writer: inout JSONWriter) {
    writer.member("id", key.id)
    if case .agency(let code) = key.owner {
      writer.member("agency", code.rawValue)
    } else {
      writer.member("agency", nil as String?)
    }
    writer.member("operator", key.owner == .operator)
    writer.member("label", key.label)
    writer.member("scopes", strings: key.scopes.map(\.rawValue).sorted())
    writer.member("networks", strings: key.networks)
    writer.member("identities", strings: key.identities)
    writer.member("created_at", key.createdAt.description)
    writer.member("expires_at", key.expiresAt?.description)
    writer.member("revoked_at", key.revokedAt?.description)
    writer.member("bytes_max", key.bytesMax)
  }
}

extension ListedKey {
  func write(to writer: inout JSONWriter) {
    writer.object { writer in
      KeyJSON.writeMembers(key, to: &writer)
      writer.member("made_by", key.madeBy)
      writer.member("made_by_label", makerLabel)
      writer.member("rotated_from", key.rotatedFrom)
      writer.member("last_used_at", lastUsedAt?.description)
    }
  }

  /// Several values in a cell are separated by |.
  static func rows(_ keys: [ListedKey], _ table: Table) -> [UInt8] {
    var writer = table.writer
    for listed in keys {
      let key = listed.key
      writer.field(key.id)
      writer.field(key.label)
      for list in [key.scopes.map(\.rawValue).sorted(), key.networks, key.identities] {
        writer.field(list.joined(separator: "|"))
      }
      for instant in [key.createdAt, key.expiresAt, key.revokedAt] { writer.field(instant) }
      for text in [key.madeBy, listed.makerLabel, key.rotatedFrom] { writer.field(text) }
      writer.field(listed.lastUsedAt)
      writer.endRow()
    }
    return writer.bytes
  }

  static let title = LocalizedText(en: "Keys", inIndonesian: "Kunci")

  static let columns = [
    "id", "label", "scopes", "networks", "identities", "created_at", "expires_at", "revoked_at", "made_by",
    "made_by_label", "rotated_from", "last_used_at",
  ].map { TableColumn($0) }
}
