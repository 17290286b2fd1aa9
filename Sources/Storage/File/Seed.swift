internal import Crypto
internal import Domain
internal import Foundation
internal import GRDB
internal import JSON
internal import Migrations

/// What a new file starts with: its secret, and the reference data.
enum Seed {
  static func fill(_ database: Database) throws {
    let secret = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
    try database.execute(
      sql: "INSERT INTO setting (name, value) VALUES ('signing_secret', ?)", arguments: [secret])
    let transaction = Transaction(database, nil)
    try transaction.store(try entries())
  }

  /// The rows that a new file has.
  static func entries() throws -> [ReferenceEntry] {
    let lists: [(ReferenceKind, [UInt8])] = [
      (.violations, InitialReference.violations), (.sanctions, InitialReference.sanctions),
      (.elections, InitialReference.elections), (.agencies, InitialReference.agencies),
      (.mandates, InitialReference.mandates), (.clockRules, InitialReference.clockRules),
      (.holidays, InitialReference.holidays), (.positions, InitialReference.positions),
      (.institutions, InitialReference.institutions), (.motives, InitialReference.motives),
      (.sourceChannels, InitialReference.sourceChannels), (.retentionRules, InitialReference.retentionRules),
    ]
    var entries: [ReferenceEntry] = []
    for (kind, bytes) in lists {
      guard case .array(let rows) = try JSONValue.parse(bytes) else { continue }
      for row in rows { entries.append(try entry(kind, row)) }
    }
    for row in try CSVReader.rows(InitialReference.regions).dropFirst() {
      entries += try regionEntries(row.fields)
    }
    return entries
  }

  /// A region and the institution that is its government.
  private static func regionEntries(_ fields: [String]) throws -> [ReferenceEntry] {
    var region = JSONObject()
    for (name, value) in zip(["code", "name", "level", "province", "valid_from"], fields) where !value.isEmpty {
      region[name] = .string(value)
    }
    let title = fields[2] == "province" ? "Pemerintah Provinsi \(fields[1])" : "Pemerintah \(fields[1])"
    var institution = JSONObject([
      ("code", .string(fields[0])), ("name", .string(title)), ("kind", .string(InstitutionKind.regional.rawValue)),
    ])
    if !fields[4].isEmpty { institution["valid_from"] = .string(fields[4]) }
    return [
      try entry(.regions, .object(region)),
      try entry(.institutions, .object(institution)),
    ]
  }

  private static func entry(_ kind: ReferenceKind, _ row: JSONValue) throws -> ReferenceEntry {
    guard let entry = ReferenceEntry(kind: kind, row: row) else {
      throw DatabaseError(message: "a row of the initial \(kind.rawValue) is no object")
    }
    return entry
  }
}
