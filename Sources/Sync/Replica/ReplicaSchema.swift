internal import Domain

/// The tables of a replica and the statements that fill them from the JSON of a case, by SQLite's own JSON functions.
enum ReplicaSchema {
  /// Written into the file's header (`PRAGMA application_id`), so that a foreign file is recognised: "NTRR".
  static let applicationID: UInt32 = 0x4E54_5252
  /// `PRAGMA user_version`; a file of an older version is made anew, since everything in it can be fetched again.
  static let version = 5

  /// One row a case. Columns that the spreadsheets of the service have, too, are named as there.
  static let cases = ReplicaTable(
    name: "cases",
    columns: [
      .text("number"), .integer("version"), .received("etag"), .integer("seq"), .text("stage"), .flag("final"),
    ] + facts + [
      .text("imported_by"), .list("unconfirmed", "unconfirmed"), .flag("disputed"),
    ] + milestones + progress + [
      .list("redacted", "redacted"), .instant("created_at"), .instant("updated_at"), .received("json"),
    ] + later,
    indexed: [
      "number", "stage", "election", "region", "institution", "nip", "violation", "agency_ref", "received_on",
      "updated_at",
    ])

  /// Witnesses have a table of their own.
  private static let facts: [ReplicaColumn] = CaseField.all.compactMap { field in
    switch field.form {
    // The whole case, which has them, stands in `json`.
    case .witnesses, .sealed: nil
    case .texts: .list(field.column, field.name)
    case .date: .date(field.column, field.name)
    case .digits: .identifier(field.column, field.name)
    case .number: .integer(field.column, field.name)
    case .flag: .flag(field.column, field.name)
    default: .text(field.column, field.name)
    }
  }

  private static let milestones: [ReplicaColumn] = Milestone.allCases.filter { $0 != .received }.map {
    .date("\($0.rawValue)_on", "milestones.\($0.rawValue)")
  }

  private static let progress: [ReplicaColumn] =
    [
      .text("recommended_by", "recommendation.agency"), .text("recommendation_letter", "recommendation.letter_number"),
      .text("recommended_to", "recommendation.institution"),
      .text("proposed_sanction", "recommendation.proposed_sanction"),
      .text("decided_by", "decision.agency"), .text("decision_outcome", "decision.outcome"),
      .text("decree_number", "decision.decree_number"), .text("sanction", "decision.sanction"),
      .text("sanction_level", "decision.sanction_level"), .flag("outside_band", "decision.outside_band"),
      .flag("deviation_explained", "decision.deviation_explained"),
      .text("blocked_by", "block.agency"), .text("block_letter", "block.letter_number"),
      .text("block_proof", "block.proof"),
      .text("appeal_route", "appeal.route"), .text("appeal_outcome", "appeal.outcome"),
      .text("idis_reference"), .text("lapse_reason"),
    ]

  /// What came later comes last, so that no column of a spreadsheet ever moves.
  private static let later: [ReplicaColumn] =
    ProgressField.all.filter { $0.column != "lapse_reason" }.map {
      .text($0.column, $0.path)
    } + [.date("erased_on")]

  /// What a case has several of: one row each, in the order of the case.
  static let lists = [
    ReplicaTable(
      name: "clocks", path: "clocks",
      columns: [
        .text("kind"), .date("started_on"), .date("due_on"), .text("unit"), .text("state"), .date("stopped_on"),
        .date("recorded_on"), .flag("recorded_late"),
      ], indexed: ["due_on"]),
    ReplicaTable(name: "urls", path: "act.urls", columns: [.item("url")], indexed: ["url"]),
    ReplicaTable(name: "witnesses", path: "act.witnesses", columns: [.text("name"), .text("contact")], indexed: []),
    ReplicaTable(name: "motives", path: "motives", columns: [.item("motive")], indexed: ["motive"]),
    ReplicaTable(
      name: "evidence", path: "evidence",
      columns: [
        .text("sha256"), .text("kind"), .text("media_type"), .integer("bytes"), .date("taken_on"),
      ] + EvidenceFacts.texts.map { .text($0.name) } + [
        .text("received_by"), .instant("received_at"), .text("scan"), .text("withdrawn_at", "withdrawal.at"),
        .text("withdrawal_reason", "withdrawal.reason"),
      ], indexed: ["sha256"]),
  ]

