internal import Domain
internal import Service
internal import Synchronization

/// What readers of every request share: replaced after the commit that changed it.
final class Snapshots: Sendable {
  struct Value: Sendable {
    var reference: Reference
    var keys: [String: AccessKey]
    /// Grows with every change of the two.
    var revision = 0
  }
  let value: Mutex<Value>

  init(reference: Reference, keys: [String: AccessKey]) {
    value = Mutex(Value(reference: reference, keys: keys))
  }
}
