internal import Merkle
internal import Service

/// A leaf of the record, byte for byte (docs/design/record.md).
struct Leaf {
  var kind: LeafKind
  /// The agency that acts or is meant; nil for the operator and the service itself.
  var agency: String?
  /// The sequence of an event.
  var seq: Int64?
  var commitments: Commitments

  /// A JSON object without blanks: `kind`, `agency` and `seq` where there is one, and `groups`, the digest of each as
  /// base64url.
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(96 + 64 * commitments.all.count)
    bytes.append("{\"kind\":\"")
    bytes.append(contentsOf: kind.rawValue.utf8)
    bytes.append("\"")
    if let agency {
      // Codes of agencies are letters and digits.
      bytes.append(",\"agency\":\"")
      bytes.append(contentsOf: agency.utf8)
      bytes.append("\"")
    }
    if let seq {
      bytes.append(",\"seq\":")
      bytes.append(contentsOf: String(seq).utf8)
    }
    bytes.append(",\"groups\":{")
    for (index, (group, digest)) in commitments.all.enumerated() {
      bytes.append(index == 0 ? "\"" : ",\"")
      bytes.append(group.name)
      bytes.append("\":\"")
      Base64URL.append(digest, to: &bytes)
      bytes.append("\"")
    }
    bytes.append("}}")
    return bytes
  }

  var hash: Hash { MerkleTree.leaf(array: bytes) }
}

/// The salts of a leaf: 16 bytes for its core, and 16 for what is never disclosed.
struct LeafSalts {
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  init(_ salts: inout Salts) { bytes = salts.next(2) }

  func disclosure(of core: [UInt8]) -> Disclosure {
    Disclosure(salt: Array(bytes.prefix(16)), name: LeafGroup.core.name, value: core)
  }

  func digest(of core: [UInt8]) -> Hash {
    Disclosure.digest(salt: bytes.prefix(16), name: LeafGroup.core.name, value: core)
  }

  func digest(ofStore store: [UInt8]) -> Hash {
    Disclosure.digest(salt: bytes.dropFirst(16), name: LeafGroup.store.name, value: store)
  }
}