  /// The reference data that the codes of cases refer to, as they are now; a list in a cell is the JSON that it is.
  static let reference: [(kind: ReferenceKind, table: ReplicaTable)] = ReferenceKind.allCases.map { kind in
    let columns = kind.columns.map { column -> ReplicaColumn in
      switch column.form {
      case .number: .integer(column.name)
      case .flag: .flag(column.name)
      case .date: .date(column.name)
      case .text, .code, .list, .contests: .text(column.name)
      }
    }
    let name = "reference_\(kind.rawValue.replacing("-", with: "_"))"
    return (kind, ReplicaTable(name: name, isOfReference: true, columns: columns, indexed: [kind.columns[0].name]))
  }

  /// Everything a new file gets.
  static var sql: String {
    let tables = [cases.sql] + lists.map(\.sql) + reference.map(\.table.sql) + [own]
    return tables.joined(separator: "\n")
      + "\nPRAGMA application_id = \(applicationID); PRAGMA user_version = \(version);"
  }

  /// What the job itself keeps.
  private static let own = """
    CREATE TABLE sync_state (
      only INTEGER PRIMARY KEY CHECK (only = 1),
      server TEXT NOT NULL,
      agency TEXT NOT NULL,
      complete INTEGER NOT NULL DEFAULT 0 CHECK (complete IN (0, 1)),
      seq INTEGER,
      snapshot_seq INTEGER,
      snapshot_cases INTEGER,
      representation INTEGER,
      last_case_id TEXT,
      accounted INTEGER NOT NULL DEFAULT 0,
      signed INTEGER NOT NULL DEFAULT 0,
      accounted_epoch INTEGER,
      began_at TEXT NOT NULL,
      changed_at TEXT NOT NULL,
      CHECK (complete = (seq IS NOT NULL))
    ) STRICT;
    CREATE TABLE certificates (
      number INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      agency TEXT NOT NULL,
      seq INTEGER NOT NULL,
      cases INTEGER NOT NULL,
      in_agreement INTEGER NOT NULL CHECK (in_agreement IN (0, 1)),
      digest TEXT NOT NULL,
      replica_digest TEXT NOT NULL,
      issued_at TEXT NOT NULL,
      json TEXT NOT NULL
    ) STRICT;
    CREATE TABLE case_leaves (
      case_id TEXT NOT NULL PRIMARY KEY REFERENCES cases (id) ON DELETE CASCADE,
      leaf_index INTEGER NOT NULL,
      hash BLOB NOT NULL
    ) STRICT;
    CREATE TABLE withheld_leaves (
      leaf_index INTEGER PRIMARY KEY,
      seq INTEGER NOT NULL,
      agency TEXT,
      case_id TEXT,
      found_at TEXT NOT NULL
    ) STRICT;
    CREATE TABLE differences (
      kind TEXT NOT NULL CHECK (kind IN ('missing', 'outdated', 'unknown')),
      case_id TEXT NOT NULL,
      version INTEGER,
      etag TEXT,
      PRIMARY KEY (kind, case_id)
    ) STRICT;
    """
}

/// A table that is filled from the JSON of a case, or of a row of reference data.
struct ReplicaTable: Sendable {
  let name: String
  /// The list it is filled from; nil for the table of cases.
  var path: String?
  var isOfReference = false
  let columns: [ReplicaColumn]
  let indexed: [String]

  private var keys: [String] { isOfReference ? [] : path == nil ? ["id"] : ["case_id", "position"] }

  /// The names of all columns, in order.
  var names: [String] { keys + columns.map(\.name) }

