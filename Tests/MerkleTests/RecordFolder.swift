internal import Foundation

@testable import Merkle

/// A log with two witnesses, as files: `checkpoint`, and tiles below `tile/`.
struct RecordFolder {
  let path: String
  let signer: NoteSigner
  let witnesses: [NoteSigner]

  init(path: String, epoch: Int = 1) throws {
    self.path = path
    signer = try NoteSigner.generate(name: "record.example/\(epoch)", type: .ed25519)
    witnesses = try ["w1.example", "w2.example"].map { try NoteSigner.generate(name: $0, type: .cosignature) }
  }

  /// The checkpoint of a tree, signed and cosigned.
  ///
  /// - Parameters:
  ///   - tree: of which it is.
  ///   - size: how many of its leaves.
  ///   - times: when each witness cosigns, in seconds since 1970; one that has no time does not.
  func checkpoint(_ tree: NaiveTree, size: Int, times: [Int64] = []) throws -> SignedNote {
    let root = try MerkleProof.root(size: Int64(size), node: tree.node(size: size))
    var note = try SignedNote(text: Checkpoint(origin: signer.name, size: Int64(size), root: root).text)
    try note.sign(with: signer)
    for (witness, time) in zip(witnesses, times) { try note.cosign(with: witness, at: time) }
    return note
  }

  /// Writes a checkpoint and all tiles.
  func write(_ tree: NaiveTree, size: Int, times: [Int64] = []) throws {
    try write(checkpoint(tree, size: size, times: times).bytes, to: "checkpoint")
    for tile in Tile.needed(to: Int64(size)) {
      let first = tile.index * Int64(Tile.widthMax)
      let hashes = try (first..<(first + Int64(tile.width))).map { try tree.node(size: size)(8 * tile.level, $0) }
      try write(hashes.flatMap(\.bytes), to: tile.path)
    }
  }

  func write(_ bytes: [UInt8], to name: String) throws {
    let file = URL(filePath: path).appending(path: name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
  }

  func read(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: path).appending(path: name)))
  }
}
