internal import Domain

/// What the log is told of a request beside its answer.
struct LogRecord {
  let requestID: String
  var template = "-"
  /// Of a key that is valid, whether it passed the gate or not.
  var keyID: String?
  /// When that key ends, if it is near.
  var keyEnd: Timestamp?
  var refusal: KeyRefusal?
}
