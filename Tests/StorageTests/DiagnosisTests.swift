internal import Testing

@testable internal import Storage

/// What `netral doctor` makes of figures that no test machine has.
@Suite struct DiagnosisTests {
  @Test(arguments: [(0.4, Finding.Level.fault), (7, .fault), (9, .ok), (140, .ok), (9_000, .ok), (60_000, .warning)])
  func `a sync that is faster than any disk reaches none, and a slow one is told of`(
    microseconds: Double, level: Finding.Level
  ) {
    #expect(DiskProbe.judgement(microseconds).level == level)
  }

  @Test(arguments: [
    (3_040_001, ["WAL-reset", "CVE-2023-7104", "CVE-2025-6965"]), (3_040_000, ["WAL-reset", "CVE-2022-46908"]),
    (3_051_002, ["WAL-reset"]), (3_051_003, []),
  ])
  func `faults of SQLite are those of its version`(version: Int, names: [String]) {
    let known = SQLiteFault.known.filter { $0.versions.contains(Int32(version)) }.map(\.name)
    for name in names { #expect(known.contains { $0.hasPrefix(name) }, "\(name)") }
    if names.isEmpty { #expect(known.isEmpty) }
  }

  @Test(arguments: [
    "netral-20261125T035554Z-0.sqlite", "netral-20261125T035554Z-6052.sqlite", "netral-19991231T235959Z-1.sqlite",
  ])
  func `the name of a backup tells its time and sequence`(name: String) throws {
    let parts = try #require(BackupFolder.parts(of: name))
    #expect(BackupFolder.name(parts.madeAt, parts.seq) == name)
  }

  @Test(arguments: [
    "netral-20261325T035554Z-0.sqlite", "netral-20261125T035554Z-.sqlite", "netral-20261125T035554Z-1.sqlite.partial",
    "netral-20261125T035554Z-99999999999999999999.sqlite", "netral-20261125T255554Z-1.sqlite", "netral.sqlite",
    "netral-20261125T035554Z-1.sqlite\n", "netral-２0261125T035554Z-1.sqlite",
  ])
  func `another name is no backup`(name: String) {
    #expect(BackupFolder.parts(of: name) == nil)
  }
}
