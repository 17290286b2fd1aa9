internal import Foundation
internal import JSON

/// What the service shows is not what its record holds.
public struct AccountFailure: Error, CustomStringConvertible {
  /// The exit status of the program, as docs/synchronising.md lists it.
  public static let status: Int32 = 8

  /// What is wrong, in one sentence.
  let reason: String
  /// The line that shows it, as it came; nil where none does.
  private(set) var line: String?

  init(_ reason: String, line: String? = nil) { (self.reason, self.line) = (reason, line) }

  public var description: String { "what the service shows is not what its record holds: \(reason)" }

  /// The same with the line that shows it, unless one is known.
  func shown(in line: @autoclosure () -> String) -> AccountFailure {
    self.line == nil ? AccountFailure(reason, line: line()) : self
  }

  /// A JSON document for others to see.
  ///
  /// - Parameters:
  ///   - time: when it was found, in RFC 3339.
  ///   - checkpoint: the note that was accepted last.
  func document(foundAt time: String, checkpoint: [UInt8]?) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("reason", reason)
      writer.member("found_at", time)
      writer.member("checkpoint", checkpoint.map { String(decoding: $0, as: UTF8.self) })
      writer.member("line", line)
    }
    return writer.bytes + [10]
  }
}
