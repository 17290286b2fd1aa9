internal import Domain
internal import Service

/// The documentation as handlers are given it. It is written from the routes, and so they do not name it.
struct Documentation: Sendable {
  /// The page of a path; nil where there is none.
  let page: @Sendable (Substring) -> DocumentationPage?
  /// OpenAPI 3.1: of everything, or of what a caller may do.
  let openAPI: @Sendable (Caller?) -> [UInt8]
  /// The same as OpenAPI 3.0.
  let openAPI30: @Sendable (Caller?) -> [UInt8]
}
