internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import Service

/// The documentation that the program serves itself: for machines, and for people without a network.
enum DocumentationRoutes {
  /// GET /openapi.json, /openapi-3.0.json: everything, or with a key what that key may do.
  static func openAPI(_ call: Call, _ document: (Caller?) -> [UInt8]) -> Answer {
    let caller = call.asker.caller
    var answer = Answer(body: .bytes(document(caller)))
    answer.isPublic = caller == nil
    return answer
  }

  /// GET /docs/problems/{code}: the page behind a problem's `type`.
  static func problem(_ call: Call, _ documentation: Documentation) throws(Failure) -> Answer {
    guard let code = call.parameters.first.flatMap({ FailureCode(rawValue: String($0)) }) else { throw .notFound }
    return page(documentation.problem(code), call)
  }

  /// GET /docs/style.css
  static func styleSheet() -> Answer {
    Answer(contentType: "text/css; charset=utf-8", body: .bytes(Page.styleSheet), isPublic: true)
  }

  /// GET /favicon.ico
  static func icon() -> Answer { Answer(contentType: "image/svg+xml", body: .bytes(PageIcon.svg), isPublic: true) }

  /// A page whose links lead to this service as the client reaches it.
  static func page(_ html: [UInt8], _ call: Call) -> Answer {
    Answer(
      contentType: "text/html; charset=utf-8", fields: Page.fields,
      body: .bytes(call.site.paths.prefixingLinks(in: html)), isPublic: true)
  }
}
