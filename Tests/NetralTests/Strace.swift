internal import Foundation
internal import Testing

/// `strace`, which counts system calls and makes them fail. Some machines and containers do not let it trace.
let strace = Strace()

struct Strace {
  /// Whether it can trace here; found out by trying.
  let works: Bool
  let why: Comment

  init() {
    let tried = try? run(["strace", "-f", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "true"])
    works = tried?.ending == .exit(0)
    why = "strace cannot trace here"
  }

  /// The words before a program's own. The traced program is our child; the tracer stands aside.
  func command(log: String = "/dev/null", _ options: String...) -> [String] {
    ["strace", "-D", "-f", "-o", log, "-e", "trace=fsync,fdatasync", "-e", "signal=none"] + options
  }
}

/// How many syncs a log of strace has.
func syncs(in log: String) -> Int {
  let text = String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self)
  // A call that another thread's call interrupts is written in two lines, of which the second says `resumed`.
  return text.split(separator: "\n").filter { $0.contains("sync") && $0.contains(" = 0") }.count
}
