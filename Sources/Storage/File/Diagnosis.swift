internal import Domain
internal import Foundation
internal import GRDB
internal import Service

/// What `netral doctor` finds out about a database and the machine under it. It only reads, also beside a running server;
/// the timing of syncs uses a file of its own.
public struct Diagnosis {
  /// Keys that end within this are named: 30 days are time to rotate them.
  static let expiryDays: Int64 = 30
  /// A backup a night, and a night that was missed.
  static let backupHours: Int64 = 50

  private let path: String
  let settings: StoreSettings
  let isFull: Bool
  private var findings: [Finding] = []
  /// Whose the database is.
  private var owner: uid_t?
  /// Whose what lies around it may be, too: root may do everything anyway.
  private var ownerOrRoot: Set<uid_t>? { owner.map { [$0, 0] } }

  /// Looks at everything.
  ///
  /// - Parameters:
  ///   - path: the database.
  ///   - settings: for the clock and the folder of backups.
  ///   - isFull: every page, index and reference, and not only what `quick_check` looks at.
  public static func findings(of path: String, _ settings: StoreSettings, isFull: Bool) -> [Finding] {
    var diagnosis = Diagnosis(path: path, settings: settings, isFull: isFull)
    diagnosis.look()
    return diagnosis.findings
  }

  private init(path: String, settings: StoreSettings, isFull: Bool) {
    (self.path, self.settings, self.isFull) = (path, settings, isFull)
  }

  private mutating func look() {
    findings += Finding.library()
    findings.append(DiskProbe.clock())
    do {
      let path = try Opening.resolved(path)
      var status = stat()
      owner = stat(path, &status) == 0 ? status.st_uid : nil
      lookAround(path)
      lookAtBackups()
      let queue = try Opening.openReader(path, settings)
      defer { try? queue.close() }  // It was only read.
      try queue.inDatabase { try lookInside($0, path) }
    } catch let failure as OpenFailure {
      add("database", .fault, "\(failure)", "give --database, or run it as the user of the server")
    } catch {
      add("database", .fault, "the database cannot be read: \(BackupFailure(error))", "restore a backup")
    }
  }

  mutating func add(_ check: String, _ level: Finding.Level, _ text: String, _ advice: String? = nil) {
    findings.append(Finding(check, level, text, advice))
  }

  // MARK: Around the file

  private mutating func lookAround(_ path: String) {
    let folder = URL(filePath: path).deletingLastPathComponent().path
    findings += [DiskProbe.fileSystem(folder), DiskProbe.syncs(folder), DiskProbe.room(folder, "the database")]
    let parts = [
      ("", "the database"), ("-wal", "its log"), ("-shm", "its shared memory"), (".lock", "its lock"),
      (".record-key", "the key of its record"), (".checkpoint", "its last checkpoint"), (".keys", "its keys"),
      (".words", "its index of words"), (".erasures", "its list of erasures"),
    ]
    // Root may look at everybody's database. Whoever else looks is the user of the server.
    let looker = geteuid()
    findings += parts.compactMap { suffix, what in
      let isDatabase = suffix.isEmpty
      let owners: Set<uid_t>? = isDatabase ? (looker == 0 ? nil : [looker]) : owner.map { [$0] }
      return DiskProbe.privacy(path + suffix, what, owners: owners)
    }
    if let finding = DiskProbe.folder(folder, "the folder of the database", owners: ownerOrRoot) {
      findings.append(finding)
    }
  }

