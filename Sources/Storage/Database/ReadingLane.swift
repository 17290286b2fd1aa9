internal import Domain
internal import Foundation
internal import Service

/// The lane of long reading: a few threads with a reader each, apart from the event loops. Long answers are made in
/// pieces, and the pieces of all agencies take turns.
///
/// `@unchecked Sendable`: every member is immutable; `line` and the readers are Sendable, and each thread uses the reader
/// of its own alone.
final class ReadingLane: @unchecked Sendable {
  private typealias Piece = @Sendable (Reader) -> Void

  /// One agency's snapshot and another's; more would take the cores from the event loops.
  private static let threadCount = 2

  private let line: WaitingLine<Piece>
  private let readers: [Reader]
  private let threads = DispatchGroup()

  init(path: String, vault: Vault, words: (path: String, matching: WordMatching), settings: StoreSettings) throws {
    line = WaitingLine(.init(countMax: settings.queueMax, ownerCountMax: settings.queuePerOwnerMax))
    readers = try (0..<Self.threadCount).map { _ in
      try Reader(path: path, vault: vault, words: words, settings: settings.forLongReading)
    }
  }

  func start() {
    for (index, reader) in readers.enumerated() {
      threads.enter()
      let thread = Thread { [line, threads] in
        while let pieces = line.take(upTo: 1) { for piece in pieces { piece(reader) } }
        threads.leave()
      }
      thread.name = "lane-\(index)"
      thread.start()
    }
  }

  func read<Value: Sendable>(
    for owner: KeyOwner, _ body: @escaping @Sendable (any CaseReads) throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      let piece: Piece = { reader in continuation.resume(with: Result { try reader.read(body) }) }
      do {
        try line.append(piece, of: owner)
      } catch {
        continuation.resume(throwing: error)
      }
    }
  }

  /// How many pieces wait.
  var queuedCount: Int { line.crowd.counts.values.reduce(0, +) }

  /// Finishes what waits and closes the readers.
  func close() throws {
    line.close()
    threads.wait()
    for reader in readers { try reader.close() }
  }
}
