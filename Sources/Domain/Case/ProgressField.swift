/// A coded value that acts leave in a case: where it stands, what it may be, and what it is called.
///
/// Answers, tables, replicas and the stored form walk ``ProgressField/all`` and know nothing of any single one.
public struct ProgressField: Sendable {
  /// The object it is a member of; nil for a member of the case itself.
  public let object: String?
  /// The name of the member.
  public let member: String
  /// Its column in a spreadsheet and a replica.
  public let column: String
  /// What it may be, and what that means.
  public let codes: [(code: String, label: LocalizedText)]
  /// What people call it.
  public let label: LocalizedText
  /// The value; nil for none.
  public let value: @Sendable (CaseProgress) -> String?
  /// Takes one of the codes; false when it is none of them.
  public let set: @Sendable (inout CaseProgress, String) -> Bool

  /// `block.extent`.
  public var path: String { object.map { "\($0).\(member)" } ?? member }

  private init<Code: RawRepresentable & CaseIterable & Sendable & SendableMetatype>(
    _ member: String, of object: String? = nil, _ type: Code.Type, _ label: (Code) -> LocalizedText, en: String,
    inIndonesian: String, _ value: @escaping @Sendable (CaseProgress) -> Code?,
    _ set: @escaping @Sendable (inout CaseProgress, Code) -> Void
  ) where Code.RawValue == String {
    (self.member, self.object, column) = (member, object, object.map { "\($0)_\(member)" } ?? member)
    codes = type.allCases.map { ($0.rawValue, label($0)) }
    self.label = LocalizedText(en: en, inIndonesian: inIndonesian)
    self.value = { value($0)?.rawValue }
    self.set = { progress, text in
      guard let code = Code(rawValue: text) else { return false }
      set(&progress, code)
      return true
    }
  }
}

extension ProgressField {
  /// Every one, in the order in which they are written everywhere.
  public static let all: [ProgressField] = [
    ProgressField(
      "lapse_reason", LapseReason.self, \.label, en: "Why it lapsed", inIndonesian: "Sebab gugur", { $0.lapseReason },
      { $0.lapseReason = $1 }),
    ProgressField(
      "ground", NotProvenGround.self, \.label, en: "Why nothing was proven", inIndonesian: "Alasan tidak terbukti",
      { $0.ground }, { $0.ground = $1 }),
    ProgressField(
      "extent", of: "block", BlockExtent.self, \.label, en: "Extent of the block", inIndonesian: "Cakupan pemblokiran",
      { $0.block?.extent }, { $0.block?.extent = $1 }),
  ]

  /// Those that are members of an object; nil: of the case itself.
  public static func members(of object: String?) -> [ProgressField] { byObject[object] ?? [] }

  private static let byObject = Dictionary(grouping: all, by: \.object)
}
