/// A group of values that a leaf commits to by itself, so that it can be withheld, sealed or erased without the others. The
/// number is that of its row in `case_part`, where it has one.
enum LeafGroup: Int64, CaseIterable, Sendable {
  /// What the leaf is about, for everybody who sees that it is there.
  case core = 0
  /// The facts of a case that everybody sees who sees the case.
  case facts = 1
  case subject, narrative, reporter, references
  /// What a request for correction asks for, and why.
  case correction = 7
  case coreTexts = 8
  case subjectTexts, narrativeTexts, evidenceTexts, reporterTexts, notesTexts
  /// The numbers of letters, decrees and other files that an act has named.
  case letters = 14
  /// What is never disclosed: numbers of our own, keys and their secrets.
  case store = 15
  /// The files that go with a case, as they are told of.
  case evidence = 16

  /// Its name in leaves and disclosures.
  var name: StaticString {
    switch self {
    case .core: "core"
    case .facts: "facts"
    case .subject: "subject"
    case .narrative: "narrative"
    case .reporter: "reporter"
    case .references: "references"
    case .correction: "correction"
    case .coreTexts: "texts_core"
    case .subjectTexts: "texts_subject"
    case .narrativeTexts: "texts_narrative"
    case .evidenceTexts: "texts_evidence"
    case .reporterTexts: "texts_reporter"
    case .notesTexts: "texts_notes"
    case .letters: "letters"
    case .store: "store"
    case .evidence: "evidence"
    }
  }

  /// Whether it says how the case stands, and not what has happened.
  var lasts: Bool { (1...5).contains(rawValue) || self == .evidence }
}

extension CasePart {
  /// Nil for the part that earlier releases have kept the salt of a digest in.
  var leafGroup: LeafGroup? {
    switch self {
    case .digest: nil
    case .evidence: .evidence
    default: LeafGroup(rawValue: rawValue)
    }
  }
}
