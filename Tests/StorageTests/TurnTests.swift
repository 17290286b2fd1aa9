internal import Dispatch
internal import Domain
internal import Foundation
internal import Service
internal import Storage
internal import Synchronization
internal import Testing

/// One thread that runs what it is given in order.
private final class InOrder: TaskExecutor {
  private let queue = DispatchQueue(label: "in order")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

/// What became of the work.
private final class Record: Sendable {
  let order = Mutex<[Int]>([])
  let refused = Mutex<[Int: FailureCode]>([:])
}

@Suite struct TurnTests {
  /// Keeps the writer busy while `work` is queued in order, and returns what each piece of it came to, by its mark.
  private func queued(
    _ settings: StoreSettings, _ work: [(owner: KeyOwner, mark: Int)]
  ) async throws -> (order: [Int], refused: [Int: FailureCode]) {
    let record = Record()
    try await TemporaryStore.open(settings) { bench in
      let (started, mayGoOn) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
      async let blocker: Void = bench.store.write(by: .operator, dryRun: true) { _ in
        started.signal()
        mayGoOn.wait()
      }
      await withCheckedContinuation { continuation in
        DispatchQueue.global().async {
          started.wait()
          continuation.resume()
        }
      }
      await withTaskGroup(of: Void.self) { group in
        let executor = InOrder()
        for piece in work {
          group.addTask(executorPreference: executor) {
            do {
              try await bench.store.write(by: piece.owner, dryRun: true) { _ in
                record.order.withLock { $0.append(piece.mark) }
              }
            } catch {
              record.refused.withLock { $0[piece.mark] = (error as? Failure)?.code }
            }
          }
        }
        group.addTask(executorPreference: executor) { mayGoOn.signal() }
      }
      try await blocker
    }
    return (record.order.withLock { $0 }, record.refused.withLock { $0 })
  }

  private let bkn = KeyOwner.agency(.bkn)
  private let panrb = KeyOwner.agency(.panrb)

  @Test func `a write waits for one write of another agency's crowd, and not for the crowd`() async throws {
    let crowd = (1...200).map { (owner: bkn, mark: $0) }
    let (order, refused) = try await queued(StoreSettings(), crowd + [(panrb, -1)])
    #expect(order.count == 201 && refused.isEmpty)
    #expect(order.prefix(3) == [1, -1, 2])
    #expect(order.filter { $0 > 0 } == Array(1...200))
  }

  @Test func `an agency whose line is full is refused, and another is not until all is full`() async throws {
    var settings = StoreSettings()
    settings.queueMax = 6
    settings.queuePerOwnerMax = 4
    let work = (1...5).map { (owner: bkn, mark: $0) } + (11...13).map { (owner: panrb, mark: $0) }
    let (order, refused) = try await queued(settings, work)
    #expect(Set(order) == [1, 2, 3, 4, 11, 12])
    #expect(refused == [5: .tooManyRequests, 13: .busy])
  }
}
