internal import Foundation
internal import Testing

@testable import Merkle

/// Where other programs find what they read, when they are there.
private let interopFolder = ProcessInfo.processInfo.environment["NETRAL_INTEROP_FOLDER"]

/// `scripts/interop-record` runs these with a folder, and has other people's programs read what they write.
@Suite("Other programs", .enabled(if: interopFolder != nil, "NETRAL_INTEROP_FOLDER names no folder"))
struct InteropTests {
  private static let sizes = [1, 2, 3, 7, 8, 9, 64, 100, 255, 256, 257, 300]
  private static let tree = NaiveTree(size: 300)

  /// An inclusion proof has an index, a consistency proof the smaller size.
  private struct Proof: Codable {
    var at: Int
    var size: Int
    var hashes: [String]

    init(at: Int, size: Int, _ hashes: [Hash]) {
      (self.at, self.size, self.hashes) = (at, size, hashes.map(\.base64))
    }

    var decoded: [Hash] { hashes.compactMap { Hash(base64: $0) } }
  }

  private struct Cosigner: Codable {
    var verifier: String
    var time: Int64
  }

  /// What is written for others.
  private struct Vectors: Codable {
    var leaves: [String]
    var roots: [String]
    var inclusions: [Proof] = []
    var consistencies: [Proof] = []
    var signer: String
    var verifier: String
    var witnesses: [Cosigner]
    var note: String
    var tiles: [String: String] = [:]
  }

  /// What others write: hashes of leaves, as each of them makes leaves in its own way.
  private struct Given: Codable {
    var leafHashes: [String]
    var roots: [String]
    var inclusions: [Proof]
    var consistencies: [Proof]
    var signer: String
    var verifier: String
    var witnesses: [Cosigner]
    var note: String
    var paths: [String]
  }

  @Test("are given a log, its proofs, its tiles and its notes")
  func write() throws {
    let now = Int64(Date().timeIntervalSince1970)
    let record = try RecordFolder(path: try #require(interopFolder) + "/v1/record")
    let times = [now - 60, now - 30]
    try record.write(Self.tree, size: 300, times: times)
    try record.write(record.checkpoint(Self.tree, size: 200).bytes, to: "../../earlier")
    try record.write(record.checkpoint(NaiveTree(size: 300, kind: "other"), size: 200).bytes, to: "../../fork")
    var vectors = Vectors(
      leaves: (0..<300).map { Data("leaf \($0)".utf8).base64EncodedString() },
      roots: (0...300).map { Self.tree.root(size: $0).base64 }, signer: record.signer.text,
      verifier: record.signer.verifier.text,
      witnesses: zip(record.witnesses, times).map { Cosigner(verifier: $0.verifier.text, time: $1) },
      note: String(decoding: try record.read("checkpoint"), as: UTF8.self))
    for size in Self.sizes {
      let node = Self.tree.node(size: size)
      for at in 0..<size {
        let inclusion = try MerkleProof.inclusion(of: Int64(at), size: Int64(size), node: node)
        vectors.inclusions.append(Proof(at: at, size: size, inclusion))
        let consistency = try MerkleProof.consistency(from: Int64(at + 1), to: Int64(size), node: node)
        vectors.consistencies.append(Proof(at: at + 1, size: size, consistency))
      }
    }
    for tile in Tile.needed(to: 300) {
      vectors.tiles[tile.path] = Data(try record.read(tile.path)).base64EncodedString()
    }
    try record.write([UInt8](JSONEncoder().encode(vectors)), to: "../../vectors.json")
  }

  @Test("have made a log, its proofs and its notes, all of which verify")
  func read() throws {
    let file = URL(filePath: try #require(interopFolder)).appending(path: "given.json")
    // The first of the two runs is without it.
    guard FileManager.default.fileExists(atPath: file.path) else { return }
    let given = try JSONDecoder().decode(Given.self, from: Data(contentsOf: file))
    let (leaves, roots) = (
      given.leafHashes.compactMap { Hash(base64: $0) }, given.roots.compactMap { Hash(base64: $0) }
    )
    #expect(leaves.count > 256 && roots.count == leaves.count + 1)
    for (size, root) in roots.enumerated() { #expect(MerkleTree.root(of: leaves.prefix(size)) == root) }
    #expect(!given.inclusions.isEmpty && !given.consistencies.isEmpty)
    for proof in given.inclusions {
      #expect(
        MerkleProof.isIncluded(
          leaf: leaves[proof.at], index: Int64(proof.at), size: Int64(proof.size), root: roots[proof.size],
          proof: proof.decoded))
    }
    for proof in given.consistencies {
      #expect(
        MerkleProof.isConsistent(
          from: Int64(proof.at), root: roots[proof.at], to: Int64(proof.size), root: roots[proof.size],
          proof: proof.decoded))
    }
    let (note, verifier) = (try SignedNote(Array(given.note.utf8)), try NoteVerifier(given.verifier))
    #expect(try note.isSigned(by: verifier) && NoteSigner(given.signer).verifier == verifier)
    #expect(try Checkpoint(text: note.text).root == roots.last)
    #expect(given.witnesses.count == 1)
    for witness in given.witnesses {
      #expect(try note.cosigningTime(of: NoteVerifier(witness.verifier)) == witness.time)
    }
    #expect(!given.paths.isEmpty)
    for path in given.paths { #expect(Tile(path: path)?.path == path) }
  }
}