  private mutating func lookAtBackups() {
    guard let name = settings.backup.folder else {
      return add("backup", .warning, "no folder for backups is set", "set NETRAL_BACKUP_FOLDER")
    }
    if let finding = DiskProbe.privacy(name, "the folder of backups", owners: ownerOrRoot) { findings.append(finding) }
    findings.append(DiskProbe.room(name, "backups"))
    do {
      let (folder, now) = (BackupFolder(name), settings.now())
      let (files, backups) = (try folder.files(at: now), try folder.backups(at: now))
      findings += files.compactMap { DiskProbe.privacy(folder.file($0.name), "a backup", owners: ownerOrRoot) }.filter {
        $0.level != .ok
      }
      if files.count > backups.count {
        add(
          "backup", .warning,
          "\(files.count - backups.count) files with the name of a backup are empty or have no SHA-256 beside them",
          "they do not count, and nothing deletes them: bring their sums back, or take them away")
      }
      let aheadCount = backups.count { $0.isAhead(of: now) }
      if aheadCount > 0 {
        add(
          "backup", .fault, "the times of \(aheadCount) backups lie ahead of the clock: one of the two is wrong",
          "set the clock; if it is right, run netral backup and take those away")
      }
      guard let newest = backups.last else {
        return add("backup", .fault, "there is no backup", "run netral backup, and enable netral-backup.timer")
      }
      if newest.isAhead(of: now) { return }
      let hours = max(0, now.milliseconds - newest.madeAt.milliseconds) / 3_600_000
      if hours > Self.backupHours {
        add("backup", .fault, "the newest backup is \(hours) hours old", "look why netral-backup.timer fails")
      } else {
        add("backup", .ok, "the newest of \(backups.count) backups is \(hours) hours old")
      }
    } catch {
      add("backup", .fault, "\(error)", "make the folder, for the user of the server")
    }
  }

  // MARK: Inside

  private mutating func lookInside(_ database: Database, _ path: String) throws {
    try lookAtSchema(database)
    try lookAtOwner(database)
    let vault = lookAtKeyFile(database, path)
    try lookAtIntegrity(database, vault)
    // What follows reads tables of today's schema.
    guard try Opening.schema(database) == .current else { return }
    let transaction = Transaction(database, vault)
    let keys = Array(try transaction.loadKeys().values)
    lookAtKeys(keys)
    let reference = try transaction.currentReference()
    lookAtAgencies(keys, reference)
    lookAtRules(reference)
    lookAtRecord(transaction)
    try lookAtErasures(transaction, vault, path)
    try lookAtEvidence(transaction, vault, path)
    try lookAtLaw(reference)
    try lookAtTwins(transaction)
    let (now, last) = (settings.now(), try transaction.lastRecordedAt())
    if now < last {
      let seconds = (last.milliseconds - now.milliseconds) / 1_000
      add(
        "clock", .fault, "the clock is \(seconds) s behind the newest event: new ones get the time of that one",
        "set the clock")
    } else {
      add("clock", .ok, "the clock is not behind the newest event")
    }
  }

  private mutating func lookAtOwner(_ database: Database) throws {
    guard let name = settings.backup.folder, access(name, F_OK) == 0 else { return }
    do {
      try BackupOwner.require(try BackupOwner.identity(database), in: BackupFolder(name), settings)
    } catch let failure as BackupFailure {
      add("backup", .fault, "\(failure)", "set another NETRAL_BACKUP_FOLDER")
    }
  }

  private mutating func lookAtSchema(_ database: Database) throws {
    switch try Opening.schema(database) {
    case .current: add("schema", .ok, "the schema is that of this program")
    case .older(let pending):
      add("schema", .warning, "\(pending) migrations are pending", "the next start makes them, after a copy")
    case .newer: add("schema", .fault, "a newer program has written the file", "upgrade this program")
    }
    let journal = try String.fetchOne(database, sql: "PRAGMA journal_mode") ?? ""
    if journal != "wal" {
      add("schema", .warning, "the file is not in WAL mode", "the next start sets it, as after a restoration")
    }
  }

  /// Without keys all else is looked at.
  private mutating func lookAtKeyFile(_ database: Database, _ path: String) -> Vault? {
    do {
      guard let vault = try VaultOpening(path: path, settings: settings).openForReading(database) else { return nil }
      add("keys of cases", .ok, "they are those of the database")
      if MasterKey(of: path, at: settings.masterKeyFile).path == path + ".master" {
        add(
          "master key", .warning,
          "the master key lies beside the database: whoever copies the folder can read what is sealed",
          "put it elsewhere, and name it in NETRAL_MASTER_KEY_FILE")
      }
      lookAtKeyBackups()
      return vault
    } catch {
      add("keys of cases", .fault, "\(error)", "bring the file back: what is sealed was not looked at")
      return nil
    }
  }

