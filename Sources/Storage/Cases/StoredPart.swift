internal import Merkle

/// A row of `case_part`.
struct StoredPart {
  var part: CasePart
  /// 16 bytes.
  var salt: [UInt8]
  /// A JSON object; nil where nothing but the salt stands here.
  var content: [UInt8]?

  var group: LeafGroup { part.leafGroup ?? .store }

  /// What a leaf commits to.
  var digest: Hash { digest(of: content ?? Array("null".utf8)) }

  /// The same where the value stands elsewhere.
  func digest(of value: [UInt8]) -> Hash { Disclosure.digest(salt: salt[...], name: group.name, value: value) }

  func disclosure(of value: [UInt8]) -> Disclosure { Disclosure(salt: salt, name: group.name, value: value) }
}
