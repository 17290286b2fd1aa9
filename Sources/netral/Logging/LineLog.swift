internal import Dispatch
internal import Domain
internal import Foundation
internal import Logging
internal import Synchronization

/// Writes log entries to standard error, one line each: time, level, message, metadata sorted by name; as text, or as a
/// JSON object.
///
/// Lines below `warning` are gathered and written together, at the latest after a tenth of a second: a line per request
/// must not cost a system call per request.
struct LineLog: LogHandler {
  /// How a line is written.
  enum Format: String, CaseIterable, Sendable { case text, json }

  let label: String
  var logLevel: Logger.Level
  let format: Format
  var metadata: Logger.Metadata = [:]

  private static let gathered = Mutex<[UInt8]>([])

  init(label: String, logLevel: Logger.Level, format: Format = .text) {
    self.label = label
    self.logLevel = logLevel
    self.format = format
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let all = metadata.merging(event.metadata ?? [:]) { _, last in last }
    let line = LogLine(
      time: Self.time(Date()), level: event.level, message: "\(event.message)",
      metadata: all.sorted { $0.key < $1.key })
    let bytes = (format == .json ? line.json : line.text) + [UInt8(ascii: "\n")]
    Self.gathered.withLock { gathered in
      let isFirst = gathered.isEmpty
      gathered += bytes
      if event.level >= .warning || gathered.count > 65_536 {
        Self.write(&gathered)
      } else if isFirst {
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(100)) { Self.flush() }
      }
    }
  }

  /// Writes what is gathered.
  static func flush() { gathered.withLock { write(&$0) } }

  private static func write(_ gathered: inout [UInt8]) {
    do {
      try FileHandle.standardError.write(contentsOf: Data(gathered))
    } catch {
      // The disk of the log is full, or its reader has gone: the lines are lost, the service goes on.
    }
    gathered = []
  }

  private static func time(_ date: Date) -> String {
    let milliseconds = Int64(date.timeIntervalSince1970 * 1000)
    return Timestamp(milliseconds: milliseconds).description
  }
}
