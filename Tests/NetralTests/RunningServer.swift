internal import Foundation
internal import Glibc
internal import JSON
internal import TestSupport
internal import Testing

/// The program as it serves a file at a port of its own choice.
final class RunningServer {
  let child: Child
  let port: UInt16

  /// Starts it and waits for its first line.
  ///
  /// - Parameters:
  ///   - wrapper: a program that starts it, such as `strace -D`, with its arguments.
  ///   - environment: settings.
  ///   - errorsPath: where its log goes instead of a file of our own.
  ///   - port: where it listens; 0: at a port of its own choice.
  ///   - options: further ones; with a socket in the file system as its host, `port` is 0.
  init(
    _ database: String, wrapper: [String] = [], environment: [String: String] = [:], errorsPath: String? = nil,
    port: UInt16 = 0, options: [String] = []
  ) throws {
    let arguments = wrapper + [program, "serve", "--database", database, "--port", "\(port)"] + options
    let child = try Child(arguments, environment: environment, errorsPath: errorsPath)
    self.child = child
    self.port = try poll("the first line of the server") {
      if let ending = child.ending() { throw TestFailure("the server ended: \(ending) \(child.errors)") }
      guard let line = child.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().first else {
        return nil
      }
      return line.contains(" at unix:") ? 0 : line.split(separator: ":").last.flatMap { UInt16($0) }
    }
  }

  func client(_ key: String? = nil) throws -> Client { try Client(port: port, key: key) }

  /// Asks it to stop, and expects that it ends well.
  func stop(sourceLocation: SourceLocation = #_sourceLocation) throws {
    child.send(SIGTERM)
    let ending = try child.wait()
    #expect(ending == .exit(0), "\(child.errors.suffix(500))", sourceLocation: sourceLocation)
  }

  /// Kills it, as a power cut would.
  func kill() throws {
    child.send(SIGKILL)
    _ = try child.wait()
  }
}

/// Makes a key in a file that no server has open.
func makeKey(_ database: String, _ options: [String]) throws -> String {
  let finished = try run([program, "key", "create", "--database", database, "--label", "test"] + options)
  guard finished.ending == .exit(0) else { throw TestFailure("key create: \(finished.errors)") }
  return finished.output.trimmingCharacters(in: .newlines)
}

/// A new file with a key of BAWASLU for cases.
func makeReporter(_ database: String) throws -> String {
  try makeKey(database, ["--agency", "BAWASLU", "--scopes", "cases:read,cases:write"])
}

extension Client {
  /// Creates a case whose reference number is `reference`; that is its idempotency key, too.
  func create(_ reference: String) throws -> Reply {
    try post("/v1/cases", Sample.caseBody(agencyRef: reference), idempotencyKey: "key-\(reference)")
  }
}
