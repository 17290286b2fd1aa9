internal import Foundation
internal import Glibc

/// Says on standard error how far a job is: a bar on a terminal; in a log a line at the start, at every tenth, at the end.
public final class ProgressLine {
  private let isQuiet: Bool
  private let command: String
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private var name = ""
  private var total = 0
  private var done = 0
  private var tenth = 0
  private var shownAt: ContinuousClock.Instant?

  /// - Parameters:
  ///   - isQuiet: true to say nothing but what is wrong.
  ///   - command: what the lines begin with.
  public init(isQuiet: Bool, command: String = "netral sync") { (self.isQuiet, self.command) = (isQuiet, command) }

  /// A part of the job begins; so much of so much is done.
  func begin(_ name: String, _ done: Int = 0, of total: Int) {
    (self.name, self.done, self.total) = (name, done, total)
    tenth = share * 10 / 100
    shownAt = nil
    if total > 0 { show() }
  }

  /// So much is done.
  func advance(to done: Int) {
    self.done = min(done, total)
    guard isTerminal ? isDue : share / 10 > tenth else { return }
    tenth = share / 10
    show()
  }

  /// The part is done.
  func end() {
    if done < total || total == 0 || isTerminal {
      done = total
      show()
    }
    if isTerminal, !isQuiet { write("\n") }
    name = ""
  }

  /// Something that explains what the job does, on a line of its own.
  public func note(_ text: String) { if !isQuiet { warn(text) } }

  /// Something the administrator should know, on a line of its own.
  public func warn(_ text: String) {
    write((isTerminal && !isQuiet && !name.isEmpty ? "\n" : "") + "\(command): \(text)\n")
  }

  private var share: Int { total == 0 ? 100 : Int(min(100, max(0, Double(done) / Double(total) * 100))) }

  /// Ten times a second are enough for the eye.
  private var isDue: Bool { shownAt.map { $0.duration(to: .now) >= .milliseconds(100) } ?? true }

  private func show() {
    guard !isQuiet else { return }
    shownAt = .now
    let numbers = "\(share) % (\(done) of \(total))"
    if isTerminal {
      let filled = share * 30 / 100
      let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 30 - filled)
      write("\r\(name.padding(toLength: 16, withPad: " ", startingAt: 0))[\(bar)] \(numbers)\u{1B}[K")
    } else {
      write("\(command): \(name): \(numbers)\n")
    }
  }

  private func write(_ text: String) {
    do {
      try FileHandle.standardError.write(contentsOf: Data(text.utf8))
    } catch {
      // Nobody reads it: the job goes on.
    }
  }
}
