internal import Domain
internal import Service

/// The documentation as handlers are given it; a page is written when it is first asked for.
struct Documentation: Sendable {
  /// Every operation, for people.
  let operations: @Sendable () -> [UInt8]
  /// Every operation in curl.
  let cookbook: @Sendable () -> [UInt8]
  /// Every problem.
  let problems: @Sendable () -> [UInt8]
  /// One problem.
  let problem: @Sendable (FailureCode) -> [UInt8]
  /// OpenAPI 3.1: of everything, or of what a caller may do.
  let openAPI: @Sendable (Caller?) -> [UInt8]
  /// The same as OpenAPI 3.0.
  let openAPI30: @Sendable (Caller?) -> [UInt8]
}
