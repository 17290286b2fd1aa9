internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON
internal import Service

/// Whether the program lives, and whether it can serve.
enum OperationRoutes {
  static func live() -> Answer {
    Answer.object { writer in
      writer.member("status", "ok")
    }
  }

  /// Ready to read and to write, with writes that do not wait long and room on the disk.
  ///
  /// - Throws: `storage_unavailable` with the name of each check that has failed as `parameter`.
  static func ready(_ call: Call, _ readiness: Readiness) async throws -> Answer {
    let failed = (readiness.canRead(on: call.asker.reader) ? [] : [.read]) + (await readiness.failedChecks())
    guard failed.isEmpty else { throw Failure.notReady(failed) }
    return Answer.object { writer in
      writer.member("status", "ready")
      writer.object("checks") { writer in
        for check in Readiness.Check.allCases {
          writer.name(check.rawValue)
          writer.string("ok")
        }
      }
    }
  }
}

extension Failure {
  /// What is not ready, by name.
  static func notReady(_ checks: [Readiness.Check]) -> Failure {
    Failure(
      .storageUnavailable, en: "The service is not ready.", inIndonesian: "Layanan belum siap.",
      errors: checks.map { FieldError(parameter: $0.rawValue, .unavailable, $0.detail) })
  }
}
