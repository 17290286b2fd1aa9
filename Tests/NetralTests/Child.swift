internal import Foundation
internal import Glibc
internal import Testing

/// A failure of the test's own means.
struct TestFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// A folder that goes away with its last reference.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    var template = Array((FileManager.default.temporaryDirectory.path + "/netral-test-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else { throw TestFailure("mkdtemp: errno \(errno)") }
    let made = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    // The program names files by their real paths.
    guard let resolved = realpath(made, nil) else { throw TestFailure("realpath: errno \(errno)") }
    defer { free(resolved) }
    path = String(cString: resolved)
  }

  deinit {
    // What is left over in the system's folder for temporary files harms no test.
    try? FileManager.default.removeItem(atPath: path)
  }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  /// The names of what lies in the folder, sorted.
  func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
}

/// Asks again and again until the answer is there; the only way in which these tests wait.
@discardableResult
func poll<Value>(_ what: String, seconds: Double = 20, _ body: () throws -> Value?) throws -> Value {
  let deadline = Date().addingTimeInterval(seconds)
  while true {
    if let value = try body() { return value }
    guard Date() < deadline else { throw TestFailure("\(what): not within \(seconds) s") }
    usleep(1_000)
  }
}

/// A child process. Its output goes to files, so that it never waits for its reader.
final class Child {
  let pid: pid_t
  private let folder: TemporaryFolder
  private var status: Int32?

  /// How a process ended.
  enum Ending: Equatable {
    case exit(Int32)
    case signal(Int32)
  }

  /// Starts a program found by the search path; the environment holds the search path and what is given.
  ///
  /// - Parameters:
  ///   - outputPath: where standard output goes instead of a file of our own.
  ///   - errorsPath: where standard error goes.
  init(
    _ arguments: [String], environment: [String: String] = [:], outputPath: String? = nil, errorsPath: String? = nil
  ) throws {
    folder = try TemporaryFolder()
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(
      &actions, 1, outputPath ?? folder.file("out"), O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_addopen(
      &actions, 2, errorsPath ?? folder.file("err"), O_WRONLY | O_CREAT | O_APPEND, 0o600)
    var variables = environment
    variables["PATH"] = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    var envp: [UnsafeMutablePointer<CChar>?] = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in argv + envp { free(pointer) } }
    var pid = pid_t()
    let result = posix_spawnp(&pid, arguments[0], &actions, nil, &argv, &envp)
    guard result == 0 else { throw TestFailure("\(arguments[0]): cannot be started: errno \(result)") }
    self.pid = pid
  }

  deinit {
    if status == nil {
      kill(pid, SIGKILL)
      var ignored: Int32 = 0
      waitpid(pid, &ignored, 0)
    }
  }

  var output: String { text("out") }
  var errors: String { text("err") }

  private func text(_ name: String) -> String {
    String(decoding: FileManager.default.contents(atPath: folder.file(name)) ?? Data(), as: UTF8.self)
  }

  func send(_ signal: Int32) { kill(pid, signal) }

  /// How it ended, if it did.
  func ending() -> Ending? {
    if status == nil {
      var now: Int32 = 0
      if waitpid(pid, &now, WNOHANG) == pid { status = now }
    }
    guard let status else { return nil }
    let signal = status & 0x7F
    return signal == 0 ? .exit((status >> 8) & 0xFF) : .signal(signal)
  }

  /// Waits for its end.
  func wait(seconds: Double = 180) throws -> Ending { try poll("the end of a child", seconds: seconds) { ending() } }
}

/// What a program that has ended left behind.
struct Finished {
  let ending: Child.Ending
  let output: String
  let errors: String
}

/// Runs a program to its end.
func run(
  _ arguments: [String], environment: [String: String] = [:], outputPath: String? = nil
) throws -> Finished {
  let child = try Child(arguments, environment: environment, outputPath: outputPath)
  let ending = try child.wait()
  return Finished(ending: ending, output: child.output, errors: child.errors)
}

