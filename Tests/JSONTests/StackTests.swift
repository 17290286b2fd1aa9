import Foundation
import JSON
import Synchronization
import Testing

@Suite struct StackTests {
  @Test(arguments: ["[", #"{"a":"#])
  func `the deepest nesting fits the stack of a small thread`(opening: String) {
    let depth = JSONValue.depthLimit
    let closing = opening == "[" ? "]" : "}"
    let text = String(repeating: opening, count: depth) + "1" + String(repeating: closing, count: depth)
    let outcome = Outcome()
    let done = DispatchSemaphore(value: 0)
    let thread = Thread {
      outcome.survived.store(Self.survives(Array(text.utf8)), ordering: .sequentiallyConsistent)
      done.signal()
    }
    thread.stackSize = 512 * 1024
    thread.start()
    done.wait()
    let survived = outcome.survived.load(ordering: .sequentiallyConsistent)
    #expect(survived)
  }

  private final class Outcome: Sendable {
    let survived = Atomic(false)
  }

  private static func survives(_ bytes: [UInt8]) -> Bool {
    guard let value = try? JSONValue.parse(bytes, depthMax: JSONValue.depthLimit) else { return false }
    var writer = JSONWriter()
    writer.value(value.merging(patch: value))
    return writer.bytes == bytes && value == value.merging(patch: value)
  }
}
