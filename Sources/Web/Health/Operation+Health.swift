internal import Domain
internal import HTTPTypes
internal import Service

/// Operations on how the program does.
extension Operation {
  static let live = Operation(
    "getLiveness", .operation, .init(en: "Whether the program lives", inIndonesian: "Apakah program hidup"),
    replies: [.json(.status, "It does.")], example: Example(nil))

  static let ready = Operation(
    "getReadiness", .operation, .init(en: "Whether it can serve", inIndonesian: "Apakah siap melayani"),
    details: """
      Reads, writes something that is undone again, and looks at the queue and the disk. A success is kept for a second. \
      503 names the checks that have failed.
      """,
    replies: [.json(.readiness, "It can.")], example: Example(nil))

  static let metrics = Operation(
    "getMetrics", .operation, .init(en: "Metrics", inIndonesian: "Metrik"),
    details: "For Prometheus. From this machine itself without a key.",
    replies: [Reply(.ok, "Metrics.", [Reply.Content(type: "text/plain", schema: nil)])], example: Example("OPERATOR"))
}
