internal import Domain
internal import Foundation
internal import TestSupport
internal import Testing

@testable internal import Sync

/// An agency's copy, as other programs find it.
@Suite(.enabled(if: Shell.hasSQLite, "the sqlite3 shell is not installed")) struct ReplicaTests {
  private static let origin = ReplicaOrigin(server: "https://netral.example", agency: "BKN")

  private static func id(_ number: Int) -> String {
    "0199d3c4-7c1e-7b52-9a51-" + String(repeating: "0", count: 12 - String(number).count) + String(number)
  }

  /// A case that has something everywhere.
  private static func text(_ number: Int, version: Int = 1, name: String = #"Budi \u00e9\n\"é\""#) -> String {
    """
    {"id":"\(id(number))","number":"2024-\(number)","version":\(version),"seq":\(number),"stage":"closed","final":true,\
    "election":"pilkada-2024","contest":"c","region":"16.71","institution":{"code":"16.71","name":"Kota","kind":"regional"},\
    "subject":{"name":"\(name)","nip":"198609262015051001","nik":null,"employment":"pns","position_level":"pelaksana",\
    "reporting_class":null,"position_title":"Analis","appointment_year":2015},\
    "violation":{"code":"DS-06","catalogue":"skb-2022","category":"discipline","aspect":"politics"},\
    "act":{"occurred_on":"2024-10-02","known_on":null,"place":"P","channel":"print","narrative":"=1+1",\
    "urls":["https://a","https://b"],"supports":null,"on_unpaid_leave":false,\
    "witnesses":[{"name":"S","contact":null},{"name":"T","contact":"@t"}]},\
    "source":{"kind":"laporan","agency":"BAWASLU","agency_ref":"1/LP","received_on":"2024-10-06","channel":null},\
    "motives":["office","kin"],"milestones":{"received":"2024-10-06","not_proven":"2024-10-09"},\
    "recommendation":{"agency":"BKN","letter_number":"L-1","institution":"16.71","proposed_sanction":"BER-1"},\
    "decision":{"agency":"BKN","outcome":"sanctioned","decree_number":"SK","sanction":"BER-1","sanction_level":"heavy",\
    "outside_band":false,"deviation_explained":true},"block":null,"appeal":null,"idis_reference":"I-1",\
    "lapse_reason":null,"clocks":[{"kind":"study","started_on":"2024-10-09","due_on":"2024-10-14","unit":"days",\
    "state":"met","stopped_on":"2024-10-12"}],"redacted":[],"created_at":"2024-10-06T03:12:09.000Z",\
    "updated_at":"2024-10-20T08:01:44.000Z"}
    """
  }

  private static func record(_ number: Int, version: Int = 1) -> ReceivedCase {
    ReceivedCase(id: id(number), etag: "\"\(version)-7\"", json: text(number, version: version))
  }

  /// A complete replica of these cases at sequence 10.
  private static func fill(_ file: ReplicaFile, _ numbers: ClosedRange<Int>) throws -> Replica {
    let partial = try file.makePartial(for: origin)
    let snapshot = ReplicaState.Snapshot(
      seq: 10, cases: numbers.count, representation: 2, lastCaseID: id(numbers.upperBound))
    try partial.apply(numbers.map { record($0) }, of: snapshot)
    try partial.finishSnapshot()
    return try file.putInPlace(partial)
  }

  private func check(_ path: String, _ sql: String, _ expected: String) throws {
    let answer = try Shell.sqlite(path, sql)
    #expect(answer == expected, "\(sql)")
  }

  @Test func `columns hold the values of the case, and json its exact bytes`() async throws {
    try await withFolder { folder in
      let file = try ReplicaFile(folder + "/r.sqlite")
      let replica = try Self.fill(file, 1...3)
      try replica.close()
      let path = folder + "/r.sqlite"
      try check(path, "SELECT hex(json) FROM cases WHERE number = '2024-2'", Data(Self.text(2).utf8).hex)
      try check(path, "SELECT hex(name) FROM cases LIMIT 1", Data("Budi é\n\"é\"".utf8).hex)
      try check(
        path,
        """
        SELECT number, version, etag, seq, final, institution_kind, nip, ifnull(nik, '-'), appointment_year, violation, urls,
        on_unpaid_leave, reported_by, motives, not_proven_on, ifnull(verified_on, '-'), recommendation_letter, sanction_level,
        outside_band, deviation_explained, ifnull(blocked_by, '-'), idis_reference, ifnull(redacted, '-') FROM cases LIMIT 1
        """,
        "2024-1|1|\"1-7\"|1|1|regional|198609262015051001|-|2015|DS-06|https://a https://b|0|BAWASLU|office kin|2024-10-09|-|"
          + "L-1|heavy|0|1|-|I-1|-")
      try check(
        path, "SELECT position, kind, due_on, state FROM clocks WHERE case_id = '\(Self.id(1))'",
        "1|study|2024-10-14|met")
      try check(path, "SELECT group_concat(url) FROM urls WHERE case_id = '\(Self.id(3))'", "https://a,https://b")
      try check(path, "SELECT count(*), max(position) FROM witnesses", "6|2")
      try check(path, "SELECT count(*) FROM motives WHERE motive = 'kin'", "3")
      try check(path, "SELECT complete, seq, server, agency FROM sync_state", "1|10|https://netral.example|BKN")
      try check(path, "PRAGMA application_id", String(0x4E54_5252))
      try check(path, "PRAGMA integrity_check; PRAGMA foreign_key_check", "ok")
      try check(
        path, "SELECT count(*) FROM pragma_table_list WHERE strict = 0 AND type = 'table' AND name NOT LIKE 'sqlite%'",
        "0")
      let attributes = try FileManager.default.attributesOfItem(atPath: path)
      #expect(attributes[.posixPermissions] as? Int == 0o600)
    }
  }

  @Test func `a change takes the place of a case with its lists, and a withdrawn case leaves no trace`() async throws {
    try await withFolder { folder in
      let path = folder + "/r.sqlite"
      let replica = try Self.fill(try ReplicaFile(path), 1...3)
      let short = Self.text(1, version: 2).replacing("[\"https://a\",\"https://b\"]", with: "[]")
      let changed = ReceivedCase(id: Self.id(1), etag: "\"2-7\"", json: short)
      try replica.apply([.put(changed), .drop(id: Self.id(2)), .drop(id: Self.id(99)), .put(Self.record(4))], upTo: 14)
      #expect(try replica.state().seq == 14)
      #expect(try replica.entries(after: "", limit: 10).map(\.etag) == ["\"2-7\"", "\"1-7\"", "\"1-7\""])
      #expect(try replica.entries(after: Self.id(1), limit: 1).map(\.id) == [Self.id(3)])
      try replica.close()
      try check(path, "SELECT group_concat(substr(number, 6)) FROM (SELECT number FROM cases ORDER BY id)", "1,3,4")
      try check(path, "SELECT count(*) FROM urls", "4")
      try check(path, "SELECT count(*) FROM clocks", "3")
      let bytes = try Data(contentsOf: URL(filePath: path))
      #expect(bytes.range(of: Data(Self.id(3).utf8)) != nil)
      #expect(bytes.range(of: Data(Self.id(2).utf8)) == nil)
    }
  }

  @Test func `the digest is that of the contract`() async throws {
    try await withFolder { folder in
      let replica = try Self.fill(try ReplicaFile(folder + "/r.sqlite"), 1...2)
      let lines = [1, 2].map { "\(Self.id($0)) \"1-7\"\\n" }.joined()
      #expect(try Shell.output("printf '\(lines)' | sha256sum").hasPrefix(try replica.digest() + " "))
      try replica.close()
    }
  }

  @Test func `a change that cannot be applied leaves the replica as it was`() async throws {
    try await withFolder { folder in
      let replica = try Self.fill(try ReplicaFile(folder + "/r.sqlite"), 1...2)
      let broken = ReceivedCase(id: Self.id(2), etag: "\"2-7\"", json: "{\"id\":\"\(Self.id(2))\"")
      #expect(throws: ReplicaFailure.self) { try replica.apply([.put(Self.record(3)), .put(broken)], upTo: 12) }
      #expect(try replica.state().seq == 10)
      #expect(try replica.caseCount() == 2)
      try replica.close()
    }
  }

  @Test func `a replica in the making has another name and says that it is not complete`() async throws {
    try await withFolder { folder in
      let path = folder + "/r.sqlite"
      let file = try ReplicaFile(path)
      #expect(try file.open() == nil && file.openPartial() == nil)
      let first = try file.makePartial(for: Self.origin)
      let half = ReplicaState.Snapshot(seq: 10, cases: 2, representation: 2, lastCaseID: Self.id(1))
      try first.apply([Self.record(1)], of: half)
      try first.close()
      #expect(try file.open() == nil)
      try check(file.partialPath, "SELECT complete, seq IS NULL, last_case_id FROM sync_state", "0|1|\(Self.id(1))")

      let again = try #require(try file.openPartial())
      let state = try again.state()
      #expect(state.origin == Self.origin && state.seq == nil && state.snapshot == half)
      #expect(try again.wasInAgreement() == nil)
      try again.apply(
        [Self.record(2)], of: ReplicaState.Snapshot(seq: 10, cases: 2, representation: 2, lastCaseID: Self.id(2)))
      try again.finishSnapshot()
      let replica = try file.putInPlace(again)
      #expect(try file.openPartial() == nil)
      #expect(try replica.caseCount() == 2)
      try replica.close()
    }
  }

  @Test func `differences and certificates are kept, and the newest certificate counts`() async throws {
    try await withFolder { folder in
      let replica = try Self.fill(try ReplicaFile(folder + "/r.sqlite"), 1...2)
      try replica.keep([
        ReplicaDifference(kind: .unknown, id: "b", version: nil, etag: nil),
        ReplicaDifference(kind: .missing, id: "c", version: 3, etag: "\"3-7\""),
      ])
      let first = try replica.differences(after: nil, limit: 1)
      #expect(first.map(\.id) == ["c"])
      #expect(try replica.differences(after: first.last, limit: 9).map(\.id) == ["b"])
      try replica.forgetDifferences()
      #expect(try replica.differences(after: nil, limit: 9).isEmpty)
      var certificate = ReplicaCertificate(
        id: "1", agency: "BKN", seq: 10, cases: 2, inAgreement: true, digest: "d", issuedAt: "t", replicaDigest: "d",
        json: "{}")
      try replica.keep(certificate)
      #expect(try replica.wasInAgreement() == true)
      (certificate.id, certificate.replicaDigest) = ("2", "e")
      try replica.keep(certificate)
      #expect(try replica.wasInAgreement() == false)
      try replica.close()
    }
  }

  @Test func `a second job, a foreign file and a file of a newer version are refused`() async throws {
    try await withFolder { folder in
      let path = folder + "/r.sqlite"
      let file = try ReplicaFile(path)
      try Self.fill(file, 1...1).close()
      let second = #expect(throws: ReplicaFailure.self) { try ReplicaFile(path) }
      #expect("\(try #require(second))".hasSuffix("another run is synchronising this replica"))
      _ = try Shell.sqlite(path, "PRAGMA user_version = 99")
      let newer = #expect(throws: ReplicaFailure.self) { try file.open() }
      #expect("\(try #require(newer))".contains("newer version"))

      for (name, make) in [("db", "sqlite3 X 'CREATE TABLE a (b)'"), ("text", "echo text > X"), ("empty", ": > X")] {
        let other = "\(folder)/\(name)"
        _ = try Shell.output(make.replacing("X", with: "'\(other)'"))
        let foreign = #expect(throws: ReplicaFailure.self) { try ReplicaFile(other) }
        #expect("\(try #require(foreign))".contains("is not a replica"), "\(name)")
        #expect(!FileManager.default.fileExists(atPath: other + ".lock"))
      }
    }
  }

  @Test func `spreadsheets have a row for each row, run no formula and are private`() async throws {
    try await withFolder { folder in
      let replica = try Self.fill(try ReplicaFile(folder + "/r.sqlite"), 1...2)
      try replica.writeSpreadsheets(into: folder)
      try replica.writeSpreadsheets(into: folder)
      try replica.close()
      let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.contains("csv") }.sorted()
      #expect(names == ["cases.csv", "clocks.csv", "evidence.csv", "motives.csv", "urls.csv", "witnesses.csv"])
      let cases = try String(contentsOfFile: folder + "/cases.csv", encoding: .utf8)
      #expect(cases.hasPrefix("id,number,version,etag,seq,stage,final,"))
      #expect(!cases.contains("json"))
      #expect(cases.contains(",'=1+1,"))
      #expect(cases.contains(",closed,true,pilkada-2024,"))
      let witnesses = try String(contentsOfFile: folder + "/witnesses.csv", encoding: .utf8)
      let one = "\(Self.id(1)),1,S,\r\n\(Self.id(1)),2,T,'@t\r\n"
      #expect(witnesses == "case_id,position,name,contact\r\n" + one + one.replacing(Self.id(1), with: Self.id(2)))
      let attributes = try FileManager.default.attributesOfItem(atPath: folder + "/cases.csv")
      #expect(attributes[.posixPermissions] as? Int == 0o600)
    }
  }
}

