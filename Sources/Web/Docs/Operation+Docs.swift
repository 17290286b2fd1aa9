internal import Domain
internal import HTTPTypes
internal import Service

/// Operations on the documentation.
extension Operation {
  static let openAPI = Operation(
    "getOpenAPI", .operation, .init(en: "This description", inIndonesian: "Uraian ini"),
    details: "With a key: only what that key may do.",
    replies: [.json(Schema.map(of: .any).named("OpenAPI"), "OpenAPI 3.1.")],
    example: Example(nil))

  static let openAPI30 = Operation(
    "getOpenAPI30", .operation,
    .init(en: "This description in OpenAPI 3.0", inIndonesian: "Uraian ini dalam OpenAPI 3.0"),
    details: "The same for gateways and generators that read no OpenAPI 3.1.",
    replies: [.json(Schema.map(of: .any).named("OpenAPI"), "OpenAPI 3.0.")],
    example: Example(nil))

  static let documentation = page(
    "getDocumentation", .init(en: "The documentation", inIndonesian: "Dokumentasi"))

  static let documentationGroup = page(
    "getDocumentationGroup", .init(en: "The operations of a group", inIndonesian: "Operasi suatu kelompok"),
    path: ["cases"])

  static let documentationShapes = page(
    "getDocumentationShapes", .init(en: "The shapes of a group", inIndonesian: "Bentuk data suatu kelompok"),
    path: ["cases"])

  static let cookbook = page(
    "getCookbook", .init(en: "Every operation in curl", inIndonesian: "Setiap operasi dalam curl"))

  static let problems = page("listProblems", .init(en: "Every problem", inIndonesian: "Setiap masalah"))

  static let problem = page(
    "getProblem", .init(en: "What a problem means", inIndonesian: "Arti suatu masalah"), path: ["clock_running"])

  private static let lang = Parameter.code(
    "lang", PageText.Choice.self, "The language: id or en (default: what Accept-Language prefers).")

  private static func page(_ name: String, _ summary: LocalizedText, path: [String] = []) -> Operation {
    Operation(
      name, .operation, summary, query: [lang],
      replies: [
        Reply(
          .ok, "The page.", [Reply.Content(type: "text/html", schema: nil)],
          fields: [(.eTag, "Of the page in its language."), (.contentLanguage, "id or en.")])
      ],
      example: Example(nil, path: path))
  }

  static let icon = Operation(
    "getIcon", .operation, .init(en: "The icon of pages", inIndonesian: "Ikon halaman"),
    replies: [Reply(.ok, "The icon.", [Reply.Content(type: "image/svg+xml", schema: nil)])], example: Example(nil))

  static let styleSheet = Operation(
    "getStyleSheet", .operation, .init(en: "How pages look", inIndonesian: "Tampilan halaman"),
    replies: [Reply(.ok, "The style sheet.", [Reply.Content(type: "text/css", schema: nil)])], example: Example(nil))
}
