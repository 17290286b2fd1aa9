internal import Foundation
internal import Testing

@testable import Merkle

@Suite("The Merkle tree")
struct MerkleTreeTests {
  private static func leaf(_ number: Int) -> Hash { MerkleTree.leaf(Array("leaf \(number)".utf8)) }

  /// RFC 9162, 2.1.1, as it stands there.
  private static func root(_ leaves: ArraySlice<Hash>) -> Hash {
    guard let first = leaves.first else { return MerkleTree.emptyRoot }
    if leaves.count == 1 { return first }
    var split = 1
    while split * 2 < leaves.count { split *= 2 }
    return MerkleTree.node(root(leaves.prefix(split)), root(leaves.dropFirst(split)))
  }

  @Test("has the roots of RFC 9162, leaf by leaf")
  func roots() {
    #expect(MerkleTree.emptyRoot.base64 == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")
    let leaves = (0..<600).map(Self.leaf)
    var edge = TreeEdge()
    for size in 0...600 {
      #expect(edge.root == Self.root(leaves.prefix(size)) && edge.size == Int64(size))
      if size < 600 { edge.append(leaves[size]) }
    }
  }

  @Test("is told of every perfect subtree, and grows by such ones alike")
  func subtrees() {
    let leaves = (0..<1_024).map(Self.leaf)
    var (edge, tiles) = (TreeEdge(), [Hash]())
    for leaf in leaves { edge.append(leaf, height: 0) { if $0 == 8 { tiles.append($1) } } }
    #expect(tiles == (0..<4).map { Self.root(leaves[($0 * 256)..<($0 * 256 + 256)]) })
    var coarse = TreeEdge()
    for tile in tiles { coarse.append(tile, height: 8) }
    #expect(coarse == edge)
  }

  @Test("discloses as RFC 9901, 4.2.1, shows it, without the blanks")
  func disclosure() {
    let salt: [UInt8] = Array("eluV5Og3gSNII8EYnsxA_A".utf8)
    let bytes = Base64URL.decode(String(decoding: salt, as: UTF8.self))
    let made = Disclosure(salt: bytes ?? [], name: "family_name", value: Array("\"Möbius\"".utf8))
    let json = Base64URL.decode(String(decoding: made.text, as: UTF8.self))
    #expect(json.map { String(decoding: $0, as: UTF8.self) } == #"["eluV5Og3gSNII8EYnsxA_A","family_name","Möbius"]"#)
    #expect(made.digest == Hash(of: made.text))
  }

  @Test("spells and hashes a disclosure piece by piece as one made of the whole", arguments: 0...2)
  func pieces(kind: Int) {
    let name: StaticString = kind == 0 ? "a" : kind == 1 ? "ab" : "abc"
    let salt = (0..<16).map { UInt8(truncatingIfNeeded: 77 * $0 + 200) }
    for count in Array(0...40) + Array(700...1_600) {
      let value = (0..<count).map { UInt8(truncatingIfNeeded: 31 * $0 + count) }
      let text = Disclosure(salt: salt, name: name, value: value).text
      let json = Array("[\"\(Self.foundation(salt))\",\"\(name)\",".utf8) + value + [UInt8(ascii: "]")]
      #expect(String(decoding: text, as: UTF8.self) == Self.foundation(json))
      #expect(Disclosure.digest(salt: salt[...], name: name, value: value) == Hash(of: text))
    }
  }

  private static func foundation(_ bytes: [UInt8]) -> String {
    Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  @Test("spells hashes in base64 as Foundation does")
  func hashes() {
    for number in 0..<500 {
      let hash = Self.leaf(number)
      #expect(hash.base64 == Data(hash.bytes).base64EncodedString())
    }
  }

  @Test("of base64url takes one spelling", arguments: ["", "AA", "AAA", "AAAA", "__-_"])
  func base64(text: String) {
    #expect(Base64URL.decode(text).map(Base64URL.encode) == text)
    #expect(Base64URL.decode(text + "=") == nil && Base64URL.decode(text + "A B") == nil)
  }
}