extension ReplicaTests {
  @Test func `workbooks have every number of a person as a text, and dates as dates`() async throws {
    try await withFolder { folder in
      let replica = try Self.fill(try ReplicaFile(folder + "/r.sqlite"), 1...2)
      try replica.writeSpreadsheets(into: folder, as: .xlsx(.indonesian))
      try replica.close()
      let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.contains("xlsx") }.sorted()
      #expect(names == ["cases.xlsx", "clocks.xlsx", "evidence.xlsx", "motives.xlsx", "urls.xlsx", "witnesses.xlsx"])
      let script = "import sys,zipfile; print(zipfile.ZipFile(sys.argv[1]).read('xl/worksheets/sheet1.xml').decode())"
      let sheet = try Shell.output("python3 -c \"\(script)\" '\(folder)/cases.xlsx'")
      #expect(sheet.contains("<t>Tanggal perbuatan</t>"))
      #expect(sheet.contains("<t>=1+1</t>") && !sheet.contains("'=1+1"))
      #expect(sheet.contains("<c s=\"1\"><v>4"))
    }
  }

  @Test func `reference data are as the service has them now, kind by kind`() async throws {
    try await withFolder { folder in
      let replica = try Self.fill(try ReplicaFile(folder + "/r.sqlite"), 1...1)
      for (kind, table) in ReplicaSchema.reference where kind == .regions {
        let row = #"{"code":"16","name":"Sumatera Selatan","level":"province","province":null}"#
        try replica.replaceReference(table, with: [row, row.replacing("16", with: "17")])
        try replica.replaceReference(table, with: [row])
      }
      try replica.close()
      let sql = "SELECT code, name, province IS NULL FROM reference_regions"
      #expect(try Shell.sqlite(folder + "/r.sqlite", sql) == "16|Sumatera Selatan|1")
    }
  }
}

extension Data {
  /// As SQLite's `hex` writes it.
  fileprivate var hex: String { map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined() }
}
