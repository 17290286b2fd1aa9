internal import Foundation
internal import Glibc

/// Programs that look at a file independently of the code under test.
public enum Shell {
  public struct Failed: Error {
    public var command: String
    public var status: Int32
    /// What it printed, errors too.
    public var output = ""
  }

  /// The sqlite3 shell is not everywhere; what needs it is skipped there, and says so.
  public static let hasSQLite = access("/usr/bin/sqlite3", X_OK) == 0 || access("/usr/local/bin/sqlite3", X_OK) == 0

  /// What `command` prints, errors too.
  public static func output(_ command: String) throws -> String {
    guard let pipe = popen("exec 2>&1; " + command, "r") else { throw Failed(command: command, status: errno) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = fread(&buffer, 1, buffer.count, pipe)
      if count == 0 { break }
      bytes += buffer[..<count]
    }
    let (status, output) = (pclose(pipe), String(decoding: bytes, as: UTF8.self))
    guard status == 0 else { throw Failed(command: command, status: status, output: output) }
    return output
  }

  /// What the sqlite3 shell answers, without the last line's end.
  public static func sqlite(_ path: String, _ sql: String) throws -> String {
    try output("sqlite3 '\(path)' \"\(sql)\"").trimmingCharacters(in: .newlines)
  }
}
