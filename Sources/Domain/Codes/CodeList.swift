/// A list of codes that anybody may know, with what each of them is called.
public struct CodeList: Sendable {
  /// A code, or what it meant for a time.
  public struct Item: Sendable {
    public let code: String
    public let label: LocalizedText
    /// First day; nil: since ever.
    public var from: String?
    /// Last day; nil: open.
    public var until: String?
    /// The code in the same list that takes it in.
    public var broader: String?

    init(_ code: String, _ label: LocalizedText) { (self.code, self.label) = (code, label) }
  }

  /// The last segment of its address.
  public let key: String
  public let title: LocalizedText
  /// In the order in which they are shown. A code may stand there once for each of its times.
  public let items: [Item]

  init(_ key: String, en: String, inIndonesian: String, _ items: [Item]) {
    (self.key, title, self.items) = (key, LocalizedText(en: en, inIndonesian: inIndonesian), items)
  }

  init<Code: RawRepresentable & CaseIterable>(
    _ key: String, en: String, inIndonesian: String, _ type: Code.Type, _ label: (Code) -> LocalizedText
  ) where Code.RawValue == String {
    self.init(key, en: en, inIndonesian: inIndonesian, Code.allCases.map { Item($0.rawValue, label($0)) })
  }

  /// Every list, in the order of their keys.
  public static func all(_ reference: Reference) -> [CodeList] { keys.compactMap { named($0, reference) } }
}
