internal import Dispatch
internal import Domain
internal import Foundation
internal import Logging
internal import Synchronization

/// Writes log entries to standard error, one line each: time, level, message, metadata sorted by name.
///
/// Lines below `warning` are gathered and written together, at the latest after a tenth of a second: a line per request
/// must not cost a system call per request.
struct LineLog: LogHandler {
  let label: String
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]

  private static let gathered = Mutex<[UInt8]>([])

  init(label: String, logLevel: Logger.Level) {
    self.label = label
    self.logLevel = logLevel
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var line = "\(Self.time(Date())) \(event.level.rawValue) \(event.message)"
    let all = metadata.merging(event.metadata ?? [:]) { _, last in last }
    for (name, value) in all.sorted(by: { $0.key < $1.key }) { line += " \(name)=\(value)" }
    // A line end inside a value would let it pass for a line of its own.
    let bytes = line.utf8.map { $0 == 10 || $0 == 13 ? 32 : $0 } + [10]
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
