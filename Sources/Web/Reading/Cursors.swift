internal import Crypto
internal import Domain
internal import Foundation
internal import Merkle

/// The cursors of one list for one caller.
///
/// A cursor is the place after which a list goes on, with the filter. It is encrypted, so that it tells nothing of what
/// lies between two places and none of the words that were searched for; and it is bound to the list and the caller's
/// agency, so that it fits nowhere else.
struct Cursors: Sendable {
  private let key: SymmetricKey
  /// What a cursor is bound to.
  private let bound: [UInt8]

  /// - Parameters:
  ///   - list: the path of the list.
  ///   - agency: who asks; nil for the operator.
  init(of list: String, for agency: AgencyCode?, _ key: SymmetricKey) {
    self.key = key
    bound = Array("\(list)\n\(agency?.rawValue ?? "")".utf8)
  }

  /// The key of a database's cursors, from its secret.
  static func key(from secret: [UInt8]) -> SymmetricKey {
    HKDF<SHA256>.deriveKey(
      inputKeyMaterial: SymmetricKey(data: secret), info: Array("netral cursor".utf8), outputByteCount: 32)
  }

  /// The text of a cursor: another one each time (RFC 8439, a random nonce).
  func seal(_ place: CaseQuery.Position, filter: String = "") throws -> String {
    let value = Array(place.value.utf8)
    var plain: [UInt8] = []
    plain.reserveCapacity(12 + value.count + filter.utf8.count)
    withUnsafeBytes(of: place.key.bigEndian) { plain.append(contentsOf: $0) }
    withUnsafeBytes(of: UInt32(value.count).bigEndian) { plain.append(contentsOf: $0) }
    plain += value
    plain += Array(filter.utf8)
    return Base64URL.encode(Array(try ChaChaPoly.seal(plain, using: key, authenticating: bound).combined))
  }

  /// Reads a cursor.
  ///
  /// - Throws: `invalid_cursor` for anything that was not made here for this list and this agency.
  func open(_ text: String) throws(Failure) -> (place: CaseQuery.Position, filter: String) {
    guard let sealed = Base64URL.decode(text) else { throw .invalidCursor }
    let plain: [UInt8]
    do {
      plain = Array(try ChaChaPoly.open(try ChaChaPoly.SealedBox(combined: sealed), using: key, authenticating: bound))
    } catch {
      throw .invalidCursor
    }
    guard plain.count >= 12 else { throw .invalidCursor }
    let place = plain[..<8].reduce(Int64(0)) { $0 << 8 | Int64($1) }
    let valueEnd = 12 + plain[8..<12].reduce(0) { $0 << 8 | Int($1) }
    guard valueEnd <= plain.count else { throw .invalidCursor }
    return (
      CaseQuery.Position(value: String(decoding: plain[12..<valueEnd], as: UTF8.self), key: place),
      String(decoding: plain[valueEnd...], as: UTF8.self)
    )
  }
}

extension Failure {
  static let invalidCursor = Failure(
    .invalidCursor, en: "This cursor does not belong to this question.",
    inIndonesian: "Kursor ini bukan milik pertanyaan ini.",
    errors: [FieldError(parameter: "cursor", .format)])
}
