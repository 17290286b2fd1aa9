internal import Domain
internal import Foundation
internal import Logging
internal import Synchronization

/// Writes log entries to standard error, one line each: time, level, message, metadata sorted by name.
///
/// Lines below `warning` are gathered and written together, at the latest with the tenth of a second: a line per request
/// must not cost a system call per request.
struct LineLog: LogHandler {
  let label: String
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]

  private static let gathered = Mutex<(bytes: [UInt8], writtenAt: Date)>(([], .distantPast))

  init(label: String, logLevel: Logger.Level) {
    self.label = label
    self.logLevel = logLevel
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let now = Date()
    var line = "\(Self.time(now)) \(event.level.rawValue) \(event.message)"
    let all = metadata.merging(event.metadata ?? [:]) { _, last in last }
    for (name, value) in all.sorted(by: { $0.key < $1.key }) { line += " \(name)=\(value)" }
    // A line end inside a value would let it pass for a line of its own.
    let bytes = line.utf8.map { $0 == 10 || $0 == 13 ? 32 : $0 } + [10]
    Self.gathered.withLock { gathered in
      gathered.bytes += bytes
      let isDue = event.level >= .warning || now.timeIntervalSince(gathered.writtenAt) > 0.1
      if isDue || gathered.bytes.count > 65_536 { Self.write(&gathered, now) }
    }
  }

  /// Writes what is gathered.
  static func flush() { gathered.withLock { write(&$0, Date()) } }

  private static func write(_ gathered: inout (bytes: [UInt8], writtenAt: Date), _ now: Date) {
    FileHandle.standardError.write(Data(gathered.bytes))
    gathered = ([], now)
  }

  private static func time(_ date: Date) -> String {
    let milliseconds = Int64(date.timeIntervalSince1970 * 1000)
    return Timestamp(milliseconds: milliseconds).description
  }
}
