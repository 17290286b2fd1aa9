internal import Crypto
internal import Foundation

/// A copy of a database whose sealed values stand in clear again, in the tables of the release before sealing, so that rows
/// can be compared with those of files of earlier releases. It shares no code with the program: what docs/stored-form.md says
/// is enough.
struct OpenedCopy {
  private let database: String
  private let copy: String
  private let keys: [String: SymmetricKey]
  private let secrets: [String: SymmetricKey]

  /// Whether a file is sealed.
  static func isNeeded(of database: String) throws -> Bool {
    try sqlite(database, "SELECT count(*) FROM pragma_table_info('case_part') WHERE name = 'data_key'") == "1"
  }

  /// - Parameters:
  ///   - copy: a file that does not exist yet.
  ///   - old: the same file before it was sealed, whose identifiers are looked for; nil: they stay as they are.
  static func make(of database: String, into copy: String, as old: String? = nil) throws {
    try sqlite(database, "VACUUM INTO '\(copy)'")
    let opening = try OpenedCopy(database, copy)
    var script = try opening.parts() + opening.corrections() + Self.names
    if let old { script += try opening.identifiers(old) }
    let file = copy + ".sql"
    try ("BEGIN;\n" + script + "COMMIT;\n").write(toFile: file, atomically: true, encoding: .utf8)
    try sqlite(copy, ".read '\(file)'", readonly: false)
    try FileManager.default.removeItem(atPath: file)
  }

  private init(_ database: String, _ copy: String) throws {
    (self.database, self.copy) = (database, copy)
    let text = try String(contentsOfFile: database + ".master", encoding: .utf8)
    let master = SymmetricKey(data: Self.bytes(text.trimmingCharacters(in: .newlines)))
    let id = try sqlite(database + ".keys", "SELECT value FROM setting WHERE name = 'id'")
    func wrapped(_ table: String, _ name: String) throws -> [String: SymmetricKey] {
      let rows = try sqlite(database + ".keys", "SELECT \(name), hex(wrapped) FROM \(table)").split(separator: "\n")
      return try Dictionary(
        uniqueKeysWithValues: rows.map { row in
          let parts = row.split(separator: "|")
          let box = try ChaChaPoly.SealedBox(combined: Self.bytes(String(parts[1])))
          let key = try ChaChaPoly.open(box, using: master, authenticating: Data("\(id) \(table) \(parts[0])".utf8))
          return (String(parts[0]), SymmetricKey(data: key))
        })
    }
    keys = try wrapped("data_key", "number")
    secrets = try wrapped("secret", "name")
  }

  // MARK: Parts

  private func parts() throws -> String {
    let rows = try sqlite(
      copy,
      """
      SELECT p.part_key, p.data_key, hex(p.content), hex(r.id), p.version FROM case_part p JOIN event e ON e.seq = p.part_key / 16
      JOIN case_record r ON r.case_key = e.case_key WHERE p.data_key IS NOT NULL
      """)
    var script = """
      ALTER TABLE case_part RENAME TO sealed;
      CREATE TABLE case_part (part_key INTEGER PRIMARY KEY, salt BLOB, content TEXT);
      INSERT INTO case_part SELECT part_key, salt, content FROM sealed WHERE data_key IS NULL;\n
      """
    for row in rows.split(separator: "\n") {
      let columns = row.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
      let (salt, content) = try open(columns)
      let isFormerlyElsewhere = [7, 14].contains((Int(columns[0]) ?? 0) % 16)
      let value = content.isEmpty || isFormerlyElsewhere ? "NULL" : "CAST(x'\(content.hexadecimal)' AS TEXT)"
      script += "INSERT INTO case_part VALUES (\(columns[0]), x'\(salt.hexadecimal)', \(value));\n"
      if (Int(columns[0]) ?? 0) % 16 == 14 {
        let letters = "CAST(x'\(content.hexadecimal)' AS TEXT)"
        script += """
          UPDATE event SET details = json_set(details
            \(try names(of: content).map { ", '$.\($0)', \(letters) ->> '$.\($0)'" }.joined())) WHERE seq = \(columns[0]) / 16;\n
          """
      }
    }
    return script + "DROP TABLE sealed;\n"
  }

  private func names(of content: Data) throws -> [String] {
    (try JSONSerialization.jsonObject(with: content) as? [String: Any] ?? [:]).keys.sorted()
  }

  /// Salt and content of the row of a part: its key, that of its seal, the sealed bytes, the identity of its case, the version.
  private func open(_ columns: [String]) throws -> (salt: Data, content: Data) {
    guard let key = keys[columns[1]], let number = Int64(columns[0]), let version = Int64(columns[4]) else {
      throw TestFailure("no key \(columns[1])")
    }
    let bound =
      Self.bytes(columns[3]) + withUnsafeBytes(of: version.bigEndian) { Data($0) } + Data([UInt8(number % 16)])
    let box = try ChaChaPoly.SealedBox(combined: Self.bytes(columns[2]))
    let opened = try ChaChaPoly.open(box, using: key, authenticating: bound)
    return (opened.prefix(16), Data(opened.dropFirst(16)))
  }

