internal import Domain

/// The groups of values that an event has brought, each a row of `case_part` that can be sealed or erased by itself.
enum CasePart: Int64, CaseIterable {
  /// Nothing but the salt of a digest that earlier releases have taken of the event.
  case digest = 0
  case core = 1
  case subject, narrative, reporter
  /// The numbers under which other files keep the case: of the report, of letters and decrees, of I'DIS.
  case references
  /// What a request for correction asks for, and why.
  case correction = 7
  // Texts of events begin at 8.
  case coreTexts = 8
  case subjectTexts, narrativeTexts, evidenceTexts, reporterTexts, notesTexts
  /// The numbers of letters, decrees and other files that the event has named.
  case letters = 14
  /// The files that go with the case, as they are told of.
  case evidence = 15

  /// The parts that hold facts.
  static let facts: [CasePart] = [.core, .subject, .narrative, .reporter]

  /// The key of the row.
  func key(at seq: Int64) -> Int64 { seq * 16 + rawValue }

  /// The part that a key names; nil for none.
  init?(ofKey key: Int64) { self.init(rawValue: key % 16) }

  /// Where the texts of an event stand that go with a group.
  init(textsOf group: FieldGroup) {
    switch group {
    case .core: self = .coreTexts
    case .subject: self = .subjectTexts
    case .narrative: self = .narrativeTexts
    case .evidence: self = .evidenceTexts
    case .reporter: self = .reporterTexts
    case .notes: self = .notesTexts
    }
  }

  /// The group that opens the texts of this part; nil when it holds no texts.
  var textGroup: FieldGroup? {
    FieldGroup.allCases.first { CasePart(textsOf: $0) == self }
  }
}

extension CaseField {
  /// Where the fact is stored.
  var part: CasePart {
    if leadsToPerson { return .references }
    switch group {
    case .core: return .core
    case .subject: return .subject
    case .narrative, .evidence: return .narrative
    case .reporter, .notes: return .reporter
    }
  }
}
