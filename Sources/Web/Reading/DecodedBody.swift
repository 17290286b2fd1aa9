internal import Domain
internal import Foundation
internal import Gzip
internal import HTTPServer
internal import HTTPTypes

/// The body of a request piece by piece, decompressed when it came as gzip (RFC 9110, 8.4).
struct DecodedBody {
  private let body: RequestBody
  private let inflater: Inflater?
  private let bytesMax: Int
  private var compressed: ArraySlice<UInt8> = []
  private var bytes = 0

  var isCompressed: Bool { inflater != nil }

  /// - Parameter bytesMax: most bytes after decompression.
  /// - Throws: `unsupported_media_type` for any coding but gzip.
  init(_ request: Request, bytesMax: Int) throws(Failure) {
    let codings = (request.fields[.contentEncoding] ?? "").split(separator: ",")
      .map { $0.trimmingCharacters(in: .whitespaces).lowercased() }.filter { !["", "identity"].contains($0) }
    switch codings {
    case []: inflater = nil
    case ["gzip"], ["x-gzip"]: inflater = Inflater()
    default: throw .unsupportedCoding
    }
    body = request.body
    self.bytesMax = bytesMax
  }

  /// The next piece of at least one byte, at most 64 KiB; nil at the end.
  ///
  /// - Throws: `content_too_large` beyond `bytesMax`; `malformed_request` when it is no gzip; what reading a body throws.
  mutating func next() async throws -> [UInt8]? {
    guard let inflater else { return try await body.next() }
    do {
      while true {
        if let piece = try inflater.next(from: &compressed) {
          bytes += piece.count
          if bytes > bytesMax { throw BodyFailure.tooLarge }
          // Little that comes may stand for much: others on this thread go first after each piece of it.
          await Task.yield()
          return piece
        }
        guard let more = try await body.next() else { break }
        compressed = more[...]
      }
      try inflater.finish()
      return nil
    } catch is Inflater.Fault {
      throw Failure(
        .malformedRequest, en: "The body is no gzip, or was broken off.",
        inIndonesian: "Isi bukan gzip yang sah, atau terputus.")
    }
  }
}

extension Failure {
  static let unsupportedCoding = Failure(
    .unsupportedMediaType, en: "Send the body as it is, or with Content-Encoding: gzip.",
    inIndonesian: "Kirim isi apa adanya, atau dengan Content-Encoding: gzip.",
    errors: [FieldError(parameter: "Content-Encoding", .notAllowed)])
}
