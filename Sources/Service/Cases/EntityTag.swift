internal import Crypto
public import Domain
internal import Foundation

/// The entity tag of a case for a caller: representation, version and content, never the key.
public enum EntityTag {
  /// The number of the form in which a case is written, the first part of every entity tag: a release that adds a member to
  /// cases raises it by one, since it changes the bytes of versions that have not changed. The first form had no number in
  /// its tags.
  public static let representation = 4

  /// The tag in double quotes (RFC 9110, 8.8.3): the numbers of representation and version, and the first 15 bytes, as
  /// base32, of the SHA-256 over the tag so far, a byte for the projection, and what the record commits to of what the
  /// caller sees. So it covers the content, and does not have to open it.
  public static func of(version: Int, _ projection: Projection, _ commitments: CaseCommitments?) -> String {
    let beginning = "\(representation)-\(version)-"
    var function = SHA256()
    Array(beginning.utf8).withUnsafeBytes { function.update(bufferPointer: $0) }
    withUnsafeBytes(of: projection.rawValue) { function.update(bufferPointer: $0) }
    commitments?.visible(to: projection).withUnsafeBytes { function.update(bufferPointer: $0) }
    let digest = function.finalize().withUnsafeBytes { Array($0.prefix(15)) }
    return "\"\(beginning)\(Base32.encode(digest))\""
  }

  /// - Parameter field: the tags of which one must be the current one, with commas between them.
  /// - Throws: `precondition_required` without `If-Match`, `malformed_request` when a tag of it is weak or not quoted,
  ///   `version_mismatch` when none is the current one.
  public static func requireMatch(
    _ field: String?, version: Int, _ projection: Projection, _ commitments: CaseCommitments?
  ) throws(Failure) {
    guard let field, field != "*" else { throw .preconditionRequired }
    let current = of(version: version, projection, commitments)
    let tags = field.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    guard !tags.isEmpty, tags.allSatisfy({ $0.utf8.count >= 2 && $0.hasPrefix("\"") && $0.hasSuffix("\"") }) else {
      throw .malformedTag
    }
    guard tags.contains(current) else {
      let own = "\"\(representation)-\(version)-"
      if tags.contains(where: { $0.hasPrefix(own) }) {
        throw Failure(
          .versionMismatch, en: "This tag is of the case as another agency sees it: fetch it with your own key.",
          inIndonesian: "Etiket ini milik kasus sebagaimana dilihat lembaga lain: ambil dengan kunci Anda.",
          currentETag: current)
      }
      throw Failure(
        .versionMismatch, en: "The case has changed since; fetch it again.",
        inIndonesian: "Kasus sudah berubah; ambil kembali.", currentETag: current)
    }
  }
}

extension Failure {
  fileprivate static let preconditionRequired = Failure(
    .preconditionRequired, en: "Send If-Match with the ETag of the case as you know it.",
    inIndonesian: "Kirim If-Match dengan ETag kasus yang Anda ketahui.",
    errors: [FieldError(parameter: "If-Match", .required)])
  fileprivate static let malformedTag = Failure(
    .malformedRequest, en: "If-Match takes strong tags in double quotes, as the case has them.",
    inIndonesian: "If-Match memuat etiket kuat dalam tanda kutip ganda, seperti pada kasus.",
    errors: [FieldError(parameter: "If-Match", .format)])
}
