internal import Domain
internal import Foundation
internal import Glibc
internal import Service
internal import Synchronization

/// The thread of statistics: it alone holds the states of all cases, and answers one question after the other, the agencies
/// taking turns.
///
/// `@unchecked Sendable`: every member is immutable; `line` and `reader` are Sendable, and the states are touched by the
/// one thread alone.
final class StatisticsLane: @unchecked Sendable {
  private typealias Piece = @Sendable (StatesLoader, Reader) -> Void

  /// A quarter of the way to the lowest priority there is: a core that is busy with requests gives a quarter to counting.
  private static let niceness: Int32 = 5

  private let line: WaitingLine<Piece>
  private let reader: Reader
  private let running = DispatchGroup()

  init(path: String, vault: Vault, words: (path: String, matching: WordMatching), settings: StoreSettings) throws {
    line = WaitingLine(.init(countMax: settings.queueMax, ownerCountMax: settings.queuePerOwnerMax))
    reader = try Reader(path: path, vault: vault, words: words, settings: settings.forLongReading)
  }

  func start() {
    running.enter()
    let thread = Thread { [line, reader, running] in
      // Counting takes a core for tens of milliseconds: on Linux, 0 is this thread alone, and requests go before it.
      setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Self.niceness)
      let loader = StatesLoader()
      while let pieces = line.take(upTo: 1) { for piece in pieces { piece(loader, reader) } }
      running.leave()
    }
    thread.name = "statistics"
    thread.start()
  }

  func read<Value: Sendable>(
    for owner: KeyOwner, _ body: @escaping @Sendable (CaseStates, any CaseReads) throws -> Value
  ) async throws -> Value {
    let isAbandoned = Mutex(false)
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let piece: Piece = { [line] loader, reader in
          continuation.resume(
            with: Result {
              // Nobody waits any longer, or the store is to be closed soon.
              if line.isClosing || isAbandoned.withLock({ $0 }) { throw Failure.lineFull }
              try loader.refresh(reader, isClosing: { line.isClosing })
              return try reader.read { try body(loader.states, $0) }
            })
        }
        do {
          try line.append(piece, of: owner)
        } catch {
          continuation.resume(throwing: error)
        }
      }
    } onCancel: {
      isAbandoned.withLock { $0 = true }
    }
  }

  /// Finishes what runs, refuses what waits, and closes the reader.
  func close() throws {
    line.close()
    running.wait()
    try reader.close()
  }
}
