internal import Domain
internal import Service

/// A history with the parts that each of its events brings.
struct PreparedCase: PreparedHistory {
  let history: CaseHistory
  /// As many as the history has entries.
  let parts: [BroughtParts]

  init(_ history: CaseHistory) {
    var salts = Salts(drawing: 5)
    self.history = history
    parts = history.entries.indices.map { index in
      let entry = history.entries[index]
      guard index > 0 else {
        return BroughtParts(entry.event.texts, entry.record, hasFacts: true, hasReferences: true, &salts)
      }
      let earlier = history.entries[index - 1].record
      return BroughtParts(
        entry.event.texts, entry.record.version == earlier.version ? nil : entry.record,
        hasFacts: !entry.record.hasFacts(of: earlier), hasReferences: !References.areSame(entry.record, earlier), &salts
      )
    }
  }
}
