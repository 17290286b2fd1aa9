internal import Domain
internal import Foundation
internal import Storage
internal import TestSupport
internal import Testing

/// What another program finds in the file.
@Suite(.enabled(if: Shell.hasSQLite, "the sqlite3 shell is not installed")) struct FileTests {
  /// Values of every personal field, and of every free text of an act.
  private static let canaries = [
    "KENARI-NAMA", "197001022015051001", "1671012609869999", "KENARI-JABATAN", "KENARI-TEMPAT", "KENARI-URAIAN",
    "kenari.example", "KENARI-SAKSI", "KENARI-KONTAK-SAKSI", "KENARI-PELAPOR", "KENARI-KONTAK-PELAPOR",
    "KENARI-ALASAN", "KENARI-RINGKASAN", "KENARI-DEVIASI", "KENARI-CATATAN", "KENARI-PEMBATALAN", "KENARI-NAMA-BARU",
  ]

  private static func facts() -> Facts {
    Sample.facts(1) { facts in
      facts.subject.name = canaries[0]
      facts.subject.nip = NIP(canaries[1], employment: .pns)
      facts.subject.nik = NIK(canaries[2])
      facts.subject.positionTitle = canaries[3]
      facts.act.place = canaries[4]
      facts.act.narrative = canaries[5]
      facts.act.urls = ["https://" + canaries[6]]
      facts.act.witnesses = [Witness(name: canaries[7], contact: canaries[8])]
      facts.reporter = Reporter(mode: .named, name: canaries[9], contact: canaries[10])
    }
  }

  /// Stores a case with a canary in every place that may hold a personal value.
  private static func plant(_ bench: TemporaryStore) async throws {
    let road = Road(received: date("2024-10-06"))
    func said(_ name: String, _ text: String) -> [Action.Said] { [.init(name: name, text: text, group: .narrative)] }
    var record = try await bench.report(1, facts())
    var verification = road.step(
      .bkn, Road.Day.verified, .verification(.accepted, reason: canaries[11]), said: said("reason", canaries[11]))
    verification.action.note = canaries[14]
    let study = Action.Content.study(.violation, violation: nil, summary: canaries[12])
    let decision = Action.Content.decision(
      .sanctioned, decreeNumber: "SK", sanction: "SED-1", deviationReason: canaries[13])
    let steps = [
      verification, road.step(.bawaslu, Road.Day.studied, study, said: said("summary", canaries[12])),
      road.steps(to: .recommended)[2],
      road.step(.bkn, Road.Day.decided, decision, said: said("deviation_reason", canaries[13])),
      road.step(
        .bawaslu, Road.Day.ended, .cancellation(reason: canaries[15]), said: said("reason", canaries[15])),
    ]
    for step in steps { record = try await bench.take(step, record.id) }
    _ = try await bench.correct(record.id) { $0.subject.name = canaries[16] }
  }

  /// Opens a store for `body`, closes it, and hands the file to `look`.
  private func inspect(_ body: (TemporaryStore) async throws -> Void, _ look: (_ path: String) throws -> Void)
    async throws
  {
    try await withFolder { folder in
      let path = folder + "/netral.sqlite"
      let store = try SQLiteStore(path: path, readerCount: 1)
      try await body(TemporaryStore(path: path, store: store, clock: FixedClock()))
      try store.close()
      try look(path)
    }
  }

  /// Expects an answer of the sqlite3 shell.
  private func check(_ path: String, _ sql: String, _ expected: String) throws {
    let answer = try Shell.sqlite(path, sql)
    #expect(answer == expected, "\(sql)")
  }

  @Test func `no personal value stands in the file, nor in any file beside it`() async throws {
    try await inspect { bench in
      try await Self.plant(bench)
      try await bench.store.bringWordsUpToDate(for: .operator)
      for suffix in ["", "-wal", ".keys", ".keys-wal", ".words", ".words-wal"] {
        try Self.expectNone(in: bench.path + suffix)
      }
    } _: { path in
      for suffix in ["", ".keys", ".words"] { try Self.expectNone(in: path + suffix) }
      #expect(try Shell.sqlite(path, "SELECT count(*) FROM event") == "7")
      #expect(try Shell.sqlite(path, "SELECT count(*) > 9 FROM case_part WHERE data_key IS NOT NULL") == "1")
    }
  }

  private static func expectNone(in file: String) throws {
    let bytes = try Data(contentsOf: URL(filePath: file))
    #expect(bytes.count > 1_000, "\(file)")
    let text = String(decoding: bytes, as: UTF8.self).lowercased()
    for canary in canaries {
      #expect(!text.contains(canary.lowercased()), "\(canary) in \(file)")
      #expect(bytes.range(of: Data(Data(canary.utf8).base64EncodedString().prefix(canary.utf8.count).utf8)) == nil)
    }
  }

  @Test func `each event has a leaf of its own, and each group of values a salt of its own`() async throws {
    try await inspect { bench in
      try await Self.plant(bench)
      _ = try await bench.report(2, Sample.facts(2))
      var again = Sample.facts(2)
      again.source.agencyRef = "lain"
      _ = try await bench.report(3, again)
    } _: { path in
      let leaves = "SELECT count(*), count(DISTINCT hash), count(DISTINCT salts) FROM leaf WHERE kind = 'event'"
      try check(path, leaves, "9|9|9")
      try check(path, "SELECT count(*) FROM event JOIN leaf USING (leaf_index) WHERE leaf.seq = event.seq", "9")
      let parts =
        "SELECT count(*) = count(DISTINCT coalesce(salt, substr(content, 1, 12))), min(length(salt)) FROM case_part"
      try check(path, parts, "1|16")
      try check(path, "SELECT count(*) = max(leaf_index) + 1 AND min(leaf_index) = 0 FROM leaf", "1")
      try check(path, "SELECT kind FROM leaf WHERE leaf_index = 0", "origin")
    }
  }

  @Test func `the file is sound after a workload`() async throws {
    try await inspect { bench in
      for (number, stage) in Stage.allCases.enumerated() {
        let record = try await bench.report(number, at: stage, Sample.facts(number))
        _ = try await bench.correct(record.id) { $0.act.narrative = "Uraian \(number) yang diperbaiki" }
        _ = try await bench.report(number + 100, dryRun: true, Sample.facts(number + 100))
        _ = await refusal { try await bench.report(number + 200, record.facts) }
      }
    } _: { path in
      try check(path, "PRAGMA integrity_check", "ok")
      try check(path, "PRAGMA foreign_key_check", "")
      try check(path + ".words", "INSERT INTO case_words (case_words) VALUES ('integrity-check')", "")
      try check(path, "PRAGMA journal_mode", "wal")
      try check(path, "PRAGMA application_id", String(0x4E54_524C))  // "NTRL"
      let gaps = "SELECT count(*) = max(seq) AND min(seq) = 1 FROM event"
      try check(path, gaps, "1")
      try check(path, "SELECT count(*) FROM case_record", "13")
      let lost = """
        SELECT count(*) FROM case_record r
        WHERE version <> (SELECT count(*) FROM event WHERE case_key = r.case_key AND progress IS NOT NULL)
        """
      try check(path, lost, "0")
    }
  }

  @Test func `tables are strict`() async throws {
    try await inspect { _ in
    } _: { path in
      let loose = """
        SELECT name FROM pragma_table_list WHERE strict = 0 AND type = 'table'
        AND name NOT LIKE 'sqlite%' AND name <> 'grdb_migrations'
        """
      try check(path, loose, "")
    }
  }
}
