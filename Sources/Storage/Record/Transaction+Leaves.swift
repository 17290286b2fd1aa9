internal import Domain
internal import GRDB
internal import JSON
internal import Merkle
internal import Service

/// Adding to the record, as part of the write that is recorded.
extension Transaction {
  /// Adds the leaf of an event, and says which one it is.
  ///
  /// - Parameter commitments: of the groups that have rows of their own; core and store are added.
  func log(_ event: EventDocument, _ commitments: inout Commitments) throws -> Int64 {
    let drawn = LeafSalts(&salts)
    commitments[.core] = drawn.digest(of: event.core)
    commitments[.store] = drawn.digest(ofStore: event.store)
    return try append(Leaf(kind: .event, agency: event.agency, seq: event.seq, commitments: commitments), drawn, nil)
  }

  /// Adds a leaf of something else.
  ///
  /// - Parameters:
  ///   - agency: whom it is about; nil for the operator and the service itself.
  ///   - store: what is never disclosed and stands elsewhere in the file; nil for nothing.
  ///   - write: writes the members of its core.
  func log(
    _ kind: LeafKind, of agency: String? = nil, store: [UInt8]? = nil, _ write: (inout JSONWriter) throws -> Void
  ) throws {
    let drawn = LeafSalts(&salts)
    let core = try JSONWriter.object(write)
    var commitments = Commitments()
    commitments[.core] = drawn.digest(of: core)
    if let store { commitments[.store] = drawn.digest(ofStore: store) }
    _ = try append(Leaf(kind: kind, agency: agency, seq: nil, commitments: commitments), drawn, core)
  }

  private func append(_ leaf: Leaf, _ drawn: LeafSalts, _ content: [UInt8]?) throws -> Int64 {
    var edge = try treeEdge()
    let (index, hash) = (edge.size, leaf.hash)
    var nodes: [(level: Int, hash: Hash)] = []
    edge.append(hash, height: 0) { height, node in
      if height % 8 == 0 { nodes.append((height / 8, node)) }
    }
    try run(.insertLeaf) {
      $0.add(index)
      $0.add(leaf.kind)
      $0.add(leaf.agency)
      $0.add(leaf.seq)
      $0.add(drawn.bytes)
      $0.add(utf8: content)
      $0.add(hash)
    }
    for node in nodes {
      try run(.insertTreeNode) {
        $0.add(node.level)
        $0.add(index >> Int64(8 * node.level))
        $0.add(node.hash)
      }
    }
    pending.tree = edge
    pending.receipt = LeafReceipt(index: index, hash: hash)
    return index
  }

  /// The right edge of the tree as this write sees it.
  func treeEdge() throws -> TreeEdge {
    if let edge = pending.tree ?? committedTree { return edge }
    let edge = try storedEdge()
    pending.tree = edge
    return edge
  }

  /// The right edge of the tree as it is stored, at its full size or at an earlier one.
  ///
  /// - Returns: the edge of all there is where there are fewer leaves than `size`.
  func storedEdge(at size: Int64? = nil) throws -> TreeEdge {
    let stored: Int64 = try fetchOne("SELECT coalesce(max(leaf_index) + 1, 0) FROM leaf", []) { $0[0] } ?? 0
    let size = min(size ?? stored, stored)
    var edge = TreeEdge()
    for level in stride(from: 7, through: 0, by: -1) {
      let height = Int64(8 * level)
      for node in try nodes(level, from: edge.size >> height, upTo: size >> height) {
        edge.append(node, height: Int(height))
      }
    }
    return edge
  }

  /// The hashes of a level, from a position up to before another one: leaves at level 0, roots of perfect subtrees of
  /// `256^level` leaves above.
  func nodes(_ level: Int, from first: Int64, upTo end: Int64) throws -> [Hash] {
    guard first < end else { return [] }
    let sql =
      level == 0
      ? "SELECT hash FROM leaf WHERE leaf_index >= ? AND leaf_index < ? ORDER BY leaf_index"
      : "SELECT hash FROM tree_node WHERE level = \(level) AND position >= ? AND position < ? ORDER BY position"
    let hashes = try fetch(sql, [first, end]) { Hash($0[0] as [UInt8]) }.compactMap { $0 }
    guard hashes.count == Int(end - first) else { throw DatabaseError(message: "hashes of the record are missing") }
    return hashes
  }

  func log(_ backup: Backup, by administrator: String) throws {
    try log(.backup) { writer in
      writer.member("name", backup.name)
      writer.member("seq", backup.seq)
      writer.member("bytes", backup.bytes)
      writer.member("sha256", backup.sha256)
      writer.member("by", administrator)
      writer.member("at", now.description)
    }
  }

  var receipt: LeafReceipt? { pending.receipt }

  func probe() throws {
    try execute("INSERT INTO setting (name, value) VALUES ('probe', x'00') ON CONFLICT (name) DO NOTHING", [])
  }
}
