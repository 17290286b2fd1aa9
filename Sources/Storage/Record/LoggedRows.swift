internal import Domain
internal import GRDB
internal import JSON
internal import Merkle
internal import Service

/// Rows that leaves of other kinds than `event` are about: they say what the newest leaf about them says.
struct LoggedRows {
  /// A row of reference data.
  private struct ReferenceRow: Hashable {
    var kind: String
    var code: String
    var from: String
  }

  /// What the newest leaf about a row of reference data says, and how many came before the first one.
  private struct Logged {
    var json: Hash
    var until: String?
    let order: Int
  }

  /// A gap in the sequence of events.
  private struct LoggedGap: Equatable {
    var last: Int64?
    var declaredAt: String?
  }

  private let transaction: Transaction
  private let keys: [String: AccessKey]
  private var loggedKeys: Set<String> = []
  private var ends: [String: String] = [:]
  /// The key that each agency cosigns with.
  private var witnesses: [String: String] = [:]
  /// The active sealing keys, each as its row has it, by agency and name.
  private var sealingKeys: [String: String] = [:]
  private var reference: [ReferenceRow: Logged] = [:]
  /// What the newest leaf that begins the log or an epoch says of each gap, by its first sequence.
  private var gaps: [Int64: LoggedGap] = [:]
  /// What the newest leaf that begins an epoch or replaces the key says of both, by the name of its setting.
  private var signing: [String: String] = [:]
  private var counts: [LeafKind: Int64] = [:]
  /// The newest sequence when the log began: what was recorded before has told it less.
  private(set) var firstHead: Int64 = 0

  init(_ transaction: Transaction) throws {
    self.transaction = transaction
    keys = try transaction.loadKeys()
  }

  /// What a leaf commits to by the rows.
  mutating func commitments(of leaf: StoredLeaf, _ kind: LeafKind) throws -> Commitments {
    guard let content = leaf.content else { throw leaf.fault("leaf", leaf.index, "it has no content") }
    var commitments = Commitments()
    commitments[.core] = leaf.salts.digest(of: content)
    if let store = try store(of: leaf, kind) { commitments[.store] = leaf.salts.digest(ofStore: store) }
    return commitments
  }

  /// What is never disclosed of a leaf, from where it stands.
  private func store(of leaf: StoredLeaf, _ kind: LeafKind) throws -> [UInt8]? {
    guard let place = try place(of: leaf, kind) else { return nil }
    if kind == .key {
      guard let key = keys[place.row] else { throw leaf.fault(place.table, place.row, "it is missing") }
      return Transaction.json(ofSecret: key.secretDigest)
    }
    let keyID = try transaction.fetchOne(
      "SELECT key_id FROM \(place.table) WHERE number = ?", [Int64(place.row)]
    ) { $0[0] as String }
    guard let keyID else { throw leaf.fault(place.table, place.row, "it is missing") }
    return Array("\"\(keyID)\"".utf8)
  }

  /// The row that holds what is never disclosed of a leaf, and the column; nil where there is nothing.
  private func place(of leaf: StoredLeaf, _ kind: LeafKind) throws -> (table: String, row: String, column: String)? {
    let content = try Self.members(of: leaf)
    switch kind {
    case .key: return ("access_key", content["id"]?.text ?? "", "secret_digest")
    case .certificate, .publishedFigure: return (kind.rawValue, String(content["number"]?.number ?? 0), "key_id")
    default: return nil
    }
  }

  /// What to say of a leaf whose hash is another one: where its row says what its content says, the rest of the row is to
  /// blame.
  func fault(of leaf: StoredLeaf, _ kind: LeafKind) throws -> RecordFault {
    let fault = leaf.fault("leaf", leaf.index, "its hash is not that of what it commits to")
    guard let place = try place(of: leaf, kind) else { return fault }
    do {
      try proveRow(of: leaf, kind)
    } catch is RecordFault {
      return fault
    }
    return leaf.fault(place.table, place.row, "\(place.column) is not what was recorded, or a salt of its leaf")
  }

  // MARK: What a leaf says

  /// Takes note of a leaf that is sound.
  mutating func take(_ leaf: StoredLeaf, _ kind: LeafKind) throws {
    let content = try Self.members(of: leaf)
    counts[kind, default: 0] += 1
    switch kind {
    case .origin where leaf.index == 0:
      firstHead = content["head"]?.number ?? 0
      takeGaps(content)
    case .logKey: takeSigning(content)
    case .restore:
      takeSigning(content)
      takeGaps(content)
    case .key: loggedKeys.insert(content["id"]?.text ?? "")
    case .keyEnd: ends[content["id"]?.text ?? ""] = content["ends_at"]?.text
    case .witnessKey: witnesses[content["agency"]?.text ?? ""] = content["key"]?.text
    case .sealingKey: takeSealingKey(content)
    case .reference: try takeReference(content, leaf)
    default: break
    }
    try proveRow(of: leaf, kind)
  }

