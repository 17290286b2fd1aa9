internal import Crypto
internal import Foundation
internal import GRDB

/// A file as it stands sealed: blocks of 64 KiB, each by itself with ChaChaPoly (RFC 8439) under the key of the file. The nonce
/// is the number of the block, and whether it is the last one is bound, so that no block passes for another one and none is
/// left out at the end. A key seals one file, once.
struct FileCipher: Sendable {
  /// Of a block before it is sealed.
  static let blockBytes = 64 << 10
  private static let tagBytes = 16

  let key: SymmetricKey

  /// A file of so many bytes takes so many on the disk.
  static func sealedBytes(_ byteCount: Int) -> Int { byteCount + blockCount(byteCount) * tagBytes }

  static func blockCount(_ byteCount: Int) -> Int { max(1, (byteCount + blockBytes - 1) / blockBytes) }

  /// Where a block begins on the disk.
  static func offset(ofBlock number: Int) -> Int { number * (blockBytes + tagBytes) }

  func seal(_ block: ArraySlice<UInt8>, number: Int, isLast: Bool, to sealed: inout [UInt8]) throws {
    let box = try ChaChaPoly.seal(
      block, using: key, nonce: Self.nonce(number), authenticating: [isLast ? 1 : 0] as [UInt8])
    sealed += box.ciphertext
    sealed += box.tag
  }

  /// - Throws: `EvidenceFault.damaged` when the block is not what was sealed.
  func open(_ sealed: UnsafeRawBufferPointer, number: Int, isLast: Bool, into bytes: inout [UInt8]) throws {
    guard sealed.count > Self.tagBytes else { throw EvidenceFault.damaged }
    let end = sealed.count - Self.tagBytes
    do {
      let box = try ChaChaPoly.SealedBox(
        nonce: Self.nonce(number), ciphertext: UnsafeRawBufferPointer(rebasing: sealed[..<end]),
        tag: UnsafeRawBufferPointer(rebasing: sealed[end...]))
      bytes += try ChaChaPoly.open(box, using: key, authenticating: [isLast ? 1 : 0] as [UInt8])
    } catch is CryptoKitError {
      throw EvidenceFault.damaged
    }
  }

  private static func nonce(_ number: Int) throws -> ChaChaPoly.Nonce {
    try ChaChaPoly.Nonce(data: [0, 0, 0, 0] + withUnsafeBytes(of: UInt64(number).bigEndian) { Array($0) })
  }

  // MARK: The key of the file

  /// The key as the key of a case wraps it, bound to the case and the file.
  func wrapped(by caseKey: SymmetricKey, _ binding: [UInt8]) throws -> Data {
    let bytes = key.withUnsafeBytes { Array($0) }
    return try ChaChaPoly.seal(bytes, using: caseKey, authenticating: binding).combined
  }

  /// - Throws: `EvidenceFault.damaged`.
  init(unwrapping wrapped: Data, with caseKey: SymmetricKey, _ binding: [UInt8]) throws {
    do {
      let box = try ChaChaPoly.SealedBox(combined: wrapped)
      key = SymmetricKey(data: try ChaChaPoly.open(box, using: caseKey, authenticating: binding))
    } catch is CryptoKitError {
      throw EvidenceFault.damaged
    }
  }

  init(_ key: SymmetricKey) { self.key = key }
}

/// What is wrong with a file of evidence.
enum EvidenceFault: Error {
  /// It is not what was sealed, or it is missing.
  case damaged
}
