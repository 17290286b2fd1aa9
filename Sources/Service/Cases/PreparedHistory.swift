public import Domain

/// A history for which a store has done what it can before the write: so the one thread that writes does less, and the others
/// do more.
public protocol PreparedHistory: Sendable {
  var history: CaseHistory { get }
}
