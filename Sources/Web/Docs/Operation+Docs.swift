internal import Domain
internal import HTTPTypes
internal import Service

/// Operations on the documentation.
extension Operation {
  static let openAPI = Operation(
    .operation, .init(en: "This description", inIndonesian: "Uraian ini"),
    details: "With a key: only what that key may do.",
    replies: [.json(.map(of: .any), "OpenAPI 3.1.")],
    example: Example(nil))

  static func page(_ summary: LocalizedText, path: [String] = []) -> Operation {
    Operation(
      .operation, summary,
      replies: [Reply(.ok, "The page.", [Reply.Content(type: "text/html", schema: nil)])],
      example: Example(nil, path: path))
  }

  static let styleSheet = Operation(
    .operation, .init(en: "How pages look", inIndonesian: "Tampilan halaman"),
    replies: [Reply(.ok, "The style sheet.", [Reply.Content(type: "text/css", schema: nil)])], example: Example(nil))
}
