/// A change of the index of words: those of the narrative and those of the person's name. SQLite's own full-text search
/// stands here and in the filters of case searches alone.
struct WordChange {
  /// What is indexed of a case.
  struct Texts: Equatable {
    let narrative: String
    let name: String
  }

  let caseKey: Int64
  let texts: Texts
  /// False takes the texts out: the index holds no text of its own, so that a removal must say what was indexed.
  let isAdded: Bool
}

extension Transaction {
  /// Brings the index up to date, once a commit: every savepoint after a change of it would make SQLite write out what
  /// the index has gathered in memory.
  func writeWords() throws {
    for change in pending.words {
      try run(change.isAdded ? .indexWords : .unindexWords) {
        $0.add(change.caseKey)
        $0.add(change.texts.narrative)
        $0.add(change.texts.name)
      }
    }
  }
}
