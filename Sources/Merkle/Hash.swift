internal import Crypto
public import Foundation

/// A SHA-256 of a tree: 32 bytes.
public struct Hash: Hashable, Sendable {
  /// The bytes in their order, eight in each word, the first one the highest.
  private let words: (UInt64, UInt64, UInt64, UInt64)

  /// - Returns: nil unless there are 32 bytes.
  public init?(_ bytes: some Collection<UInt8>) {
    guard bytes.count == 32 else { return nil }
    if let hash = bytes.withContiguousStorageIfAvailable({ Hash(contiguous: UnsafeRawBufferPointer($0)) }) {
      self = hash
      return
    }
    var words: [UInt64] = [0, 0, 0, 0]
    for (index, byte) in bytes.enumerated() { words[index >> 3] = words[index >> 3] << 8 | UInt64(byte) }
    self.words = (words[0], words[1], words[2], words[3])
  }

  init(_ digest: SHA256Digest) { self = digest.withUnsafeBytes { Hash(contiguous: $0) } }

  private init(contiguous bytes: UnsafeRawBufferPointer) {
    func word(_ index: Int) -> UInt64 {
      UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
    }
    words = (word(0), word(1), word(2), word(3))
  }

  /// The SHA-256 of some bytes.
  init(ofArray bytes: [UInt8]) {
    var function = SHA256()
    bytes.withUnsafeBytes { function.update(bufferPointer: $0) }
    self.init(function.finalize())
  }

  /// The SHA-256 of some bytes.
  public init(of bytes: some DataProtocol) { self.init(SHA256.hash(data: bytes)) }

  /// The 32 bytes.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(32)
    append(to: &bytes)
    return bytes
  }

  /// Adds the 32 bytes to others.
  public func append(to bytes: inout [UInt8]) {
    withUnsafeBytes { bytes.append(contentsOf: $0) }
  }

  /// The 32 bytes where they stand.
  public func withUnsafeBytes<Value>(_ body: (UnsafeRawBufferPointer) throws -> Value) rethrows -> Value {
    let ordered = (words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian)
    return try Swift.withUnsafeBytes(of: ordered, body)
  }

  /// As base64 (RFC 4648, 4).
  public var base64: String {
    let count = Base64Alphabet.count(of: 32)
    return String(unsafeUninitializedCapacity: count + 1) { room in
      guard let start = room.baseAddress else { return 0 }
      withUnsafeBytes { Base64Alphabet.plain.write($0, to: start) }
      room[count] = UInt8(ascii: "=")
      return count + 1
    }
  }

  /// - Returns: nil for what is not the one spelling of 32 bytes.
  public init?(base64 text: some StringProtocol) {
    guard let data = Data(base64Encoded: String(text)), let hash = Hash(data), hash.base64 == text else { return nil }
    self = hash
  }

  public static func == (one: Hash, other: Hash) -> Bool {
    one.words.0 == other.words.0 && one.words.1 == other.words.1 && one.words.2 == other.words.2
      && one.words.3 == other.words.3
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}
