internal import Crypto
internal import Domain

/// The opaque place after which a list goes on: it carries the filter and is signed, so that it fits one question of
/// one agency and nothing else.
enum Cursor {
  /// Makes the text of a cursor.
  static func encode(_ position: CaseQuery.Position, filter: String, agency: AgencyCode, secret: [UInt8]) -> String {
    let payload = Array("\(agency)\n\(position.key)\n\(position.value)\n\(filter)".utf8)
    return Base64URL.encode(signature(payload, secret) + payload)
  }

  /// Reads a cursor.
  ///
  /// - Throws: `invalid_cursor` for anything that was not made here for this agency.
  static func decode(_ text: String, agency: AgencyCode, secret: [UInt8]) throws(Failure) -> (
    position: CaseQuery.Position, filter: String
  ) {
    guard let bytes = Base64URL.decode(text), bytes.count > 16 else { throw .invalidCursor }
    let payload = Array(bytes.dropFirst(16))
    // Compared in full before a difference tells: the signature must not be found byte by byte.
    let difference = zip(signature(payload, secret), bytes).reduce(0) { $0 | ($1.0 ^ $1.1) }
    // Bytes: as characters, a line feed after a carriage return is none.
    let parts = payload.split(separator: UInt8(ascii: "\n"), maxSplits: 3, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    guard difference == 0, parts.count == 4, parts[0] == agency.rawValue, let key = Int64(parts[1]) else {
      throw .invalidCursor
    }
    return (CaseQuery.Position(value: parts[2], key: key), parts[3])
  }

  private static func signature(_ payload: [UInt8], _ secret: [UInt8]) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: payload, using: SymmetricKey(data: secret)).prefix(16))
  }
}

extension Failure {
  static let invalidCursor = Failure(
    .invalidCursor, en: "This cursor does not belong to this question.", id: "Kursor ini bukan milik pertanyaan ini.",
    errors: [FieldError(parameter: "cursor", .format)])
}
