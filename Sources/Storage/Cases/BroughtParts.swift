internal import Domain

/// The groups of values that an event brings, with their salts and digests. They do not depend on where the event comes to
/// stand, and so can be made on any thread before the write.
struct BroughtParts: Sendable {
  private(set) var stored: [StoredPart]
  /// What the event's leaf commits to of them.
  private(set) var commitments = Commitments()

  /// - Parameters:
  ///   - texts: of the event.
  ///   - record: the version that the event makes; nil when it makes none.
  ///   - hasFacts: whether the version has other facts than the one before.
  ///   - hasReferences: whether it has other references.
  ///   - hasEvidence: whether it has other files (default false).
  init(
    _ texts: [StoredPart.Text], _ record: Case?, hasFacts: Bool, hasReferences: Bool, hasEvidence: Bool = false,
    _ salts: inout Salts
  ) {
    stored = StoredPart.all(of: texts, &salts)
    if let record {
      stored += StoredPart.all(
        of: record, facts: hasFacts, references: hasReferences, evidence: hasEvidence, &salts)
    }
    commitments.reserve(stored.count)
    for part in stored { commitments[part.group] = part.digest }
  }

  /// Adds a part that only the write knows.
  mutating func add(_ part: CasePart, _ content: [UInt8], _ salts: inout Salts) {
    let part = StoredPart(part: part, salt: salts.next(), content: content)
    commitments[part.group] = part.digest
    stored.append(part)
  }
}
