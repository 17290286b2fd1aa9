internal import Domain
internal import HTTPServer
internal import Logging

/// Logs and counts answers that break off in the middle: the line of a request was written when its answer began.
enum BrokenAnswer {
  /// Longest body, in bytes, that is not watched: the system takes it in one piece, and nobody learns what becomes of it.
  private static let shortBytesMax = 16_384

  /// Sees to it that a long or streamed answer is logged when it breaks off.
  static func watch(
    _ response: inout Response, _ template: String, _ requestID: String, _ metrics: Metrics, _ logger: Logger
  ) {
    switch response.body {
    case .empty: return
    case .bytes(let bytes) where bytes.count <= shortBytesMax: return
    case .bytes, .stream, .sized: break
    }
    response.whenBroken = { cause in
      let reason = Metrics.BreakReason(cause)
      metrics.count(reason)
      var metadata: Logger.Metadata = ["id": "\(requestID)", "route": "\(template)", "reason": "\(reason.label)"]
      if case .failed(let error) = cause { metadata["error"] = "\(name(of: error))" }
      logger.log(level: reason == .failed ? .warning : .notice, "answer broke off", metadata: metadata)
    }
  }

  /// A code or the name of a type: nothing that a client has sent.
  private static func name(of error: any Error) -> String {
    Failure(endOfStream: error)?.code.rawValue ?? "\(type(of: error))"
  }
}

extension Metrics.BreakReason {
  /// The reason without what goes with it.
  init(_ cause: ResponseBreak) {
    self =
      switch cause {
      case .clientGone: .clientGone
      case .clientTooSlow: .clientTooSlow
      case .shutDown: .shutDown
      case .failed: .failed
      }
  }
}

extension Failure {
  /// What a client may be told of the error that ends a stream; nil when nobody is there to be told, or the fault is ours.
  init?(endOfStream error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let failure as BodyFailure: self.init(bodyFailure: failure)
    default: return nil
    }
  }
}