  // MARK: Other tables

  private func corrections() throws -> String {
    let part = { (seq: String, groups: String) in
      """
      SELECT p.part_key, p.data_key, hex(p.content), hex(r.id), p.version FROM case_part p JOIN event e ON e.seq = p.part_key / 16
      JOIN case_record r ON r.case_key = e.case_key WHERE p.part_key / 16 = \(seq) AND p.part_key % 16 IN (\(groups))
      """
    }
    var script = ["patch", "reason", "decision_reason"].map {
      "ALTER TABLE correction_request ADD COLUMN \($0) TEXT;\n"
    }.joined()
    let rows = try sqlite(
      copy, "SELECT case_key, number, coalesce(seq, 0), coalesce(decided_seq, 0) FROM correction_request")
    for row in rows.split(separator: "\n") {
      let columns = row.split(separator: "|").map(String.init)
      for (seq, groups, members) in [
        (columns[2], "7", ["patch": "patch", "reason": "reason"]),
        (columns[3], "8, 9, 10, 11, 12, 13", ["reason": "decision_reason"]),
      ] {
        for found in try sqlite(copy, part(seq, groups)).split(separator: "\n") {
          let content = try open(found.split(separator: "|").map(String.init)).content
          for (member, column) in members {
            script += """
              UPDATE correction_request SET \(column) = coalesce(CAST(x'\(content.hexadecimal)' AS TEXT) ->> '$.\(member)',
                \(column)) WHERE case_key = \(columns[0]) AND number = \(columns[1]);\n
              """
          }
        }
      }
    }
    return script
  }

  private static let names = """
    ALTER TABLE case_record RENAME COLUMN agency_ref_digest TO agency_ref_folded;
    ALTER TABLE person RENAME COLUMN digest TO identifier;
    ALTER TABLE case_nik RENAME COLUMN nik_digest TO nik;
    ALTER TABLE former_report RENAME COLUMN agency_ref_digest TO agency_ref_folded;
    ALTER TABLE idempotency RENAME COLUMN key_digest TO idempotency_key;\n
    """

  /// Puts the identifiers of the file before in the place of their digests, where these are theirs.
  private func identifiers(_ old: String) throws -> String {
    var script = ""
    for (table, column, kind) in [
      ("person", "identifier", "person"), ("case_nik", "nik", "nik"), ("case_record", "agency_ref_folded", "report"),
      ("former_report", "agency_ref_folded", "report"), ("idempotency", "idempotency_key", "idempotency_key"),
    ] {
      let isThere = "SELECT count(*) FROM pragma_table_info('\(table)') WHERE name = '\(column)'"
      guard try sqlite(old, isThere) == "1" else { continue }
      for value in try sqlite(old, "SELECT DISTINCT \(column) FROM \(table) WHERE \(column) IS NOT NULL").split(
        separator: "\n")
      {
        let text = value.replacing("'", with: "''")
        script += """
          UPDATE \(table) SET \(column) = '\(text)' WHERE \(column) = '\(try digest("digests", "\(kind) \(value)", 16))';\n
          """
      }
    }
    let requests = try sqlite(
      old, "SELECT hex(request_digest), (created_at + 25200000) / 86400000 FROM idempotency")
    for row in requests.split(separator: "\n") {
      let columns = row.split(separator: "|").map(String.init)
      guard let key = secrets["request " + String(repeating: "0", count: 8 - columns[1].count) + columns[1]] else {
        continue
      }
      let code = HMAC<SHA256>.authenticationCode(for: Self.bytes(columns[0]), using: key)
      script +=
        "UPDATE idempotency SET request_digest = x'\(columns[0])' WHERE request_digest = x'\(Data(code).hexadecimal)';\n"
    }
    return script
  }

  /// In base32 with digits and lower-case letters, as identifiers stand in the file.
  private func digest(_ secret: String, _ text: String, _ count: Int) throws -> String {
    guard let key = secrets[secret] else { throw TestFailure("no secret \(secret)") }
    let bits = Data(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key)).prefix(count).flatMap { byte in
      (0..<8).map { byte >> (7 - $0) & 1 }
    }
    let alphabet = Array("0123456789abcdefghijklmnopqrstuv")
    return String(
      stride(from: 0, to: bits.count, by: 5).map { start in
        alphabet[(0..<5).reduce(0) { $0 << 1 | (start + $1 < bits.count ? Int(bits[start + $1]) : 0) }]
      })
  }

  private static func bytes(_ hexadecimal: String) -> Data {
    let digits = Array(hexadecimal.utf8)
    return Data(
      stride(from: 0, to: digits.count - 1, by: 2).compactMap {
        UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16)
      })
  }
}

extension Data {
  fileprivate var hexadecimal: String {
    map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }
}
