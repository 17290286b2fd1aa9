internal import Domain
internal import Foundation
internal import GRDB

/// Open clocks that must be derived anew after a change of rules or holidays: a mark in the file says how far that has
/// come, so that it goes on after whatever interrupts it.
extension Transaction {
  private static let mark = "clock_derivation"

  func clocksAreMarked() throws -> Bool { try clockMark() != nil }

  func markClocks(by keyID: String) throws { try setClockMark(0, keyID) }

  func deriveClocks(limit: Int) throws -> ClockDerivationStep? {
    guard let (last, keyID) = try clockMark() else { return nil }
    let reference = try currentReference()
    let cases = try fetch(Self.openSQL, [last, limit]) { (key: $0[0] as Int64, id: try $0.identity(1)) }
    var changedCases = 0
    for (_, id) in cases {
      guard let record = try caseRecord(id),
        let (changed, event) = Lifecycle.deriveClocks(of: record, reference, by: keyID)
      else { continue }
      _ = try update(record, to: changed, event)
      changedCases += 1
    }
    if let last = cases.last, cases.count == limit {
      try setClockMark(last.key, keyID)
      return ClockDerivationStep(changedCases: changedCases, isLast: false)
    }
    try execute("DELETE FROM setting WHERE name = ?", [Self.mark])
    return ClockDerivationStep(changedCases: changedCases, isLast: true)
  }

  /// Cases whose stage has an open clock, by the index of stages: there may be many more that have ended.
  private static let openSQL: String = {
    let stages = Stage.allCases.filter { ActionKind.clockPauses.stages.contains($0) }
    let parts = stages.map { stage in
      """
      SELECT * FROM (
        SELECT case_key, id FROM case_record WHERE stage = '\(stage.rawValue)' AND case_key > ?1
        ORDER BY case_key LIMIT ?2)
      """
    }
    return parts.joined(separator: "\nUNION ALL\n") + "\nORDER BY case_key LIMIT ?2"
  }()

  /// The last case that is done, and the key of the operator who has made the change.
  private func clockMark() throws -> (last: Int64, keyID: String)? {
    let bytes = try fetchOne("SELECT value FROM setting WHERE name = ?", [Self.mark]) { $0[0] as [UInt8] }
    guard let bytes else { return nil }
    let words = String(decoding: bytes, as: UTF8.self).split(separator: " ")
    guard words.count == 2, let last = Int64(words[0]) else {
      throw DatabaseError(message: "the mark of clocks to derive is malformed")
    }
    return (last, String(words[1]))
  }

  private func setClockMark(_ last: Int64, _ keyID: String) throws {
    try execute(
      "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      [Self.mark, Data("\(last) \(keyID)".utf8)])
  }
}
