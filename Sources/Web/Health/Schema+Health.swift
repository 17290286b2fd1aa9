internal import Domain
internal import Service

/// The shapes of how the program does, as answers show them.
extension Schema {
  static let readiness = object([
    .always("status", const("ready")),
    .always("checks", object(Readiness.Check.allCases.map { .always($0.rawValue, const("ok")) })),
  ]).named("Readiness")

  static let status = object([.always("status", const("ok"))]).named("Liveness")
}
