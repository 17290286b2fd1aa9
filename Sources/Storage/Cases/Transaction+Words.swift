internal import Domain
internal import Foundation
internal import GRDB
internal import JSON

/// The index of words: those of current narratives and of the names of those they are about. SQLite's own full-text search
/// stands here and in the filters of case searches alone.
///
/// It follows the record in commits of its own, so that no write waits for it, and the file says up to which sequence it
/// knows. Whoever searches brings it up to date first.
extension Transaction {
  private static let mark = "words_seq"

  /// Up to which sequence the index knows.
  func wordsSeq() throws -> Int64 {
    let bytes = try fetchOne("SELECT value FROM setting WHERE name = ?", [Self.mark]) { $0[0] as [UInt8] }
    return bytes.flatMap { Int64(String(decoding: $0, as: UTF8.self)) } ?? 0
  }

  func setWordsSeq(_ seq: Int64) throws {
    try execute(
      "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      [Self.mark, Data("\(seq)".utf8)])
  }

  /// Indexes what the next events have brought, those of at most `limit` that brought facts.
  ///
  /// - Returns: up to which sequence the index knows then.
  func indexWords(limit: Int) throws -> Int64 {
    let (last, head) = (try wordsSeq(), try head())
    if last >= head { return last }
    let changes = try fetch(Self.changesSQL, [last, limit]) { row in
      (seq: row[0] as Int64, key: row[1] as Int64, before: row[2] as Int64?)
    }
    for change in changes {
      let (old, new) = (try change.before.map(words), try words(at: change.seq))
      if old == new { continue }
      if let old { try run(.unindexWords) { old.add(of: change.key, to: &$0) } }
      try run(.indexWords) { new.add(of: change.key, to: &$0) }
    }
    let reached = changes.count < limit ? head : changes[changes.count - 1].seq
    try setWordsSeq(reached)
    return reached
  }

  private func words(at seq: Int64) throws -> IndexedWords {
    var facts = Facts.blank
    try forEach(
      .parts,
      {
        $0.add(CasePart.subject.key(at: seq))
        $0.add(CasePart.narrative.key(at: seq))
      },
      { row in
        guard let bytes = row.utf8(1) else { return }
        let document = CasePart(ofKey: row[0]) == .subject ? FactsDocument.subject : FactsDocument.narrative
        try document.read(bytes, into: &facts)
      })
    return IndexedWords(narrative: facts.act.narrative, name: facts.subject.name)
  }

  /// Events that brought facts, each with the sequence of the facts before.
  private static let changesSQL = """
    SELECT e.seq, e.case_key, (SELECT max(b.facts_seq) FROM event b WHERE b.case_key = e.case_key AND b.seq < e.seq)
    FROM event e WHERE e.seq > ? AND e.facts_seq = e.seq ORDER BY e.seq LIMIT ?
    """
}

/// What the index knows of a case. It holds no text of its own, so that a removal must say what was indexed.
private struct IndexedWords: Equatable {
  let narrative: String
  let name: String

  func add(of key: Int64, to arguments: inout Arguments) {
    arguments.add(key)
    arguments.add(narrative)
    arguments.add(name)
  }
}
