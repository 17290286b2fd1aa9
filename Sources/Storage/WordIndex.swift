/// A change of the index of narrative words. SQLite's own full-text search stands here and in the list's `q` filter
/// alone.
enum WordChange {
  case index(_ caseKey: Int64, _ narrative: String)
  /// The index holds no text, so that a removal must say what was indexed.
  case unindex(_ caseKey: Int64, _ narrative: String)
}

extension Transaction {
  /// Brings the index up to date, once a commit: every savepoint after a change of it would make SQLite write out what
  /// the index has gathered in memory.
  func writeWords() throws {
    for change in pending.words {
      switch change {
      case .index(let key, let narrative): try write(.indexWords, key, narrative)
      case .unindex(let key, let narrative): try write(.unindexWords, key, narrative)
      }
    }
  }

  private func write(_ statement: KeptStatement, _ key: Int64, _ narrative: String) throws {
    try run(statement) {
      $0.add(key)
      $0.add(narrative)
    }
  }
}
