internal import Foundation

/// A folder of its own that vanishes with the test.
public func withFolder<Value>(_ body: (_ path: String) async throws -> Value) async throws -> Value {
  let folder = NSTemporaryDirectory() + "netral-\(UUID().uuidString)"
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  do {
    let value = try await body(folder)
    try FileManager.default.removeItem(atPath: folder)
    return value
  } catch {
    try FileManager.default.removeItem(atPath: folder)
    throw error
  }
}
