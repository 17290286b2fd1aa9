/// Counts the memory of answers that are made and that their clients have not taken yet.
public protocol AnswerAccount: Sendable {
  /// Counts bytes in, or out when they are negative: each that was counted in is counted out when the client has taken
  /// it, and at the latest when the connection ends. Called on event loops.
  ///
  /// What the system takes at once is never counted, so that answers to clients that read cost nothing here.
  func count(_ bytes: Int)
}
