internal import Foundation
internal import JSON
internal import Merkle

/// A leaf as the service shows it. Its hash follows from what it commits to, and what is disclosed from its digests; whether it
/// stands in the record, the hashes tell that a witness keeps.
struct ShownLeaf {
  let index: Int64
  let kind: String
  let agency: String?
  let seq: Int64?
  let hash: Hash
  /// Names of the groups that it commits to.
  let groups: Set<String>
  /// The value of each group that is disclosed.
  let disclosed: [String: JSONObject]

  /// Whether it is the leaf of a version of a case, and not of a note, a link or a request. One that is not opened at all
  /// counts as one: nobody can tell.
  var isVersion: Bool { kind == "event" && (groups.isEmpty || groups.contains("facts")) }

  /// Reads a line of `/v1/record/leaves?proof=true`.
  ///
  /// - Throws: `SyncFault` for what is none, `AccountFailure` for a disclosure that is not what the leaf commits to.
  init(line: JSONSource) throws {
    let kind = try line.text("kind")
    if let proof = try line.object("proof") {
      try self.init(line, proof, index: try line.int64("index"), kind: kind)
      return
    }
    // Events that an agency may not know of are not opened. To call another leaf one would win nothing.
    guard kind == "event", let hash = Hash(base64: try line.text("hash")) else {
      throw SyncFault.refused("the server shows leaves without proofs", code: nil)
    }
    self.init(
      index: try line.int64("index"), kind: kind, agency: try line.text("agency"), seq: try line.int64("seq"),
      hash: hash, groups: [], disclosed: [:])
  }

  /// Reads the member `proof` of a case.
  ///
  /// - Throws: as ``init(line:)``.
  init(proof: JSONSource) throws {
    try self.init(proof, proof, index: try proof.int64("leaf"), kind: "event")
  }

  private init(_ head: JSONSource, _ proof: JSONSource, index: Int64, kind: String) throws {
    let agency = head["agency"] == .null ? nil : try head.text("agency")
    let seq = head["seq"] == .null ? nil : try head.int64("seq")
    let groups = try Self.groups(proof)
    var disclosed: [String: JSONObject] = [:]
    guard case .array(let texts)? = proof["disclosures"] else { throw Self.malformed }
    for case .string(let text) in texts {
      let (name, value) = try Self.disclosure(text, of: groups, leaf: index)
      disclosed[name] = value
    }
    self.init(
      index: index, kind: kind, agency: agency, seq: seq, hash: try Self.hash(kind, agency, seq, groups),
      groups: Set(groups.map(\.name)), disclosed: disclosed)
  }

  private init(
    index: Int64, kind: String, agency: String?, seq: Int64?, hash: Hash, groups: Set<String>,
    disclosed: [String: JSONObject]
  ) {
    (self.index, self.kind, self.agency, self.seq) = (index, kind, agency, seq)
    (self.hash, self.groups, self.disclosed) = (hash, groups, disclosed)
  }

  private static func groups(_ proof: JSONSource) throws -> [(name: String, digest: String)] {
    guard case .object(let members)? = proof["groups"] else { throw malformed }
    return try members.members.map { name, value in
      guard case .string(let digest) = value else { throw malformed }
      return (name, digest)
    }
  }

  /// The hash of the bytes that docs/design/record.md describes.
  private static func hash(
    _ kind: String, _ agency: String?, _ seq: Int64?, _ groups: [(name: String, digest: String)]
  ) throws -> Hash {
    // A quote in one of them could make the bytes of another leaf.
    let texts = [kind, agency ?? ""] + groups.flatMap { [$0.name, $0.digest] }
    guard texts.allSatisfy({ $0.utf8.allSatisfy(isPlain) }) else { throw malformed }
    let head =
      "{\"kind\":\"\(kind)\"" + (agency.map { ",\"agency\":\"\($0)\"" } ?? "") + (seq.map { ",\"seq\":\($0)" } ?? "")
    let members = groups.map { "\"\($0.name)\":\"\($0.digest)\"" }.joined(separator: ",")
    return MerkleTree.leaf(Array("\(head),\"groups\":{\(members)}}".utf8))
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  /// Opens a disclosure (RFC 9901): `base64url([salt, name, value])`, whose hash is the digest of the group.
  private static func disclosure(
    _ text: String, of groups: [(name: String, digest: String)], leaf index: Int64
  ) throws -> (name: String, value: JSONObject) {
    guard let bytes = Base64URL.decode(text), case .array(let parts)? = try? JSONValue.parse(bytes), parts.count == 3,
      case .string(let name) = parts[1], case .object(let value) = parts[2]
    else { throw malformed }
    let digest = Base64URL.encode(Hash(of: Array(text.utf8)).bytes)
    guard groups.contains(where: { $0.name == name && $0.digest == digest }) else {
      throw AccountFailure("what is disclosed as \(name) is not what leaf \(index) commits to")
    }
    return (name, value)
  }

  private static let malformed = SyncFault.refused("the server shows a proof that is none", code: nil)
}
