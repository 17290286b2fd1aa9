internal import Domain
internal import Foundation
internal import HTTPServer
internal import HTTPTypes
internal import JSON

/// What a handler answers, before conditional requests are judged.
struct Answer: Sendable {
  var status: HTTPResponse.Status = .ok
  var contentType = "application/json"
  var fields: [Response.Field] = []
  var etag: String?
  var body: ResponseBody = .empty
  /// True for what depends on no key and holds nothing of anybody.
  var isPublic = false

  /// A JSON document.
  ///
  /// - Parameter language: of texts for people; nil where there are none.
  static func json(
    _ status: HTTPResponse.Status = .ok, in language: Language? = nil, _ write: (inout JSONWriter) throws -> Void
  ) rethrows -> Answer {
    var writer = JSONWriter()
    try write(&writer)
    var answer = Answer(status: status, body: .bytes(writer.bytes))
    if let language { answer.fields.append(Response.Field(name: .contentLanguage, value: language.tag)) }
    return answer
  }

  /// Makes the response: `304` when a GET's entity tag is one the client has.
  func response(to request: Request) -> Response {
    var all = fields
    if let etag { all.append(Response.Field(name: .eTag, value: etag)) }
    let isRead = request.method == .get || request.method == .head
    if isRead, status == .ok, let etag, let known = request.fields[.ifNoneMatch], Self.names(known, etag) {
      return Response(status: .notModified, fields: all)
    }
    if case .empty = body {} else { all.append(Response.Field(name: .contentType, value: contentType)) }
    return Response(status: status, fields: all, body: body)
  }

  /// Weak comparison over a list (RFC 9110, 13.1.2).
  private static func names(_ list: String, _ etag: String) -> Bool {
    list.split(separator: ",").contains { item in
      let bare = item.trimmingCharacters(in: .whitespaces)
      return bare == "*" || bare == etag || bare == "W/\(etag)"
    }
  }
}

extension Response {
  /// Adds what every answer says, also one that refuses, one that streams and one that the server itself gives: its
  /// name, that nobody keeps it, and that its type is what it says.
  ///
  /// - Parameter isPublic: true for what depends on no key and holds nothing of anybody. All else may hold personal data,
  ///   which has no place in a cache, not even the client's own.
  mutating func seal(_ requestID: String, isPublic: Bool = false) {
    fields.append(Field(name: .requestID, value: requestID))
    fields.append(Field(name: .cacheControl, value: isPublic ? "public, max-age=3600" : "no-store"))
    fields.append(Field(name: .contentTypeOptions, value: "nosniff"))
  }
}

extension Response {
  /// Adds what the answer was chosen by, whether pages of others may read it, and the prefix of the paths that it names.
  ///
  /// - Parameters:
  ///   - varies: the fields that the route looks at.
  ///   - isOpenToAll: true for what needs no key.
  mutating func finish(_ varies: String, isOpenToAll: Bool, _ paths: PathSpelling) {
    let speaks = fields.contains { $0.name == .contentLanguage }
    fields.append(Field(name: .vary, value: speaks ? "\(varies), Accept-Language" : varies))
    if isOpenToAll {
      fields.append(Field(name: .accessControlAllowOrigin, value: "*"))
      fields.append(Field(name: .accessControlExposeHeaders, value: "ETag, Link, X-Request-Id"))
    }
    paths.prefix(&fields)
  }
}

/// The entity tag of a case for a caller: representation, version and projection, never the key.
enum EntityTag {
  static func of(version: Int, _ projection: Projection) -> String {
    "\"\(CaseJSON.representation)-\(version)-\(projection.rawValue)\""
  }

  /// - Throws: `precondition_required` without `If-Match`, `malformed_request` when a tag of it is weak or not quoted,
  ///   `version_mismatch` when none is the current one.
  static func requireMatch(_ field: String?, version: Int, _ projection: Projection) throws(Failure) {
    guard let field, field != "*" else { throw .preconditionRequired }
    let current = of(version: version, projection)
    let tags = field.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    guard !tags.isEmpty, tags.allSatisfy({ $0.utf8.count >= 2 && $0.hasPrefix("\"") && $0.hasSuffix("\"") }) else {
      throw .malformedTag
    }
    guard tags.contains(current) else {
      let own = "\"\(CaseJSON.representation)-\(version)-"
      if tags.contains(where: { $0.hasPrefix(own) }) {
        throw Failure(
          .versionMismatch, en: "This tag is of the case as another agency sees it: fetch it with your own key.",
          id: "Etiket ini milik kasus sebagaimana dilihat lembaga lain: ambil dengan kunci Anda.", currentETag: current)
      }
      throw Failure(
        .versionMismatch, en: "The case has changed since; fetch it again.",
        id: "Kasus sudah berubah; ambil kembali.", currentETag: current)
    }
  }
}

extension Failure {
  static let preconditionRequired = Failure(
    .preconditionRequired, en: "Send If-Match with the ETag of the case as you know it.",
    id: "Kirim If-Match dengan ETag kasus yang Anda ketahui.", errors: [FieldError(parameter: "If-Match", .required)])
  static let malformedTag = Failure(
    .malformedRequest, en: "If-Match takes strong tags in double quotes, as the case has them.",
    id: "If-Match memuat etiket kuat dalam tanda kutip ganda, seperti pada kasus.",
    errors: [FieldError(parameter: "If-Match", .format)])
}

/// Chooses a representation by the `Accept` field (RFC 9110, 12.5.1).
enum MediaType {
  /// - Throws: `not_acceptable` when none of `offered` is wanted.
  static func choose(_ accept: String?, from offered: [String]) throws(Failure) -> String {
    guard let accept, let first = offered.first else { return offered.first ?? "application/json" }
    var best: (type: String, quality: Double)?
    for type in offered {
      let quality = quality(of: type, in: accept)
      if quality > (best?.quality ?? 0) { best = (type, quality) }
    }
    if let best { return best.type }
    if accept.isEmpty { return first }
    throw Failure(
      .notAcceptable, en: "This resource can be had as \(offered.joined(separator: ", ")).",
      id: "Sumber daya ini tersedia sebagai \(offered.joined(separator: ", ")).")
  }

  private static func quality(of type: String, in accept: String) -> Double {
    var found: (specificity: Int, quality: Double) = (-1, 0)
    for range in accept.split(separator: ",") {
      let parts = range.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
      guard let name = parts.first else { continue }
      let group = type.split(separator: "/").first.map { "\($0)/*" } ?? ""
      let specificity = name == type ? 2 : name == group ? 1 : name == "*/*" ? 0 : -1
      guard specificity > found.specificity else { continue }
      let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
      found = (specificity, weight)
    }
    return found.quality
  }
}

extension Language {
  /// As in `Content-Language`.
  var tag: String { self == .indonesian ? "id" : "en" }

  /// Indonesian when the client prefers it to English, else English.
  init(acceptLanguage: String?) {
    guard let acceptLanguage else {
      self = .english
      return
    }
    var best: (language: Language, quality: Double) = (.english, 0)
    for range in acceptLanguage.split(separator: ",") {
      let parts = range.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
      guard let tag = parts.first?.split(separator: "-").first else { continue }
      let language: Language? = tag == "id" ? .indonesian : tag == "en" ? .english : nil
      let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
      if let language, weight > best.quality { best = (language, weight) }
    }
    self = best.language
  }
}
