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

  /// GET /docs and every page below: `lang` (id, en), or else the language that the client prefers.
  ///
  /// - Throws: `not_found` for a group or a problem that there is not.
  static func page(_ call: Call, _ documentation: Documentation, _ cache: PageCache) throws(Failure) -> Answer {
    let text = try PageText(preferredBy: call)
    guard let page = documentation.page(call.site.paths.plain(call.request.path)) else { throw .notFound }
    var answer = cache.answer("\(page.path) \(text.language.tag)", nil, [], call) { page.html(text) }
    answer.fields.append(Response.Field(name: .contentLanguage, value: text.language.tag))
    return answer
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
