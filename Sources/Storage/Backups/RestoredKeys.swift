internal import Foundation
internal import GRDB

/// The keys that a restored file is opened with: a copy of a file of keys, or of the newest backup of one.
public struct KeySource: Sendable {
  let keys: String
  let master: String

  /// - Parameters:
  ///   - keys: a file of keys, which may be in use, or a folder of their backups, of which the newest is meant.
  ///   - master: the file of the master key; nil: beside the file of keys.
  public init(_ keys: String, master: String? = nil) {
    self.keys = keys
    self.master = master ?? (keys.hasSuffix(".keys") ? String(keys.dropLast(5)) : keys) + ".master"
  }

  /// Copies keys and master key beside a file that nobody else uses.
  ///
  /// - Throws: `OpenFailure.keys`, `BackupFailure`.
  func copy(beside path: String) throws {
    let source = try KeyBackupFolder.newest(in: keys)
    let target = KeyFile.path(of: path)
    guard let key = try MasterKey(of: path, at: master).load() else {
      throw OpenFailure.keys(master, reason: "the master key is missing")
    }
    try KeyFile.copy(source, to: target)
    try KeyBackupFolder.addBlocks(to: target, from: keys, key)
    try DurableFile.write(
      Array("\(MasterKey.text(key))\n".utf8), to: MasterKey(of: path, at: nil).path, replacing: false)
    try KeyFile(reading: target, key).close()
  }
}

extension KeySource {
  /// Destroys, in the copy of the keys beside a restored file, what opens cases that were erased.
  ///
  /// - Throws: `BackupFailure.erasures` when the keys know of an erasure that the list does not name.
  func destroy(_ list: ErasureList, in path: String) throws {
    guard let key = try MasterKey(of: path, at: nil).load() else {
      throw OpenFailure.keys(master, reason: "the master key is missing")
    }
    let file = try KeyFile(KeyFile.path(of: path), key)
    let queue = try DatabaseQueue(path: path, configuration: Connection.configuration(readonly: true))
    let numbers: Set<Int64>
    do {
      defer { try? queue.close() }  // It was only read.
      numbers = try queue.read { database in
        let transaction = Transaction(database, nil)
        var numbers = Set<Int64>()
        for id in list.ids { numbers.formUnion(try transaction.dataKeys(of: id)) }
        let unnamed = try transaction.casesWithValues(sealedBy: try file.destroyed()).filter { list.days[$0] == nil }
        if !unnamed.isEmpty {
          throw BackupFailure.erasures(
            "at hand",
            reason: "the keys know of \(unnamed.count) erasures that it does not name: give the newest with --erasures")
        }
        return numbers
      }
    }
    try file.destroy(numbers)
    try file.close()
    try Connection.settle(KeyFile.path(of: path))
  }
}

/// The newest list of erasures that a restoration can know of.
struct RestoredErasures {
  /// Whoever gives this in the place of a list says that nothing was erased since the backup.
  static let none = "none"

  let list: ErasureList

  /// - Parameters:
  ///   - partial: the restored file.
  ///   - source: the backup, beside which a list lies.
  ///   - target: what it is restored into, beside which the list of the file that is lost may lie.
  ///   - given: a list, or a replica; nil: what lies there is enough.
  /// - Throws: `BackupFailure.erasures` when there is none, or the one that is given is older than another.
  init(of partial: String, from source: String, beside target: String, given: String?) throws {
    let folder = URL(filePath: source).deletingLastPathComponent().path
    let queue = try DatabaseQueue(path: partial, configuration: Connection.configuration(readonly: true))
    defer { try? queue.close() }  // It was only read.
    let (own, knowsErasures) = try queue.read { database in
      (try Transaction(database, nil).erasureList(), try database.tableExists("erasure"))
    }
    let known: [(path: String, list: ErasureList)] = try [
      (source, own), (ErasureList.path(in: folder), ErasureList.read(ErasureList.path(in: folder))),
      (ErasureList.path(of: target), ErasureList.read(ErasureList.path(of: target))),
    ].compactMap { path, list in list.map { (path, $0) } }
    var list = known.reduce(into: ErasureList()) { $0.formUnion($1.list) }
    if let given, given != Self.none {
      guard let newest = try ErasureList.read(given) else {
        throw BackupFailure.erasures(given, reason: "there is no such file")
      }
      let missing = newest.missing(of: list)
      guard missing == 0 else {
        throw BackupFailure.erasures(given, reason: "it is not the newest: \(missing) known erasures are missing in it")
      }
      list.formUnion(newest)
    } else if given == nil, knowsErasures, known.count == 1 {
      throw BackupFailure.erasures(
        ErasureList.path(in: folder),
        reason: "it is missing: give the newest with --erasures, or "
          + "--erasures \(Self.none) where nothing was ever erased")
    }
    self.list = list
  }
}
