internal import Domain
internal import JSON

/// How the columns of reference data are described, and how their values stand in a cell.
extension ReferenceColumn {
  /// The shape of a value.
  var schema: Schema {
    let schema: Schema =
      switch form {
      case .text, .code: .plainLine
      case .date: .date
      case .number: .count
      case .flag: .bool
      case .list: .oneOrMany(.plainLine, .array(of: .plainLine))
      case .contests: .array(of: .map(of: .any))
      }
    return (isRequired ? schema : schema.orNull).described(meaning)
  }

  /// The columns of every kind, for the documentation.
  static let table: String = ReferenceKind.allCases.map { kind in
    let columns = kind.columns.map { "\($0.name)\($0.isRequired ? "" : "?") (\($0.meaning))" }
    return "\(kind.rawValue): \(columns.joined(separator: "; "))."
  }.joined(separator: " ")

  /// What is wrong with a value in this column, if anything is.
  func error(of value: JSONValue?, at place: String) -> FieldError? {
    guard let value, value != .null else {
      return isRequired ? FieldError(pointer: "\(place)/\(name)", .required) : nil
    }
    return switch (form, value) {
    case (.text, .string), (.code, .string), (.flag, .bool), (.contests, .array), (.list, .array), (.list, .string): nil
    case (.date, .string(let text)):
      LegalDate(text) == nil ? FieldError(pointer: "\(place)/\(name)", .format, Hint.date) : nil
    case (.number, .number(let number)):
      number.int.map { $0 < 0 ? FieldError(pointer: "\(place)/\(name)", .range) : nil }
        ?? FieldError(pointer: "\(place)/\(name)", .type)
    default: FieldError(pointer: "\(place)/\(name)", .type)
    }
  }

  /// The value of a cell; nil where the cell is empty. What is no value of the column is left as the text that it is, for
  /// the check to name it.
  func value(of cell: String) -> JSONValue? {
    if cell.isEmpty { return nil }
    switch form {
    case .text, .code, .date: return .string(cell)
    case .number: return Int(cell).map { .number(JSONNumber($0)) } ?? .string(cell)
    case .flag: return ["true": JSONValue.bool(true), "false": .bool(false)][cell.lowercased()] ?? .string(cell)
    case .list: return .array(cell.split(separator: "|").map { .string(PlainText.normalized(String($0))) })
    case .contests: return (try? JSONValue.parse(Array(cell.utf8))) ?? .string(cell)
    }
  }

  /// The cell of a value.
  func cell(of value: JSONValue?) -> String? {
    switch value {
    case nil, .null?: return nil
    case .string(let text)?: return text
    case .array(let items)? where form == .list:
      return items.compactMap { if case .string(let text) = $0 { text } else { nil } }.joined(separator: "|")
    case let value?:
      var writer = JSONWriter()
      writer.value(value)
      return String(decoding: writer.bytes, as: UTF8.self)
    }
  }
}
