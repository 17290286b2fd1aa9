internal import GRDB

/// The index of narrative words. SQLite's own full-text search stands here and in the list's `q` filter alone.
extension Transaction {
  func index(_ key: Int64, narrative: String) throws {
    try execute("INSERT INTO case_words (rowid, narrative) VALUES (?, ?)", [key, narrative])
  }

  /// The index holds no text, so that a removal must say what was indexed.
  func unindex(_ key: Int64, narrative: String) throws {
    try execute("INSERT INTO case_words (case_words, rowid, narrative) VALUES ('delete', ?, ?)", [key, narrative])
  }
}
