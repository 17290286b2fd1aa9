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

  /// A JSON document that is an object.
  ///
  /// - Parameter write: Writes the members.
  static func object(
    _ status: HTTPResponse.Status = .ok, in language: Language? = nil, _ write: (inout JSONWriter) throws -> Void
  ) rethrows -> Answer {
    try json(status, in: language) { try $0.object(write) }
  }

  /// Makes the response: `304` when a GET's entity tag is one the client has.
  func response(to request: Request) -> Response {
    var all = fields
    if let etag { all.append(Response.Field(name: .eTag, value: etag)) }
    if status == .ok, isKnown(to: request) { return Response(status: .notModified, fields: all) }
    if case .empty = body {} else { all.append(Response.Field(name: .contentType, value: contentType)) }
    return Response(status: status, fields: all, body: body)
  }

  /// Whether a request says that it has what would be answered.
  func isKnown(to request: Request) -> Bool {
    guard request.method == .get || request.method == .head, let etag, let known = request.fields[.ifNoneMatch] else {
      return false
    }
    return Self.names(known, etag)
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