  private mutating func lookAtKeyBackups() {
    guard let name = settings.backup.keysFolder else {
      return add(
        "backup of keys", .warning,
        "no folder for backups of keys is set: who loses the file of the keys has lost what they seal",
        "set NETRAL_KEYS_BACKUP_FOLDER, on another disk than the backups of the record")
    }
    do {
      let now = settings.now()
      guard let newest = try BackupFolder(name).backups(at: now).last else {
        return add("backup of keys", .fault, "there is no backup of the keys", "run netral backup")
      }
      let hours = max(0, now.milliseconds - newest.madeAt.milliseconds) / 3_600_000
      add(
        "backup of keys", hours > Self.backupHours ? .fault : .ok,
        "the newest backup of the keys is \(hours) hours old",
        hours > Self.backupHours ? "look why netral-backup.timer fails" : nil)
    } catch {
      add("backup of keys", .fault, "\(error)", "make the folder, for the user of the server")
    }
  }

  private mutating func lookAtIntegrity(_ database: Database, _ vault: Vault?) throws {
    do {
      if isFull {
        try FileCheck.prove(database, vault)
        add("integrity", .ok, "every page, index and reference is sound")
      } else {
        let faults = try String.fetchAll(database, sql: "PRAGMA quick_check(10)")
        guard faults == ["ok"] else { throw BackupFailure.unsound("quick_check finds \(faults.count) faults or more") }
        add("integrity", .ok, "quick_check finds nothing; --full looks at indexes and references, too")
      }
      add("sequence", .ok, "no sequence is missing up to \(try FileCheck.head(database))")
    } catch BackupFailure.unsound(let what) {
      add(
        "integrity", .fault, "the file is not sound: \(what)",
        "stop the server, keep a copy of the file, and restore a backup")
    }
  }

  /// Keys of agencies that do not record today.
  private mutating func lookAtAgencies(_ keys: [AccessKey], _ reference: Reference) {
    let now = settings.now()
    let today = LegalDate(inJakarta: now)
    let codes = keys.filter { $0.isValid(at: now) }
      .compactMap { if case .agency(let code) = $0.owner { code } else { nil } }
    for (code, count) in Dictionary(codes.map { ($0, 1) }, uniquingKeysWith: +).sorted(by: { $0.key < $1.key }) {
      let standing = reference.standing(of: code, on: today)
      guard let note = AgencyStanding.note(on: code, standing, reference.term(of: code, on: today)) else { continue }
      let text = "\(count) valid keys: \(note)"
      if standing == .closed { add("keys", .warning, text, "end them") } else { add("keys", .ok, text) }
    }
  }

  /// Who holds the file may have changed it; what was signed of it shows that.
  private mutating func lookAtRecord(_ transaction: Transaction) {
    do {
      let path = try Opening.resolved(path)
      guard let size = try RecordOpening.check(transaction, path, settings) else {
        return add("record", .ok, "the record begins, or an epoch of it, with the next start")
      }
      add("record", .ok, "the record extends the last checkpoint that was signed, and has \(size) leaves")
    } catch {
      add("record", .fault, "\(error)", "stop the server, keep a copy of all files, and compare with a witness")
    }
  }

  private mutating func lookAtRules(_ reference: Reference) {
    let day = LegalDate(inJakarta: settings.now())
    let rule = reference.clockRule(.ppkFollowUp, on: day)
    guard rule?.length != 14 || rule?.unit != .workingDays else {
      return add("rules", .ok, "the clock of the PPK counts 14 working days")
    }
    add(
      "rules", .warning,
      "the clock of the PPK does not count the 14 working days that BKN published on 2024-02-06: the row was changed here",
      "compare GET /v1/reference/clock-rules with the handbook, and PUT the row, or leave it when it is newer")
  }

  /// Facts of the law that m0017 could not bring in, since the row was changed here.
  private mutating func lookAtLaw(_ reference: Reference) throws {
    let missing = try Seed.entries().filter { shipped in
      let rows = reference.entries.filter { $0.kind == shipped.kind && $0.code == shipped.code }
      return switch shipped.kind {
      case .sanctions: !rows.contains { $0.agrees(with: shipped, in: "employment") }
      case .mandates where shipped.code == Self.blockMandate:
        !rows.contains { $0.agrees(with: shipped, in: "legal_basis") }
      case .elections:
        !Set(reference.elections[shipped.code]?.contests.map(\.key) ?? [])
          .isSuperset(of: try Self.contests(of: shipped))
      case .motives, .sourceChannels: rows.isEmpty
      default: false
      }
    }
    guard !missing.isEmpty else { return add("law", .ok, "reference data has the facts of the law that were shipped") }
    let names = missing.map { "\($0.kind.rawValue) \($0.code)" }.joined(separator: ", ")
    add(
      "law", .warning, "these rows were changed here, and do not say what the shipped ones say: \(names)",
      "compare GET /v1/reference/{kind} with docs/api.md, and PUT them (end a mandate, and add one), or leave them as they are"
    )
  }

