internal import Domain
internal import Foundation
internal import JSON
internal import Service
internal import TestSupport
internal import Testing

@testable internal import Storage

/// A file in which everything has happened that a leaf tells of.
struct RecordWorkload {
  private let bench: TemporaryStore
  private var number = 0

  /// Makes the file, closed and without a log beside it.
  ///
  /// - Parameter plain: cases more, of which each has reached its end.
  static func make(at path: String, plain: Int = 0) async throws {
    let clock = FixedClock()
    var settings = StoreSettings()
    settings.now = { clock.now }
    let store = try SQLiteStore(path: path, readerCount: 1, settings: settings)
    var workload = RecordWorkload(bench: TemporaryStore(path: path, store: store, clock: clock))
    try await workload.run(plain)
    try store.close()
    try Connection.settle(path)
  }

  private init(bench: TemporaryStore) { self.bench = bench }

  private mutating func run(_ plain: Int) async throws {
    for stage in Stage.allCases { _ = try await report(at: stage) }
    for _ in 0..<plain { _ = try await report(at: .closed) }
    try await correct()
    try await request()
    try await tie()
    try await bringFiles()
    try await erase()
    try await importCases()
    try await administer()
    try await publish()
  }

  private mutating func report(at stage: Stage, _ change: @escaping (inout Facts) -> Void = { _ in }) async throws
    -> Case
  {
    number += 1
    let number = number
    bench.clock.advance(seconds: 1)
    let facts = Sample.facts(number) { facts in
      if number.isMultiple(of: 3) { facts.subject.nik = NIK("16710126098\(10_000 + number)") }
      if number.isMultiple(of: 4) { facts.institution = Sample.central }
      facts.reporter = Reporter(mode: .named, name: "Pelapor \(number)", contact: nil)
      change(&facts)
    }
    return try await bench.report(number, at: stage, blocked: number.isMultiple(of: 2), facts)
  }

  private func write<Value: Sendable>(_ body: @escaping @Sendable (any CaseWrites) throws -> Value) async throws
    -> Value
  {
    bench.clock.advance(seconds: 1)
    return try await bench.store.write(by: .operator, dryRun: false, body)
  }

  // MARK: Corrections

  private mutating func correct() async throws {
    let first = try await report(at: .verified)
    _ = try await bench.correct(first.id) { $0.act.narrative = "Uraian yang diperbaiki" }
    _ = try await bench.correct(first.id) { $0.source.agencyRef = "lain/LP/2024" }
    let second = try await report(at: .received)
    _ = try await bench.correct(second.id) { $0.subject.nip = Sample.nip(7_000) }
  }

