internal import CSQLite
internal import Foundation

/// A fault of SQLite itself that an operator may read of, and what it means here.
///
/// Sources: https://sqlite.org/wal.html#walresetbug, https://sqlite.org/cves.html, and the release notes of the versions.
/// A fault is listed when it may lose or alter data, or when scanners of packages report it.
struct SQLiteFault {
  let name: String
  /// Version numbers as `sqlite3_libversion_number` gives them.
  let versions: ClosedRange<Int32>
  /// Why it does not concern this program.
  let why: String

  static let known = [
    SQLiteFault(
      name: "WAL-reset bug (3.7.0 to 3.51.2)", versions: 3_007_000...3_051_002,
      why: "it takes two connections that write or checkpoint at the same time; here one connection does both"),
    SQLiteFault(
      name: "CVE-2022-46908 (to 3.40.0)", versions: 3_000_000...3_040_000,
      why: "it is a fault of the shell's option --safe; the library is not concerned"),
    SQLiteFault(
      name: "CVE-2023-7104 (to 3.43.0)", versions: 3_000_000...3_043_000,
      why: "it is a fault of the session extension, which is not used"),
    SQLiteFault(
      name: "CVE-2025-6965 (to 3.50.1)", versions: 3_000_000...3_050_001,
      why: "it takes a hostile statement; no request brings SQL of its own"),
  ]

  /// The first version with everything the schema uses: STRICT tables came with it.
  static let oldestVersion: Int32 = 3_037_000
}

extension Finding {
  /// The library this program runs with.
  static func library() -> [Finding] {
    let number = sqlite3_libversion_number()
    let version = String(cString: sqlite3_libversion())
    guard number >= SQLiteFault.oldestVersion else {
      return [
        Finding("sqlite", .fault, "SQLite \(version) has no STRICT tables", "install libsqlite3 3.37 or newer")
      ]
    }
    let faults = SQLiteFault.known.filter { $0.versions.contains(number) }
    return [Finding("sqlite", .ok, "SQLite \(version)")]
      + faults.map { Finding("sqlite", .ok, "SQLite has the \($0.name), which does no harm here: \($0.why)") }
  }
}

/// The outcome of one check of `netral doctor`: what was found, and what to do.
public struct Finding: Sendable, Equatable {
  /// How bad it is.
  public enum Level: String, Sendable {
    case ok, warning, fault
  }
  /// Short name of the check; several findings may have the same.
  public let check: String
  public let level: Level
  /// One sentence without names, numbers of people or secrets.
  public let text: String
  /// What to do; nil when nothing is.
  public let advice: String?

  init(_ check: String, _ level: Level, _ text: String, _ advice: String? = nil) {
    (self.check, self.level, self.text, self.advice) = (check, level, text, advice)
  }
}
