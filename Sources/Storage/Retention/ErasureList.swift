internal import Domain
internal import Foundation
internal import GRDB

/// `FILE.erasures`: which cases were erased and when, and the keyed digests by which their reports are known again. It names
/// no person.
///
/// The same list lies in the folder of the record's backups, and a replica knows the erasures of the cases it has: an older
/// copy of the keys would bring back what was erased, so a restoration asks for the newest list and erases again.
public struct ErasureList: Sendable, Equatable {
  private static let head = "netral erasures 1"

  /// The list of a database.
  static func path(of database: String) -> String { database + ".erasures" }
  /// The list in a folder of backups.
  static func path(in folder: String) -> String { folder + "/netral.erasures" }

  private(set) var days: [CaseID: LegalDate] = [:]

  /// How the reports of a case are known again.
  private(set) var reports: [CaseID: Set<String>] = [:]

  var count: Int { days.count }
  var ids: [CaseID] { days.keys.sorted { $0.description < $1.description } }

  mutating func add(_ id: CaseID, on day: LegalDate) { days[id] = min(day, days[id] ?? day) }

  mutating func add(report digest: String, of id: CaseID) { reports[id, default: []].insert(digest) }

  mutating func formUnion(_ other: ErasureList) {
    for (id, day) in other.days { add(id, on: day) }
    reports.merge(other.reports) { $0.union($1) }
  }

  /// How many of another list's erasures this one does not name.
  func missing(of other: ErasureList) -> Int { other.days.keys.count { days[$0] == nil } }

  // MARK: Files

  /// Reads a list, or what a replica knows of one.
  ///
  /// - Returns: nil when there is no such file.
  /// - Throws: `BackupFailure.erasures` when it is neither.
  static func read(_ path: String) throws -> ErasureList? {
    guard access(path, F_OK) == 0 else { return nil }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw BackupFailure.erasures(path, reason: "it cannot be read")
    }
    if data.starts(with: Array("SQLite format 3\0".utf8)) { return try readReplica(path) }
    let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
    guard lines.first.map(String.init) == head else {
      throw BackupFailure.erasures(path, reason: "it is no list of erasures")
    }
    var list = ErasureList()
    for (index, line) in lines.enumerated().dropFirst() {
      let words = line.split(separator: " ")
      guard words.count >= 2, let id = CaseID(String(words[0])), let day = LegalDate(String(words[1])) else {
        throw BackupFailure.erasures(path, reason: "line \(index + 1) names no case and day")
      }
      list.add(id, on: day)
      for digest in words.dropFirst(2) { list.add(report: String(digest), of: id) }
    }
    return list
  }

  private static func readReplica(_ path: String) throws -> ErasureList {
    do {
      let queue = try DatabaseQueue(path: path, configuration: Connection.configuration(readonly: true))
      defer { try? queue.close() }  // It was only read.
      return try queue.read { database in
        var list = ErasureList()
        let rows = try Row.fetchAll(database, sql: "SELECT id, erased_on FROM cases WHERE erased_on IS NOT NULL")
        for row in rows {
          guard let id = CaseID(row[0] as String), let day = LegalDate(row[1] as String) else { continue }
          list.add(id, on: day)
        }
        return list
      }
    } catch let error as DatabaseError {
      throw BackupFailure.erasures(
        path, reason: "it is neither a list nor a replica: \(Connection.reason(error, path))")
    }
  }

  /// Writes what this list and the file name together; it is on the disk then.
  func write(into path: String) throws {
    var list = self
    if let known = try Self.read(path) {
      list.formUnion(known)
      if list == known { return }
    }
    let lines = list.ids.map { id in
      (["\(id)", "\(list.days[id] ?? LegalDate(day: 0))"] + (list.reports[id] ?? []).sorted()).joined(separator: " ")
    }
    try DurableFile.write(Array(([Self.head] + lines).joined(separator: "\n").utf8) + [UInt8(ascii: "\n")], to: path)
  }
}