  private mutating func request() async throws {
    let record = try await report(at: .recommended)
    for number in 1...3 {
      let now = bench.clock.now
      try await write { write in
        let given = try write.requestCorrection(
          record, by: .panrb, patch: #"{"act":{"place":"Tempat \#(number)"}}"#, reason: "Sebab \(number)", at: now)
        #expect(given == number)
        try write.append(
          EventDraft(
            what: .correctionRequest, actor: Actor(agency: .panrb, importedBy: nil, keyID: "testtesttest"),
            changed: ["act.place"], details: [("request", String(number))]), to: record)
      }
    }
    try await decide(record.id, 1, .accepted, "Benar")
    try await decide(record.id, 2, .refused, "Tidak benar")
  }

  private func decide(_ id: CaseID, _ number: Int, _ state: CorrectionRequest.State, _ reason: String) async throws {
    let context = bench.context(.bawaslu)
    try await write { write in
      let record = try #require(try write.caseRecord(id))
      var request = try #require(try write.correctionRequests(id).first { $0.number == number })
      (request.state, request.decidedBy, request.decisionReason) = (state, .bawaslu, reason)
      try write.decideCorrection(record, request)
      var event = EventDraft(
        what: .correctionRefusal, actor: context.actor, details: [("request", String(number))],
        texts: [("reason", reason, .narrative)])
      guard state == .accepted else { return try write.append(event, to: record) }
      (event.what, event.changed) = (.correctionAcceptance, ["act.place"])
      var facts = record.facts
      facts.act.place = "Tempat \(number)"
      _ = try write.update(record, to: try Lifecycle.correct(record, to: facts, context, movesReceipt: true), event)
    }
  }

  // MARK: Evidence

  /// Two cases with one file, of which one has another one besides, that was withdrawn; each has moved on since.
  private mutating func bringFiles() async throws {
    let (one, two) = (try await report(at: .received), try await report(at: .received))
    for (id, text) in [(one.id, "satu"), (one.id, "dua"), (two.id, "satu")] {
      let file = try await bench.store.takeFile()
      try await file.append(Array("Berkas \(text)".utf8))
      let brought = try await file.finish()
      try await change(id) { record, context, write in
        let item = EvidenceItem(
          sha256: brought.sha256, type: .text, byteCount: brought.byteCount,
          facts: EvidenceFacts(kind: .document, place: "Tempat", name: "\(text).txt"), receivedBy: .bawaslu,
          receivedAt: Timestamp(milliseconds: 0), scan: .notScanned)
        try write.keep(file, for: record, isCounted: true)
        return try Lifecycle.add(item, to: record, EvidenceLimits(), context)
      }
      await file.settle(nil)
    }
    try await change(one.id) { record, context, write in
      try Lifecycle.withdraw(
        record.evidence[1].sha256, of: record, because: "Salah", at: Timestamp(milliseconds: 0), context)
    }
    for id in [one.id, two.id] {
      _ = try await bench.correct(id) { $0.act.narrative = "Uraian dengan berkas" }
      try await write { write in
        let record = try #require(try write.caseRecord(id))
        try write.append(
          Lifecycle.view(of: record.evidence[0], by: Actor(agency: .bkn, importedBy: nil, keyID: "testtesttest")),
          to: record)
      }
    }
  }

  private func change(
    _ id: CaseID,
    _ body: @escaping @Sendable (Case, Lifecycle.Context, any CaseWrites) throws -> (record: Case, event: EventDraft)
  ) async throws {
    let context = bench.context(.bawaslu)
    _ = try await write { write in
      let record = try #require(try write.caseRecord(id))
      let (changed, event) = try body(record, context, write)
      return try write.update(record, to: changed, event)
    }
  }

  /// Two cases, one of which was corrected before and is tied to one that stays.
  private mutating func erase() async throws {
    for change in ["", "lain"] {
      let record = try await report(at: .closed)
      if !change.isEmpty {
        _ = try await bench.correct(record.id) { $0.source.agencyRef = "\(change)/LP/2024" }
        try await tie(record.id, to: try await report(at: .verified).id)
      }
      let event = Erasure.repetition(keysGoneFrom: LegalDate(inJakarta: bench.clock.now))
      _ = try await write { write in try write.erase(try #require(try write.caseRecord(record.id)), event) }
    }
    #expect(try await bench.store.finishErasures() == .done)
  }

  private mutating func tie() async throws {
    try await tie(try await report(at: .studied).id, to: try await report(at: .sanctioned).id)
  }

  private func tie(_ first: CaseID, to second: CaseID) async throws {
    let link = Link(relation: .sameAct, other: second, linkedBy: .bkn, linkedAt: bench.clock.now)
    try await write { write in
      let (one, two) = (try #require(try write.caseRecord(first)), try #require(try write.caseRecord(second)))
      #expect(try write.link(one, two, link))
      for (record, partner) in [(one, two), (two, one)] {
        let texts: [(String, String, FieldGroup)] = [
          ("case_id", partner.id.description, .notes), ("relation", link.relation.rawValue, .notes),
        ]
        try write.append(
          EventDraft(
            what: .link, actor: Actor(agency: .bkn, importedBy: nil, keyID: "testtesttest"),
            texts: texts.map { (name: $0.0, text: $0.1, group: $0.2) }), to: record)
      }
    }
  }

  // MARK: Imports

  private mutating func importCases() async throws {
    for outcome in [ConfirmationOutcome.confirmed, .disputed] {
      number += 1
      let (id, facts) = (Sample.caseID(number), Sample.facts(number))
      var context = bench.context(.bawaslu)
      context = Lifecycle.Context(
        actor: Actor(agency: .bawaslu, importedBy: .kemendagri, keyID: "testtesttest"), reference: context.reference,
        today: context.today, isHistory: true)
      let progress = try Lifecycle.open(facts, onBehalfOf: nil, context)
      let event = EventDraft(what: .created, actor: context.actor, occurredOn: facts.source.receivedOn)
      var history = CaseHistory(id, facts, progress, event, importer: .kemendagri, context)
      for step in Road(received: facts.source.receivedOn).steps(to: .recommended) {
        try history.take(step.action, bench.context(step.agency))
      }
      let brought = history
      try await write { _ = try $0.create(brought) }
      let answering = bench.context(.bawaslu)
      try await write { write in
        let record = try #require(try write.caseRecord(id))
        let confirmation = Confirmation(outcome, reason: outcome == .disputed ? "Bukan kami" : nil, acts: nil)
        let verdict = try Lifecycle.judge(confirmation, on: record, try write.history(id), answering)
        let (changed, event) = try Lifecycle.apply(
          verdict, of: confirmation, to: record, earlier: nil, answering)
        _ = try write.update(record, to: changed, event)
      }
    }
  }

  // MARK: Administration and figures

  private func administer() async throws {
    let (first, second, end) = (Self.key(1), Self.key(2, after: Self.key(1).id), bench.clock.now.adding(seconds: 60))
    try await write { try $0.insert(first, by: "command line") }
    try await write { write in
      try write.insert(second, by: first.id)
      try write.revoke(first.id, at: end, by: first.id)
    }
    try await write { try $0.insert(Self.key(3), by: "command line") }
    for name in ["Uji", "Uji lagi"] {
      let text =
        #"{"date":"2026-02-03","name_id":"\#(name)","name_en":"Test","kind":"holiday","source":"Uji","confidence":"full"}"#
      let entry = try #require(ReferenceEntry(kind: .holidays, row: try JSONValue.parse(Array(text.utf8))))
      try await write { try $0.put([entry], by: first.id) }
    }
    let witness = RecordWitness(agency: .bkn, key: "BKN+00000000+AA==", cosigned: nil)
    try await write { try $0.register(witness, by: first.id) }
    let backup = Backup(name: "netral-1.sqlite", madeAt: bench.clock.now, seq: 1, bytes: 1, sha256: "00")
    try await write { try $0.log(backup, by: first.id) }
    try await write { write in
      let reply = StoredReply(
        requestDigest: Array(repeating: 1, count: 32), status: 201, caseID: Sample.caseID(1), version: 1, resource: nil)
      try write.remember(reply, .agency(.bawaslu), "kunci-1", at: Sample.instant("2025-01-31T02:00:00Z"))
    }
  }

  private static func key(_ number: Int, after earlier: String? = nil) -> AccessKey {
    AccessKey(
      id: "00000000000\(number)", owner: .agency(.bkn), label: "Uji \(number)", scopes: [.casesRead, .sync],
      createdAt: instant("2025-01-01T00:00:00Z"), expiresAt: instant("2025-12-01T00:00:00Z"), revokedAt: nil,
      networks: ["10.0.0.0/8"], secretDigest: Array(repeating: UInt8(number), count: 32), madeBy: "command line",
      rotatedFrom: earlier)
  }

  private func publish() async throws {
    let now = bench.clock.now
    for number in 1...2 {
      let figure = Figure(
        id: "fig_\(number)", scope: number == 1 ? nil : .bkn, kind: .funnel, definition: "funnel/1",
        question: "as_of=2025-01-0\(number)", seq: 9, referenceRevision: 3, issuedAt: now,
        answer: Array(#"{"a":\#(number)}"#.utf8))
      let published = PublishedFigure(
        number: 0, agency: .bkn, asOf: date("2025-01-0\(number)"), publishedOn: nil, election: "pilkada-2024",
        region: nil, unit: .case, values: [.reported: 10 * number], source: "Siaran pers", registeredAt: now)
      let certificate = Certificate(
        number: 0, agency: .bkn, seq: 9, cases: 3, missing: 0, outdated: 0, unknown: 0,
        digest: Array(repeating: UInt8(number), count: 32), issuedAt: now)
      let release = StoredRelease(
        election: "pilkada-2024", asOf: date("2025-01-0\(number)"), definition: 2, seq: 9, releasedAt: now,
        document: Array(#"{"a":\#(number)}"#.utf8))
      try await write { write in
        _ = try write.issue(figure)
        _ = try write.register(published, by: "testtesttest")
        _ = try write.certify(certificate, by: "testtesttest")
        #expect(try write.release(release, by: nil) != nil)
      }
    }
  }
}
