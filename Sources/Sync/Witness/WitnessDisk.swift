package import Merkle

/// What a witness keeps: the hashes of all leaves of each epoch, and the last checkpoint accepted.
package protocol WitnessDisk {
  /// The last checkpoint accepted; nil before the first.
  func kept() throws -> KeptCheckpoint?
  /// Hashes of leaves of an epoch, in their order.
  func hashes(_ range: Range<Int64>, ofEpoch epoch: Int) throws -> [Hash]
  /// Puts hashes behind the first `index` of an epoch. What stood there before is cut off.
  func put(_ hashes: [Hash], at index: Int64, ofEpoch epoch: Int) throws
  /// Cuts off what stands behind the first `size` hashes of an epoch.
  func cut(to size: Int64, ofEpoch epoch: Int) throws
  /// Returns when the hashes of an epoch are on the disk.
  func sync(epoch: Int) throws
  /// Keeps handovers of the record's key that were accepted, behind those that are kept.
  func accept(_ handovers: [Handover]) throws
  /// Puts a checkpoint in the place of the last one, on the disk and whole.
  func keep(_ checkpoint: KeptCheckpoint) throws
}

extension WitnessDisk {
  /// How many hashes are held in memory at a time.
  private var batch: Int64 { 8_192 }

  /// The edge of the tree of the first leaves of an epoch.
  func edge(at size: Int64, ofEpoch epoch: Int) throws -> TreeEdge {
    var edge = TreeEdge()
    while edge.size < size {
      for hash in try hashes(edge.size..<min(size, edge.size + batch), ofEpoch: epoch) { edge.append(hash) }
    }
    return edge
  }
}
