internal import Crypto
internal import Domain
internal import Foundation
internal import GRDB

/// A part of a case as it stands in the file: sealed with ChaChaPoly (RFC 8439) under a key of the case and the person, or
/// under one of the case's reporter, and bound to the case, the version and the group.
struct Seal: Sendable {
  private static let saltBytes = 16

  /// Of the key.
  let number: Int64
  /// 12 bytes of nonce, salt and content, 16 bytes of tag.
  let bytes: Data

  /// - Parameters:
  ///   - version: of the case after the event that has brought the part.
  ///   - keys: of the case as it is after the event.
  /// - Returns: nil for a part that is not sealed, as everybody sees it who sees the case.
  init?(_ part: StoredPart, _ id: CaseID, _ version: Int, with keys: DataKeys, _ vault: Vault, _ salts: inout Salts)
    throws
  {
    guard let number = keys.number(of: part.part) else { return nil }
    let content = part.content ?? []
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.saltBytes + content.count)
    bytes += part.salt
    bytes += content
    self.number = number
    self.bytes = try ChaChaPoly.seal(
      bytes, using: Self.key(number, of: vault), nonce: ChaChaPoly.Nonce(data: salts.next().prefix(12)),
      authenticating: Self.bound(id, version, part.part)
    ).combined
  }

  private static func key(_ number: Int64, of vault: Vault) throws -> SymmetricKey {
    guard let key = try vault.key(number) else { throw DatabaseError(message: "the key of a value was destroyed") }
    return key
  }

  /// Salt and content of a sealed row.
  ///
  /// - Throws: `DatabaseError` when the row is not what was sealed.
  static func open(
    _ sealed: UnsafeRawBufferPointer, _ part: CasePart, _ id: CaseID, _ version: Int, with key: SymmetricKey
  ) throws -> Data {
    do {
      let opened = try ChaChaPoly.open(
        ChaChaPoly.SealedBox(combined: sealed), using: key, authenticating: bound(id, version, part))
      if opened.count >= saltBytes { return opened }
    } catch is CryptoKitError {}
    throw DatabaseError(message: "a sealed value is not what was sealed")
  }

  /// 16 bytes of the identity, 8 of the version, 1 of the group.
  private static func bound(_ id: CaseID, _ version: Int, _ part: CasePart) -> [UInt8] {
    withUnsafeBytes(of: (id.high.bigEndian, id.low.bigEndian, Int64(version).bigEndian)) { Array($0) } + [
      UInt8(part.rawValue)
    ]
  }
}

/// The keys that seal what is said of a case now, by their numbers.
struct DataKeys: Equatable {
  /// Of the case and the person it is about.
  var person: Int64
  /// Of its reporter.
  var reporter: Int64

  /// The key of a part; nil for one that everybody sees who sees the case, and that is not sealed.
  func number(of part: CasePart) -> Int64? {
    switch part {
    case .core: nil
    case .reporter, .reporterTexts: reporter
    default: person
    }
  }
}