  private var keyDefinitions: [String] {
    if isOfReference { return [] }
    if path == nil { return ["  id TEXT NOT NULL PRIMARY KEY"] }
    return ["  case_id TEXT NOT NULL REFERENCES cases (id) ON DELETE CASCADE", "  position INTEGER NOT NULL"]
  }

  fileprivate var sql: String {
    let lines =
      keyDefinitions + columns.map { "  " + $0.definition } + (path == nil ? [] : ["  PRIMARY KEY (case_id, position)"])
    let indexes = indexed.map { "CREATE INDEX \(name)_\($0) ON \(name) (\"\($0)\");" }
    return (["CREATE TABLE \(name) (\n\(lines.joined(separator: ",\n"))\n) STRICT;"] + indexes)
      .joined(separator: "\n")
  }

  /// Fills the table from `:json`, the text of one case, and `:etag`.
  var insertion: String {
    let start = "INSERT INTO \(name) (\((keys + columns.map(\.quoted)).joined(separator: ", ")))\nSELECT "
    guard let path else {
      let key = isOfReference ? [] : ["\(ReplicaColumn.json) ->> '$.id'"]
      return start + (key + columns.map { $0.value(in: ReplicaColumn.json) }).joined(separator: ", ")
    }
    let values = ["\(ReplicaColumn.json) ->> '$.id'", "key + 1"] + columns.map { $0.value(in: "value") }
    return start + values.joined(separator: ", ") + " FROM json_each(\(ReplicaColumn.json), '$.\(path)')"
  }
}

/// A column and where its value stands.
struct ReplicaColumn: Sendable {
  enum Kind {
    case text, integer
    /// A text that a spreadsheet shows as what it is.
    case date, instant, identifier
    /// 1 or 0; `true` or `false` in a spreadsheet.
    case flag
    /// The texts of an array, joined by blanks.
    case list
    /// A text that is itself an element of an array.
    case item
    /// What came with the case, or the case itself.
    case received
  }

  static let json = ":json"

  let name: String
  let kind: Kind
  private let path: String

  static func text(_ name: String, _ path: String? = nil) -> Self { Self(name: name, kind: .text, path: path ?? name) }
  static func date(_ name: String, _ path: String? = nil) -> Self { Self(name: name, kind: .date, path: path ?? name) }
  static func instant(_ name: String) -> Self { Self(name: name, kind: .instant, path: name) }
  static func identifier(_ name: String, _ path: String) -> Self { Self(name: name, kind: .identifier, path: path) }
  static func integer(_ name: String, _ path: String? = nil) -> Self {
    Self(name: name, kind: .integer, path: path ?? name)
  }
  static func flag(_ name: String, _ path: String? = nil) -> Self { Self(name: name, kind: .flag, path: path ?? name) }
  static func list(_ name: String, _ path: String) -> Self { Self(name: name, kind: .list, path: path) }
  static func item(_ name: String) -> Self { Self(name: name, kind: .item, path: "") }
  static func received(_ name: String) -> Self { Self(name: name, kind: .received, path: "") }

  /// Some columns of reference data have names that are words of SQL.
  fileprivate var quoted: String { "\"\(name)\"" }

  fileprivate var definition: String {
    switch kind {
    case .text, .date, .instant, .identifier, .list: "\(quoted) TEXT"
    case .integer: "\(quoted) INTEGER"
    case .flag: "\(quoted) INTEGER CHECK (\(quoted) IN (0, 1))"
    case .item, .received: "\(quoted) TEXT NOT NULL"
    }
  }

  fileprivate func value(in json: String) -> String {
    switch kind {
    case .text, .date, .instant, .identifier, .integer, .flag: "\(json) ->> '$.\(path)'"
    case .list: "(SELECT group_concat(value, ' ') FROM json_each(\(json), '$.\(path)'))"
    case .item: "value"
    case .received: ":\(name)"
    }
  }
}
