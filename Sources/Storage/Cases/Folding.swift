internal import Domain
internal import GRDB

/// What rows of earlier releases are compared by.
enum Folding {
  /// `netral_folded(text)`.
  static let function = DatabaseFunction("netral_folded", argumentCount: 1, pure: true) { values in
    String.fromDatabaseValue(values[0]).map(PlainText.folded)
  }

  /// Fills in what the migration `m0013_folding` has made room for.
  static func fill(_ database: Database) throws {
    database.add(function: function)
    defer { database.remove(function: function) }
    try database.execute(sql: "UPDATE case_record SET agency_ref_folded = netral_folded(agency_ref)")
    // In the order in which they came, so that of several that fold together the first one keeps its name.
    let names = try Row.fetchCursor(
      database, sql: "SELECT person_key, identifier FROM person WHERE identifier GLOB 'name:*' ORDER BY person_key")
    var changes: [(key: Int64, identifier: String)] = []
    while let row = try names.next() {
      let (key, identifier): (Int64, String) = (row[0], row[1])
      let folded = folded(identifier)
      if folded != identifier { changes.append((key, folded)) }
    }
    for change in changes {
      try database.execute(
        sql: "UPDATE OR IGNORE person SET identifier = ? WHERE person_key = ?",
        arguments: [change.identifier, change.key])
    }
  }

  /// Fills in by what cases were known before earlier corrections; a disputed report has freed its number.
  static func fillFormerReports(_ database: Database) throws {
    database.add(function: function)
    defer { database.remove(function: function) }
    try database.execute(
      sql: """
        INSERT OR IGNORE INTO former_report (agency_ref_folded, person_key, reported_by, case_key)
        SELECT netral_folded(v.agency_ref), v.person_key, v.reported_by, v.case_key
        FROM case_version v JOIN case_record r ON r.case_key = v.case_key
        WHERE r.disputed_for IS NULL
          AND (v.person_key <> r.person_key OR netral_folded(v.agency_ref) <> r.agency_ref_folded)
        """)
  }

  /// `name:…@institution` with the name folded.
  static func folded(_ identifier: String) -> String {
    guard let sign = identifier.lastIndex(of: "@") else { return identifier }
    return "name:" + PlainText.folded(String(identifier[..<sign].dropFirst(5))) + identifier[sign...]
  }
}

extension Facts {
  /// The person, as two reports about the same one would give them.
  var personIdentifier: String {
    if let nip = subject.nip { return "nip:\(nip.text)" }
    if let nik = subject.nik { return "nik:\(nik.text)" }
    return "name:\(PlainText.folded(subject.name))@\(institution.code)"
  }

  /// True when two facts are the same report about the same person, however they are spelled.
  func isSameReport(as other: Facts) -> Bool {
    source.agency == other.source.agency && personIdentifier == other.personIdentifier
      && PlainText.folded(source.agencyRef) == PlainText.folded(other.source.agencyRef)
  }
}
