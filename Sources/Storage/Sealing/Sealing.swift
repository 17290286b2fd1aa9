internal import Crypto
internal import Domain
internal import Foundation
internal import GRDB

/// How the values of a case are sealed: ChaChaPoly (RFC 8439) under a key of the case and the person, or under one of the
/// case's reporter, bound to the case, the event that brought them, and their group.
enum Sealing {
  private static let saltBytes = 16

  /// - Parameters:
  ///   - nonce: 12 random bytes.
  ///   - partKey: the key of the row: the sequence of the event and the group.
  static func seal(
    _ part: StoredPart, _ partKey: Int64, of id: CaseID, with key: SymmetricKey, nonce: ArraySlice<UInt8>
  ) throws -> Data {
    let content = part.content ?? []
    var bytes: [UInt8] = []
    bytes.reserveCapacity(saltBytes + content.count)
    bytes += part.salt
    bytes += content
    return try ChaChaPoly.seal(
      bytes, using: key, nonce: ChaChaPoly.Nonce(data: nonce), authenticating: bound(partKey, of: id)
    ).combined
  }

  /// Salt and content of a sealed row.
  ///
  /// - Throws: `DatabaseError` when the row is not what was sealed.
  static func open(_ sealed: UnsafeRawBufferPointer, _ partKey: Int64, of id: CaseID, with key: SymmetricKey) throws
    -> Data
  {
    do {
      let opened = try ChaChaPoly.open(
        ChaChaPoly.SealedBox(combined: sealed), using: key, authenticating: bound(partKey, of: id))
      if opened.count >= saltBytes { return opened }
    } catch is CryptoKitError {}
    throw DatabaseError(message: "a sealed value is not what was sealed")
  }

  private static func bound(_ partKey: Int64, of id: CaseID) -> [UInt8] {
    withUnsafeBytes(of: (id.high.bigEndian, id.low.bigEndian, partKey.bigEndian)) { Array($0) }
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
