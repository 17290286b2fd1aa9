/// A file that a line of an import names: it follows by itself, and is evidence of the case when it is there.
public struct AnnouncedFile: Sendable, Equatable {
  /// Those of one line: as many as a case may have by any setting.
  public static let countMax = 1_000

  /// SHA-256 of its bytes, in 64 hexadecimal digits.
  public var sha256: String
  /// What it must turn out to be.
  public var type: FileType
  public var facts: EvidenceFacts

  public init(sha256: String, type: FileType, facts: EvidenceFacts) {
    (self.sha256, self.type, self.facts) = (sha256, type, facts)
  }
}

extension AnnouncedFile {
  /// The members in which a file that is on record was described otherwise, as they are named in a line.
  public func differences(from item: EvidenceItem) -> [String] {
    let (old, new) = (item.facts, facts)
    return (item.type == type ? [] : ["media_type"]) + (old.kind == new.kind ? [] : ["kind"])
      + (old.takenOn == new.takenOn ? [] : ["taken_on"])
      + EvidenceFacts.texts.filter { $0.value(old) != $0.value(new) }.map(\.name)
  }
}