  /// The mandate whose legal basis m0017 names.
  private static let blockMandate = "19"

  private static func contests(of election: ReferenceEntry) throws -> Set<String> {
    Set(try Reference(entries: [election]).elections[election.code]?.contests.map(\.key) ?? [])
  }

  /// Reports that are one by the way in which they are compared now, and were stored apart by an earlier release.
  private mutating func lookAtTwins(_ transaction: Transaction) throws {
    guard transaction.vault != nil else { return }
    let rows = try transaction.fetch(
      """
      SELECT a.case_key, b.case_key, a.number, b.number, a.person_key = b.person_key FROM case_record a
      JOIN case_record b ON b.agency_ref_digest = a.agency_ref_digest AND b.reported_by = a.reported_by
        AND b.case_key > a.case_key
      WHERE a.disputed_for IS NULL AND b.disputed_for IS NULL ORDER BY a.case_key, b.case_key
      """, []
    ) { (keys: ($0[0] as Int64, $0[1] as Int64), names: ($0[2] as String, $0[3] as String), isSame: $0[4] as Bool) }
    var pairs: [(String, String)] = []
    for row in rows where try row.isSame || areOne(row.keys.0, row.keys.1, transaction) {
      pairs.append(row.names)
      if pairs.count > Self.twinsMax { break }
    }
    if pairs.isEmpty { return add("reports", .ok, "no two cases are one report in two spellings") }
    let named = pairs.prefix(Self.twinsMax).map { "\($0.0) and \($0.1)" }
    add(
      "reports", .warning,
      "these cases are one report in two spellings: \(named.joined(separator: ", "))"
        + (pairs.count > Self.twinsMax ? ", and more" : ""),
      "their agency compares them, and cancels or disputes one")
  }

  /// True when two cases are about the same person by name.
  private func areOne(_ one: Int64, _ other: Int64, _ transaction: Transaction) throws -> Bool {
    let people = try [one, other].map { key in
      try transaction.run(.behindStub, { $0.add(key) }, transaction.storedCase)?.record.facts.personIdentifier
    }
    return people[0] != nil && people[0] == people[1]
  }

  /// Pairs of cases that are named.
  private static let twinsMax = 20

  private mutating func lookAtKeys(_ keys: [AccessKey]) {
    let now = settings.now()
    let valid = keys.filter { $0.isValid(at: now) }
    if !valid.contains(where: { $0.owner == .operator && $0.scopes.contains(.admin) }) {
      add("keys", .warning, "there is no operator's key", "netral key create --operator --scopes admin --label …")
    }
    let soon = now.adding(seconds: Self.expiryDays * 86_400)
    let ending = valid.filter { !$0.isValid(at: soon) }
    lookAtEndless(valid)
    if ending.isEmpty {
      add("keys", .ok, "none of \(valid.count) valid keys ends within \(Self.expiryDays) days")
    } else {
      add(
        "keys", .warning,
        "\(ending.count) of \(valid.count) valid keys end within \(Self.expiryDays) days: \(Self.ids(of: ending))",
        "rotate them: POST /v1/admin/keys/{id}/rotation")
    }
  }

  /// Keys of earlier releases, and those for which "never" was written out.
  private mutating func lookAtEndless(_ valid: [AccessKey]) {
    let endless = valid.filter { $0.end == nil }
    if endless.isEmpty { return }
    add(
      "keys", .warning, "\(endless.count) of \(valid.count) valid keys never end: \(Self.ids(of: endless))",
      "rotate them, which gives them an end: POST /v1/admin/keys/{id}/rotation")
  }

  private static func ids(of keys: [AccessKey]) -> String {
    keys.map(\.id).sorted().prefix(5).joined(separator: ", ")
  }
}
