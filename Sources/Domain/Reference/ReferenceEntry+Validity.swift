public import JSON

extension ReferenceEntry {
  /// Takes code and validity out of a row, where each kind keeps them; nil when the row is no object.
  public init?(kind: ReferenceKind, row: JSONValue) {
    guard case .object(let members) = row else { return nil }
    func text(_ name: String) -> String? {
      switch members[name] {
      case .string(let text): text
      case .number(let number): number.text
      default: nil
      }
    }
    var writer = JSONWriter()
    writer.value(row)
    self.init(
      kind: kind, code: kind.columns.first.flatMap { text($0.name) } ?? "",
      from: text("valid_from") ?? text("from") ?? "",
      until: text("valid_until") ?? text("until"), json: String(decoding: writer.bytes, as: UTF8.self))
  }
}