  /// Compares a leaf with the row that it is about.
  private func proveRow(of leaf: StoredLeaf, _ kind: LeafKind) throws {
    let content = try Self.members(of: leaf)
    let (id, number) = (content["id"]?.text ?? "", content["number"]?.number ?? 0)
    switch kind {
    case .key: try compare(leaf, "access_key", id) { keys[id]?.writeLeaf(to: &$0) }
    case .figure: try compare(leaf, "figure", id) { try transaction.figure(id)?.writeLeaf(to: &$0) }
    case .publishedFigure:
      try compare(leaf, "published_figure", number) { try transaction.publishedFigure(number)?.writeLeaf(to: &$0) }
    case .certificate:
      try compare(leaf, "certificate", number) { writer in
        let certificate = try transaction.certificates(of: nil, before: number + 1, limit: 1).first
        certificate?.writeLeaf(to: &writer)
      }
    case .release:
      let election = content["election"]?.text ?? ""
      let (asOf, definition) = (content["as_of"]?.text ?? "", content["definition"]?.number ?? 0)
      try compare(leaf, "public_release", "\(election) \(asOf) \(definition)") { writer in
        let releases = try transaction.publicReleases(of: election)
        releases.first { $0.asOf.description == asOf && $0.definition == Int(definition) }?.writeLeaf(to: &writer)
      }
    default: break
    }
  }

  /// Compares the content of a leaf, which says besides who has done it when, with what a row says.
  ///
  /// - Parameter write: writes the members of the row; none when it is missing.
  private func compare(
    _ leaf: StoredLeaf, _ table: String, _ row: some CustomStringConvertible, _ write: (inout JSONWriter) throws -> Void
  ) throws {
    let content = try Self.members(of: leaf)
    let stored = try RecordFault.blaming(table, row, leaf: leaf.index) {
      guard case .object(let stored) = try JSONValue.parse(try JSONWriter.object(write)) else { return JSONObject() }
      return stored
    }
    if stored.isEmpty { throw leaf.fault(table, row, "it is missing") }
    let others = content.members.map(\.name).filter { stored[$0] == nil && !["by", "at"].contains($0) }
    let differing = stored.members.first { content[$0.name] != $0.value }?.name ?? others.first
    if let differing { throw leaf.fault(table, row, "\(differing) is not what was recorded") }
  }

  private mutating func takeSealingKey(_ content: JSONObject) {
    let (agency, at) = (content["agency"]?.text ?? "", content["at"]?.text ?? "")
    if case .array(let ends)? = content["ends"] {
      for id in ends { sealingKeys["\(agency) \(id.text ?? "")"]? += " until \(at)" }
    }
    let name = "\(agency) \(content["key_id"]?.text ?? "")"
    // One that takes over from others later on is active already.
    if sealingKeys[name] == nil { sealingKeys[name] = "\(content["public_key"]?.text ?? "") \(at)" }
  }

  private mutating func takeSigning(_ content: JSONObject) {
    signing[RecordSetting.key] = content["key"]?.text
    signing[RecordSetting.epoch] = content["epoch"]?.number.map { "\($0)" }
  }

  /// A leaf names all gaps that there are.
  private mutating func takeGaps(_ content: JSONObject) {
    gaps = [:]
    guard case .array(let named)? = content["gaps"] else { return }
    for case .object(let gap) in named {
      guard let first = gap["first"]?.number else { continue }
      gaps[first] = LoggedGap(
        last: gap["last"]?.number,
        declaredAt: gap["declared_at"]?.text)
    }
  }

  private mutating func takeReference(_ content: JSONObject, _ leaf: StoredLeaf) throws {
    guard case .array(let rows)? = content["rows"] else { return }
    for case .object(let row) in rows {
      let key = ReferenceRow(
        kind: content["kind"]?.text ?? "", code: row["code"]?.text ?? "", from: row["valid_from"]?.text ?? "")
      let order = reference[key]?.order ?? reference.count
      reference[key] = Logged(json: Self.hash(row["after"] ?? .null), until: row["valid_until"]?.text, order: order)
    }
  }

  // MARK: After the last leaf

  /// No row is there of which no leaf tells, and what has a newest leaf says the same.
  func finish() throws {
    try finishKeys()
    try finishWitnesses()
    try finishSealingKeys()
    try finishReference()
    try finishGaps()
    try finishSigning()
    let tables: [(LeafKind, table: String, key: String, path: String)] = [
      (.figure, "figure", "id", "'$.id'"), (.certificate, "certificate", "number", "'$.number'"),
      (.publishedFigure, "published_figure", "number", "'$.number'"),
      (.release, "public_release", "election || ' ' || as_of || ' ' || definition", ""),
    ]
    for (kind, table, key, path) in tables {
      let count = try transaction.fetchOne("SELECT count(*) FROM \(table)", []) { $0[0] as Int64 } ?? 0
      guard count != counts[kind, default: 0] else { continue }
      let logged =
        path.isEmpty
        ? "content ->> '$.election' || ' ' || (content ->> '$.as_of') || ' ' || (content ->> '$.definition')"
        : "content ->> \(path)"
      let row = try transaction.fetchOne(
        "SELECT \(key) FROM \(table) WHERE \(key) NOT IN (SELECT \(logged) FROM leaf WHERE kind = '\(kind.rawValue)')",
        []
      ) { $0[0] as String }
      throw RecordFault(table, row ?? "", "no leaf tells of it")
    }
  }

