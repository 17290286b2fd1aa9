internal import GRDB
internal import Merkle

/// The checkpoints that agencies have cosigned: the tree had the root of each at its size.
struct CosignedSizes {
  private var checkpoints: [Int64: [(agency: String, root: Hash)]] = [:]

  /// - Throws: `RecordFault` for a note that is none, or of another size than its row says.
  init(_ transaction: Transaction) throws {
    let rows = try transaction.fetch(
      "SELECT agency, size, note FROM witness WHERE note IS NOT NULL ORDER BY agency", []
    ) { row in
      (agency: row[0] as String, size: row[1] as Int64, note: row[2] as String)
    }
    for row in rows {
      let checkpoint = try RecordFault.blaming("witness", row.agency) {
        try Checkpoint(text: try SignedNote(Array(row.note.utf8)).text)
      }
      guard checkpoint.size == row.size else {
        throw RecordFault("witness", row.agency, "size is not that of the note")
      }
      checkpoints[row.size, default: []].append((row.agency, checkpoint.root))
    }
  }

  /// Compares the tree, as it has grown so far, with what was cosigned at this size.
  mutating func pass(_ edge: TreeEdge) throws {
    guard let cosigned = checkpoints.removeValue(forKey: edge.size) else { return }
    let root = edge.root
    if let other = cosigned.first(where: { $0.root != root }) {
      throw RecordFault("witness", other.agency, "the tree has another root than the agency has cosigned")
    }
  }

  /// No agency has cosigned more leaves than there are.
  func finish() throws {
    guard let size = checkpoints.keys.min(), let agency = checkpoints[size]?.first?.agency else { return }
    throw RecordFault("witness", agency, "the agency has cosigned \(size) leaves, and there are fewer")
  }
}