/// Runs the program under test to its end.
func netral(_ arguments: String..., environment: [String: String] = [:]) throws -> Finished {
  try run([program] + arguments, environment: environment)
}

/// Asks the SQLite shell, which shares no code of ours.
@discardableResult
func sqlite(_ file: String, _ sql: String, readonly: Bool = true) throws -> String {
  let finished = try run(["sqlite3", "-batch"] + (readonly ? ["-readonly"] : []) + [file, sql])
  guard finished.ending == .exit(0) else { throw TestFailure("sqlite3: \(finished.errors)") }
  return finished.output.trimmingCharacters(in: .newlines)
}

/// The same by the names of the tables of earlier releases, whichever release has made the file.
func formerTables(_ file: String, _ sql: String) throws -> String {
  let isOfToday = try sqlite(file, "SELECT count(*) FROM sqlite_master WHERE name = 'case_part'") == "1"
  var views = try String(contentsOfFile: projectFile("Tests/TestSupport/former-tables.sql"), encoding: .utf8)
  if isOfToday, try !OpenedCopy.isNeeded(of: file) {
    views = views.replacing("agency_ref_digest", with: "agency_ref_folded")
  }
  let script = file + ".views"
  try views.write(toFile: script, atomically: true, encoding: .utf8)
  defer { try? FileManager.default.removeItem(atPath: script) }  // Nobody reads it any more.
  let isLogged = try sqlite(file, "SELECT count(*) FROM sqlite_master WHERE name = 'leaf'") == "1"
  let audit = """
    CREATE TEMP VIEW audit AS SELECT row_number() OVER (ORDER BY leaf_index) AS id,
      CAST(round((julianday(content ->> 'at') - 2440587.5) * 86400000) AS INTEGER) AS at, content ->> 'by' AS key_id,
      content ->> 'what' AS what, content ->> 'detail' AS detail
    FROM leaf WHERE kind = 'audit'
    """
  let finished = try run(
    ["sqlite3", "-batch", "-readonly"] + (isOfToday ? ["-cmd", ".read '\(script)'"] : [])
      + (isLogged ? ["-cmd", audit.replacing("\n", with: " ")] : []) + [file, sql])
  guard finished.ending == .exit(0) else { throw TestFailure("sqlite3: \(finished.errors)") }
  return finished.output.trimmingCharacters(in: .newlines)
}

/// The program under test: it lies beside the test bundle.
let program: String = {
  let bundle =
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
  var folder = URL(fileURLWithPath: bundle).deletingLastPathComponent()
  for _ in 0..<4 {
    let candidate = folder.appendingPathComponent("netral").path
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: candidate, isDirectory: &isFolder), !isFolder.boolValue {
      return candidate
    }
    folder.deleteLastPathComponent()
  }
  return FileManager.default.currentDirectoryPath + "/.build/debug/netral"
}()

/// Expects that a program was refused: one line on standard error that says these words, and nothing else.
func expectRefused(
  _ finished: Finished, saying words: String..., sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(finished.output.isEmpty, sourceLocation: sourceLocation)
  #expect(finished.errors.hasPrefix("Error: "), sourceLocation: sourceLocation)
  #expect(finished.errors.hasSuffix("\n"), sourceLocation: sourceLocation)
  #expect(finished.errors.filter { $0 == "\n" }.count == 1, "\(finished.errors)", sourceLocation: sourceLocation)
  #expect(finished.errors.utf8.count < 300, "\(finished.errors)", sourceLocation: sourceLocation)
  for word in words {
    #expect(finished.errors.contains(word), "\(finished.errors)", sourceLocation: sourceLocation)
  }
  if case .exit(let code) = finished.ending {
    #expect(code != 0, sourceLocation: sourceLocation)
  } else {
    Issue.record("ended by \(finished.ending)", sourceLocation: sourceLocation)
  }
}