  private func finishKeys() throws {
    for key in keys.values.sorted(by: { $0.id < $1.id }) {
      guard loggedKeys.contains(key.id) else { throw RecordFault("access_key", key.id, "no leaf tells of it") }
      guard key.revokedAt?.description == ends[key.id] else {
        throw RecordFault("access_key", key.id, "revoked_at is not what was recorded")
      }
    }
  }

  private func finishWitnesses() throws {
    let keys = try transaction.fetch("SELECT agency, key FROM witness", []) { ($0[0] as String, $0[1] as String) }
    let stored = Dictionary(keys, uniquingKeysWith: { first, _ in first })
    for agency in Set(stored.keys).union(witnesses.keys).sorted() where stored[agency] != witnesses[agency] {
      throw RecordFault("witness", agency, "its key is not what was recorded")
    }
  }

  private func finishSealingKeys() throws {
    let keys = try transaction.sealingKeys().map { key in
      let end = key.endedAt.map { " until \($0)" } ?? ""
      return ("\(key.agency) \(key.id)", "\(key.publicKey) \(key.registeredAt)\(end)")
    }
    let stored = Dictionary(keys, uniquingKeysWith: { first, _ in first })
    for name in Set(stored.keys).union(sealingKeys.keys).sorted() where stored[name] != sealingKeys[name] {
      throw RecordFault("sealing_key", name, "it is not what was recorded")
    }
  }

  private func finishSigning() throws {
    for name in [RecordSetting.key, RecordSetting.epoch] {
      let stored = try transaction.fetchOne("SELECT value FROM setting WHERE name = ?", [name]) { $0[0] as [UInt8] }
      guard stored.map({ String(decoding: $0, as: UTF8.self) }) == signing[name] else {
        throw RecordFault("setting", name, "it is not what was recorded")
      }
    }
  }

  private func finishGaps() throws {
    let stored = try transaction.declaredGaps()
    let isWaiting = try transaction.isBeforeItsEpoch()
    for gap in stored {
      guard let logged = gaps[gap.first] else {
        if isWaiting { continue }
        throw RecordFault("sequence_gap", gap.first, "no leaf tells of it")
      }
      guard logged == LoggedGap(last: gap.last, declaredAt: gap.declaredAt.description) else {
        throw RecordFault("sequence_gap", gap.first, "it is not what was recorded")
      }
    }
    let missing = Set(gaps.keys).subtracting(stored.map(\.first)).min()
    if let missing { throw RecordFault("sequence_gap", missing, "it is missing") }
  }

  private func finishReference() throws {
    var (last, count): ((kind: String, order: Int)?, Int) = (nil, 0)
    let rows = try transaction.fetch(
      "SELECT kind, code, valid_from, valid_until, json FROM reference ORDER BY kind, position", []
    ) { (ReferenceRow(kind: $0[0], code: $0[1], from: $0[2]), until: $0[3] as String?, json: $0[4] as String) }
    for (key, until, json) in rows {
      let row = "\(key.kind) \(key.code) \(key.from)"
      guard let logged = reference[key] else { throw RecordFault("reference", row, "no leaf tells of it") }
      let hash = try RecordFault.blaming("reference", row) { Self.hash(try JSONValue.parse(Array(json.utf8))) }
      guard hash == logged.json else { throw RecordFault("reference", row, "json is not what was recorded") }
      guard until == logged.until else { throw RecordFault("reference", row, "valid_until is not what was recorded") }
      if let last, last.kind == key.kind, last.order > logged.order {
        throw RecordFault("reference", row, "position is not that of its first leaf")
      }
      (last, count) = ((key.kind, logged.order), count + 1)
    }
    guard count != reference.count else { return }
    let stored = Set(rows.map(\.0))
    let missing = reference.keys.filter { !stored.contains($0) }.map { "\($0.kind) \($0.code) \($0.from)" }.min()
    throw RecordFault("reference", missing ?? "", "it is missing")
  }

  private static func hash(_ value: JSONValue) -> Hash {
    var writer = JSONWriter()
    writer.value(value)
    return Hash(of: writer.bytes)
  }

  private static func members(of leaf: StoredLeaf) throws -> JSONObject {
    try RecordFault.blaming("leaf", leaf.index, leaf: leaf.index) {
      guard case .object(let object) = try JSONValue.parse(leaf.content ?? []) else { return JSONObject() }
      return object
    }
  }
}

extension JSONValue {
  fileprivate var text: String? { if case .string(let text) = self { text } else { nil } }
  fileprivate var number: Int64? { if case .number(let number) = self { number.int.map { Int64($0) } } else { nil } }
}
