/// What a connection must remember of the request it answers.
struct CurrentRequest {
  var isHead = false
  var isHTTP10 = false
  /// Whether the client asked for the connection to close.
  var closes = false
  var decoder = BodyDecoder.finished
  /// Whether the client waits for `100 Continue`.
  var awaitsContinue = false
  var bodyFailure: BodyFailure?
  /// Bytes moved since the task last let others run.
  var unyieldedBytes = 0
  /// How long the handler may still wait for body bytes, and since when it does now.
  var bodyPatience: Patience
  /// How long the answer may still wait for the client.
  var answerPatience: Patience
  var bodyWaitStart = Nanoseconds.never
  var bodyWaiter: CheckedContinuation<Result<[UInt8]?, BodyFailure>, Never>?
  var writer: CheckedContinuation<Bool, Never>?
  /// Whether a streamed answer is being written.
  var isStreaming = false
  var isChunked = false
  /// Bytes of a streamed answer that are still to come, where its length was told.
  var streamBytesLeft: Int?
  /// Whether the end must be a reset, since a plain close would look like a complete answer.
  var resetsAtEnd = false

  init(_ timeouts: Timeouts) {
    bodyPatience = timeouts.bodyPatience
    answerPatience = timeouts.answerPatience
  }
}
