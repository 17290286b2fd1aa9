internal import Logging
internal import Synchronization

/// Keeps the lines of a log once somebody wants them.
final class LogBook: Sendable {
  private let state = Mutex<[Logger.Metadata]?>(nil)

  var isOpen: Bool { state.withLock { $0 != nil } }
  /// The metadata of each line since it was opened.
  var lines: [Logger.Metadata] { state.withLock { $0 ?? [] } }

  func open() { state.withLock { $0 = [] } }

  var logger: Logger { Logger(label: "test") { _ in Handler(book: self) } }

  private struct Handler: LogHandler {
    let book: LogBook
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level {
      get { book.isOpen ? .info : .critical }
      set {}
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { book.state.withLock { $0?.append(event.metadata ?? [:]) } }
  }
}

extension Logger.Metadata {
  /// A value as a line of the log shows it.
  func text(_ name: String) -> String? { self[name].map { "\($0)" } }
}
