internal import Crypto
internal import Domain
internal import HTTPServer
internal import JSON

/// Bodies of JSON.
enum JSONBody {
  /// - Throws: `malformed_json`, naming the place and never the text.
  static func parse(_ bytes: [UInt8]) throws(Failure) -> JSONValue {
    do throws(JSONError) {
      return try JSONValue.parse(bytes)
    } catch {
      throw Failure(
        .malformedJSON, en: "The body is not JSON as required here: byte \(error.offset): \(error.reason.description).",
        inIndonesian: "Isi bukan JSON yang sah: bita \(error.offset): \(error.reason.rawValue).")
    }
  }

  /// SHA-256 over a line with method and target, and the body.
  static func digest(_ line: String, _ bytes: [UInt8]) -> [UInt8] {
    var hash = SHA256()
    hash.update(data: Array(line.utf8))
    hash.update(data: bytes)
    return Array(hash.finalize())
  }
}

extension Failure {
  init(bodyFailure: BodyFailure) {
    switch bodyFailure {
    case .tooLarge:
      self.init(.contentTooLarge, en: "The body is too large.", inIndonesian: "Isi permintaan terlalu besar.")
    case .tooSlow:
      self.init(.requestTimeout, en: "The body came too slowly.", inIndonesian: "Isi permintaan datang terlalu lambat.")
    case .malformed, .disconnected:
      self.init(
        .malformedRequest, en: "The body is broken off or malformed.",
        inIndonesian: "Isi permintaan terputus atau rusak.")
    }
  }
}
