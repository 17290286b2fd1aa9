internal import Dispatch
internal import Foundation
internal import Synchronization
internal import Testing

/// All tests that start the program: one after the other, on a thread of their own, because they block.
@Suite("the program", .serialized, .ownThread, .timeLimit(.minutes(15)))
enum ProgramTests {}

/// A file of the project, such as `scripts/tour`.
func projectFile(_ path: String) -> String {
  URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../\(path)").standardizedFileURL.path
}

/// Runs tests on a thread that nobody else waits for.
struct OwnThreadTrait: SuiteTrait, TestTrait, TestScoping {
  let isRecursive = true

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await withTaskExecutorPreference(OwnThread()) { try await function() }
  }
}

extension Trait where Self == OwnThreadTrait {
  static var ownThread: Self { Self() }
}

private final class OwnThread: TaskExecutor {
  private let queue = DispatchQueue(label: "program tests")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

/// Runs `body` on so many threads at once and gathers what each of them gives.
func inParallel<Value: Sendable>(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Value) throws -> [Value] {
  let threads = Threads(count, body)
  return try threads.values()
}

/// Threads that run at once while the test goes on.
final class Threads<Value: Sendable>: Sendable {
  private let results: Mutex<[Int: Result<Value, any Error>]> = Mutex([:])
  private let group = DispatchGroup()
  private let count: Int

  init(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Value) {
    self.count = count
    for index in 0..<count {
      group.enter()
      Thread.detachNewThread { [self] in
        let result = Result { try body(index) }
        results.withLock { $0[index] = result }
        group.leave()
      }
    }
  }

  /// What the threads gave, in their order; waits for all of them.
  func values() throws -> [Value] {
    guard group.wait(timeout: .now() + 60) == .success else { throw TestFailure("threads do not end") }
    let results = results.withLock { $0 }
    return try (0..<count).compactMap { try results[$0]?.get() }
  }
}
