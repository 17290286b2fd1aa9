internal import GRDB
internal import JSON
internal import Merkle
internal import Service

/// Computes the whole tree again from the rows, in the order of its leaves, and looks whether all else that the file holds
/// follows from what they say. What it remembers grows with keys and reference data, and not with events.
struct RecordCheck {
  private static let pageLeaves = 1_000

  private let transaction: Transaction
  private var edge = TreeEdge()
  private var nodeCount: Int64 = 0
  private var events: EventCheck
  private var rows: LoggedRows
  private var cosigned: CosignedSizes

  /// Checks a file that has a log.
  ///
  /// - Parameter vault: opens what is sealed, so that it is held against what leaves commit to; nil: only that is looked at
  ///   which needs no keys.
  /// - Returns: the right edge of the tree, by which it can be compared with a checkpoint.
  /// - Throws: `RecordFault` for the first leaf or row that is not what was recorded; `DatabaseError`.
  @discardableResult
  static func prove(_ database: Database, _ vault: Vault?) throws -> TreeEdge {
    var check = try RecordCheck(Transaction(database, vault))
    try check.proveLeaves()
    try check.proveNodes()
    try check.cosigned.finish()
    try check.events.finish()
    try check.rows.finish()
    try CaseCheck(check.transaction, check.rows.firstHead).prove()
    try check.proveReplies()
    return check.edge
  }

  private init(_ transaction: Transaction) throws {
    self.transaction = transaction
    events = try EventCheck(transaction)
    rows = try LoggedRows(transaction)
    cosigned = try CosignedSizes(transaction)
  }

  // MARK: The tree

  private mutating func proveLeaves() throws {
    try cosigned.pass(edge)
    var last = Int64.min
    while true {
      let leaves = try transaction.leaves(after: last, limit: Self.pageLeaves)
      guard let end = leaves.last?.index else { break }
      for leaf in leaves { try prove(leaf) }
      last = end
    }
    if edge.size == 0 { throw RecordFault("leaf", 0, "it is missing") }
  }

  private mutating func prove(_ leaf: StoredLeaf) throws {
    guard leaf.index == edge.size else {
      throw leaf.index < edge.size
        ? leaf.fault("leaf", leaf.index, "there is one too many") : RecordFault("leaf", edge.size, "it is missing")
    }
    guard let kind = LeafKind(rawValue: leaf.kind) else { throw leaf.fault("leaf", leaf.index, "its kind is unknown") }
    let hash: Hash
    if kind == .event {
      guard leaf.content == nil else { throw leaf.fault("leaf", leaf.index, "the leaf of an event has a content") }
      hash = leaf.hash(of: kind, try events.commitments(of: leaf, rows.firstHead))
      guard hash.bytes == leaf.hash else {
        throw leaf.fault("leaf", leaf.index, "its hash is not that of what it commits to")
      }
    } else {
      hash = leaf.hash(of: kind, try rows.commitments(of: leaf, kind))
      guard hash.bytes == leaf.hash else { throw try rows.fault(of: leaf, kind) }
      try rows.take(leaf, kind)
    }
    var nodes: [(level: Int64, hash: Hash)] = []
    edge.append(hash, height: 0) { height, node in
      if height % 8 == 0 { nodes.append((Int64(height / 8), node)) }
    }
    try cosigned.pass(edge)
    for node in nodes { try prove(node.hash, level: node.level, position: leaf.index >> (8 * node.level)) }
  }

  private mutating func prove(_ node: Hash, level: Int64, position: Int64) throws {
    let stored = try transaction.fetchOne(
      "SELECT hash FROM tree_node WHERE level = ? AND position = ?", [level, position]
    ) { $0[0] as [UInt8] }
    guard let stored else { throw RecordFault("tree_node", "\(level)/\(position)", "it is missing") }
    guard stored == node.bytes else {
      throw RecordFault("tree_node", "\(level)/\(position)", "it is not the root of the leaves below it")
    }
    nodeCount += 1
  }

  private func proveNodes() throws {
    let extra = try transaction.fetch("SELECT level, position FROM tree_node ORDER BY level, position", []) { row in
      (level: row[0] as Int64, position: row[1] as Int64)
    }.first { node in
      guard (1...7).contains(node.level), node.position >= 0 else { return true }
      return node.position >= edge.size >> (8 * node.level)
    }
    if let extra { throw RecordFault("tree_node", "\(extra.level)/\(extra.position)", "there is no such subtree") }
  }

  // MARK: Replies

  /// What idempotency keys have led to exists. Which request has led to it, no leaf says.
  private func proveReplies() throws {
    let owner = try transaction.fetchOne(
      """
      SELECT i.owner FROM idempotency i LEFT JOIN case_record r ON r.id = i.case_id
      WHERE i.leaf_index < 0 OR i.leaf_index >= ? OR i.case_id IS NOT NULL AND r.case_key IS NULL OR i.version > r.version
      LIMIT 1
      """, [edge.size]
    ) { $0[0] as String }
    if let owner { throw RecordFault("idempotency", "of \(owner)", "what it has led to does not exist") }
  }
}
