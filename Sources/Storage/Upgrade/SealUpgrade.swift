internal import Domain
internal import Foundation
internal import GRDB

/// Seals what a file of an earlier release holds in clear, in the transaction of `m0019_sealing`.
struct SealUpgrade {
  /// What divides the statements of the migration into those before and those after it.
  private static let marker = "-- The program seals what is there here."

  private let transaction: Transaction
  private let vault: Vault
  /// The keys of each case, and the person whom they are of.
  private var cases: [Int64: (person: Int64?, keys: DataKeys)] = [:]

  static func run(_ sql: String, on database: Database, _ vault: Vault) throws {
    let parts = sql.components(separatedBy: marker)
    precondition(parts.count == 2, "the migration names one place to seal what is there")
    try database.execute(sql: parts[0])
    var upgrade = SealUpgrade(database, vault)
    try upgrade.sealAll()
    upgrade.transaction.kept.removeAll()
    database.clearSchemaCache()
    try database.execute(sql: parts[1])
  }

  private init(_ database: Database, _ vault: Vault) {
    transaction = Transaction(database, vault)
    self.vault = vault
  }

  private mutating func sealAll() throws {
    let isEmpty = try transaction.head() == 0
    try sealParts()
    for (key, known) in cases {
      try transaction.execute(
        "UPDATE case_record SET data_key = ?, reporter_key = ? WHERE case_key = ?",
        [known.keys.person, known.keys.reporter, key])
    }
    try transaction.writePending()
    try findCorrections()
    try digestNames()
    try transaction.execute("INSERT INTO setting (name, value) VALUES (?, ?)", [KeySetting.id, Data(vault.id.utf8)])
    // Pages that nobody uses any longer still hold what stood in them.
    if !isEmpty { try transaction.execute("INSERT INTO setting (name, value) VALUES (?, x'01')", [KeySetting.remains]) }
  }

  // MARK: Parts

  private mutating func sealParts() throws {
    var cases = cases
    _ = try transaction.fetch(Self.partsSQL, []) { row in
      guard let part = CasePart(ofKey: row[0]) else { throw DatabaseError(message: "a part of a case is unknown") }
      let (seq, key, id): (Int64, Int64, CaseID) = (row[3], row[4], try row.identity(5))
      var known = try cases[key] ?? (person: nil, keys: transaction.nextDataKeys())
      let person: Int64? = row[6]
      // Another person's values have a key of their own from the version on that names that one.
      if part == .core, known.person != person {
        if known.person != nil { known.keys.person = try transaction.nextDataKey() }
        known.person = person
      }
      cases[key] = known
      var stored = StoredPart(part: part, salt: row[1], content: row.utf8(2).map { Array($0) })
      switch part {
      case .letters: stored.content = Self.letters(of: try EventDetails.read(row[7]))
      case .correction: stored.content = try wish(of: try EventDetails.read(row[7]), key)
      default: break
      }
      try transaction.insert([stored], seq, of: id, row[8], with: known.keys)
    }
    self.cases = cases
    let stored = DatabaseFunction("netral_stored", argumentCount: 1, pure: true) { values in
      try String.fromDatabaseValue(values[0]).map { EventDetails.stored(try EventDetails.read($0)) }
    }
    transaction.database.add(function: stored)
    defer { transaction.database.remove(function: stored) }
    try transaction.run(
      """
      UPDATE event SET details = netral_stored(details)
      WHERE seq IN (SELECT part_key / 16 FROM old_case_part WHERE part_key % 16 = \(CasePart.letters.rawValue))
      """)
  }

  private static let partsSQL = """
    SELECT p.part_key, p.salt, p.content, e.seq, e.case_key, r.id, e.person_key, e.details, e.version
    FROM old_case_part p JOIN event e ON e.seq = p.part_key / 16 JOIN case_record r ON r.case_key = e.case_key
    ORDER BY p.part_key
    """

  private static func letters(of details: [(name: String, value: String)]) -> [UInt8] {
    Array(EventDetails.json(details.filter { EventReferences.names.contains($0.name) }).utf8)
  }

  private func wish(of details: [(name: String, value: String)], _ key: Int64) throws -> [UInt8]? {
    guard let number = details.first(where: { $0.name == "request" })?.value else { return nil }
    return try FormerRows.wish(number, key, transaction)
  }

  // MARK: Requests for correction

  private func findCorrections() throws {
    try transaction.run(
      """
      UPDATE correction_request SET seq = (
        SELECT e.seq FROM event e WHERE e.case_key = correction_request.case_key
          AND e.what = '\(EventKind.correctionRequest.rawValue)'
          AND CAST(e.details ->> '$.request' AS INTEGER) = correction_request.number)
      """)
    let decided = try transaction.fetch(
      "SELECT case_key, number, decided_by, decided_at FROM correction_request WHERE state <> 'open'", []
    ) { (key: $0[0] as Int64, number: $0[1] as Int64, by: $0[2] as String?, at: $0[3] as Int64?) }
    for request in decided {
      // Acceptances of earlier releases name no request: it is the one of that agency which was recorded nearest in time.
      let seq = try transaction.fetchOne(
        """
        SELECT e.seq FROM event e WHERE e.case_key = ?1
          AND e.what IN ('\(EventKind.correctionAcceptance.rawValue)', '\(EventKind.correctionRefusal.rawValue)')
          AND coalesce(CAST(e.details ->> '$.request' AS INTEGER), ?2) = ?2 AND e.agency = ?3
        ORDER BY e.details ->> '$.request' IS NULL, abs(e.recorded_at - ?4)
        """, [request.key, request.number, request.by, request.at]
      ) { $0[0] as Int64 }
      try transaction.execute(
        "UPDATE correction_request SET decided_seq = ? WHERE case_key = ? AND number = ?",
        [seq, request.key, request.number])
    }
  }

  // MARK: Digests

  private func digestNames() throws {
    let digest = DatabaseFunction("netral_digest", argumentCount: 2, pure: true) { [vault] values in
      guard let kind = String.fromDatabaseValue(values[0]).flatMap(KeyedDigests.Kind.init(rawValue:)),
        let text = String.fromDatabaseValue(values[1])
      else { return nil }
      return vault.digests.digest(kind, text)
    }
    let request = DatabaseFunction("netral_request", argumentCount: 2, pure: true) { [vault] values in
      guard let digest = Data.fromDatabaseValue(values[0]), let instant = Int64.fromDatabaseValue(values[1]) else {
        return nil
      }
      let day = LegalDate(inJakarta: Timestamp(milliseconds: instant)).day
      return try vault.requestDigest([UInt8](digest), on: day, isNew: true).map { Data($0) }
    }
    let database = transaction.database
    database.add(function: digest)
    database.add(function: request)
    defer {
      database.remove(function: digest)
      database.remove(function: request)
    }
    for sql in [
      "UPDATE case_record SET agency_ref_digest = netral_digest('report', agency_ref_digest)",
      "UPDATE former_report SET agency_ref_digest = netral_digest('report', agency_ref_digest)",
      "UPDATE person SET digest = netral_digest('person', digest)",
      "UPDATE case_nik SET nik_digest = netral_digest('nik', nik_digest)",
      """
      UPDATE idempotency SET key_digest = netral_digest('idempotency_key', key_digest),
        request_digest = netral_request(request_digest, created_at)
      """,
    ] { try transaction.run(sql) }
  }
}

/// What the table `setting` says of keys, by name.
enum KeySetting {
  /// Which file of keys belongs to the database.
  static let id = "keys"
  /// Set until nothing is left in the file, or beside it, of what stood in clear before it was sealed.
  static let remains = "clear_remains"
}
