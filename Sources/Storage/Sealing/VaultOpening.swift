internal import Crypto
internal import Domain
internal import Foundation
internal import GRDB

/// How the keys of a database are found: the master key, and the file whose keys it wraps.
struct VaultOpening {
  /// The database, by its one absolute path.
  let path: String
  let settings: StoreSettings

  private var master: MasterKey { MasterKey(of: path, at: settings.masterKeyFile) }
  private var keys: String { KeyFile.path(of: path) }

  /// Opens the keys of a database that is to be written, and makes both files for one that has none yet.
  ///
  /// - Throws: `OpenFailure.keys` when one of the two is missing or of another database.
  func open(_ database: Database) throws -> Vault {
    let known = try Self.id(database)
    if known != nil, access(keys, F_OK) != 0 {
      throw OpenFailure.keys(
        keys, reason: "the file is missing: bring it back, or restore it with netral restore --keys")
    }
    let file = try KeyFile(keys, try masterKey(mayCreate: known == nil && isEmpty(keys)))
    try require(file, known)
    // Keys that another database has used beside this file are none of one that is still to be sealed.
    let last = try max(Self.lastUsed(database), known == nil ? file.last() : 0)
    if let folder = settings.backup.keysFolder { try KeyBackupFolder(folder).takeIn(file) }
    try requireNewest(database, file)
    let vault = try vault(file, after: last)
    try vault.turnRequests(to: LegalDate(inJakarta: settings.now()).day)
    // What fails here fails again, and is told, with the first write.
    try? vault.makeReady()
    return vault
  }

  private func vault(_ file: KeyFile, after last: Int64) throws -> Vault {
    guard let folder = settings.backup.keysFolder else { return try Vault(file, after: last) }
    let backups = KeyBackupFolder(folder)
    try backups.folder.make()
    return try Vault(file, after: last) { [id = file.id] in try backups.keep($0, of: id) }
  }

  /// Opens the keys for reading alone.
  ///
  /// - Returns: nil of a database that has none yet.
  /// - Throws: as above.
  func openForReading(_ database: Database) throws -> Vault? {
    guard let known = try Self.id(database) else { return nil }
    let file = try KeyFile(reading: keys, try masterKey(mayCreate: false, mayWrite: false))
    try require(file, known)
    return try Vault(file, after: .max / 2)
  }

  /// An older copy of the file would leave values sealed, and its numbers would be given out again.
  private func requireNewest(_ database: Database, _ file: KeyFile) throws {
    guard try database.tableExists("case_record"),
      try database.columns(in: "case_record").contains(where: { $0.name == "data_key" }),
      let newest = try Int64.fetchOne(database, sql: "SELECT max(max(data_key, reporter_key)) FROM case_record"),
      newest > (try file.last())
    else { return }
    throw OpenFailure.keys(
      keys,
      reason:
        "the file is older than the database: bring back a newer one, or restore a backup of the record that is as old")
  }

  /// Whether a file of keys belongs to the database.
  func isSealed(_ database: Database) throws -> Bool { try Self.id(database) != nil }

  private func masterKey(mayCreate: Bool, mayWrite: Bool = true) throws -> SymmetricKey {
    if let key = try master.load() {
      // A change of the master key that was cut off after the keys had been wrapped anew.
      if let next = try master.next.load(), !KeyFile.isWrapped(keys, by: key), KeyFile.isWrapped(keys, by: next) {
        if mayWrite { try master.takeNext() }
        return next
      }
      return key
    }
    guard mayCreate else {
      let beside = MasterKey(of: path, at: nil).path
      let hint =
        beside != master.path && access(beside, F_OK) == 0
        ? "there is one in \(beside), which NETRAL_MASTER_KEY_FILE does not name" : "name it in NETRAL_MASTER_KEY_FILE"
      throw OpenFailure.keys(master.path, reason: "the master key is missing: bring it back; \(hint)")
    }
    return try master.create()
  }

  private func require(_ file: KeyFile, _ known: String?) throws {
    if let known, known != file.id {
      throw OpenFailure.keys(keys, reason: "these are the keys of another database")
    }
  }

  private func isEmpty(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) != 0 || status.st_size == 0
  }

  private static func id(_ database: Database) throws -> String? {
    guard try database.tableExists("setting") else { return nil }
    let value = try Data.fetchOne(
      database, sql: "SELECT value FROM setting WHERE name = ?", arguments: [KeySetting.id])
    return value.map { String(decoding: $0, as: UTF8.self) }
  }

  private static func lastUsed(_ database: Database) throws -> Int64 {
    guard try database.tableExists("counter") else { return 0 }
    let sql = "SELECT last FROM counter WHERE name = ?"
    return try Int64.fetchOne(database, sql: sql, arguments: [Counter.dataKeys.name]) ?? 0
  }
}
