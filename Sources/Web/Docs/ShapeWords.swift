internal import Domain
internal import JSON

/// A schema as people read it: in a few words, and as the rows of a table.
struct ShapeWords {
  let text: PageText
  private let book = ShapeBook.shared

  init(_ text: PageText) { self.text = text }

  /// A part of the words, with the name of the shape that it is.
  struct Piece: Equatable {
    let text: String
    var shape: String?
  }

  /// A member of an object, or of an object in it.
  struct Row {
    /// From the object, with `[]` for each item of a list and `*` for any name.
    let path: String
    let isRequired: Bool
    let words: [Piece]
    let description: String
  }

  // MARK: Rows

  /// The members of an object, and of those objects in it that are described nowhere else.
  func rows(of json: JSONValue) -> [Row] { rows(of: json, "", isOfBody: isClosed(json)) }

  private func rows(of json: JSONValue, _ path: String, isOfBody: Bool) -> [Row] {
    guard let properties = json["properties"]?.object else { return [] }
    let required = json["required"]?.items ?? []
    return properties.members.flatMap { name, value in
      let own = path.isEmpty ? name : "\(path).\(name)"
      let row = Row(
        path: own, isRequired: required.contains(.string(name)), words: pieces(value, isOfBody: isOfBody),
        description: description(of: value))
      let inner = inner(value)
      return [row] + (inner.map { rows(of: $0.json, own + $0.suffix, isOfBody: isOfBody) } ?? [])
    }
  }

  /// What a schema is about, or the shape that it names and that is described here.
  func description(of json: JSONValue) -> String {
    if let own = json["description"]?.string { return own }
    guard let name = json.referred, book.pages[name] == nil, let shape = book.definitions[name] else { return "" }
    return shape["description"]?.string ?? ""
  }

  /// The object whose members stand in the table of the one that has it.
  private func inner(_ json: JSONValue) -> (json: JSONValue, suffix: String)? {
    if let name = json.referred {
      return book.pages[name] == nil ? book.definitions[name].flatMap(inner) : nil
    }
    if json["properties"] != nil { return (json, "") }
    if let items = json["items"] { return inner(items).map { ($0.json, "[]" + $0.suffix) } }
    if let value = json["additionalProperties"], value.object != nil {
      return inner(value).map { ($0.json, ".*" + $0.suffix) }
    }
    let options = (json["anyOf"]?.items ?? []).filter { $0 != Schema.null.json }
    return options.count == 1 ? inner(options[0]) : nil
  }

  /// Whether it is the shape of a body: null counts as absent there, and a further member is an error.
  func isClosed(_ json: JSONValue) -> Bool { json["additionalProperties"] == .bool(false) }

  // MARK: Words

  /// - Parameter isOfBody: true where null counts as absent, so that it is not named.
  func pieces(_ json: JSONValue, isOfBody: Bool = false) -> [Piece] {
    if let name = json.referred {
      if book.pages[name] != nil { return [Piece(text: name, shape: name)] }
      return book.definitions[name].map { pieces($0, isOfBody: isOfBody) } ?? []
    }
    let options = options(json)
    if let options {
      let isNull = options.contains(Schema.null.json) && !isOfBody
      let words = options.filter { $0 != Schema.null.json }.map { pieces($0, isOfBody: isOfBody) }
      return Array((words + (isNull ? [[Piece(text: "null")]] : [])).joined(separator: [or]))
    }
    let types = json["type"]?.items ?? []
    if types.contains(.string("null")), !isOfBody, json["const"] != .null {
      return notNull(json, isOfBody) + [or, Piece(text: "null")]
    }
    return notNull(json, isOfBody)
  }

  private var or: Piece { Piece(text: text(.init(en: " or ", inIndonesian: " atau "))) }

  private func options(_ json: JSONValue) -> [JSONValue]? {
    if let one = json["else"], let many = json["then"] { return [one, many] }
    return json["anyOf"]?.items
  }

  private func notNull(_ json: JSONValue, _ isOfBody: Bool) -> [Piece] {
    if let items = json["items"] {
      let most = json["maxItems"]?.number.map {
        text(.init(en: ", at most \($0)", inIndonesian: ", paling banyak \($0)"))
      }
      return [Piece(text: text(.init(en: "list of ", inIndonesian: "daftar ")))]
        + pieces(items, isOfBody: isOfBody) + (most.map { [Piece(text: $0)] } ?? [])
    }
    if let value = json["additionalProperties"], value.object != nil {
      return [
        Piece(
          text: text(
            .init(en: "object of any names, each: ", inIndonesian: "objek dengan nama apa pun, masing-masing: ")))
      ] + pieces(value, isOfBody: isOfBody)
    }
    return [Piece(text: scalar(json))]
  }

  private func scalar(_ json: JSONValue) -> String {
    if let const = json["const"] { return const.string ?? "null" }
    if let codes = json["enum"]?.items { return codes.compactMap(\.string).joined(separator: ", ") + standard(json) }
    let types = [json["type"]?.string].compactMap(\.self) + (json["type"]?.items ?? []).compactMap(\.string)
    guard let type = types.first else { return text(.init(en: "any value", inIndonesian: "nilai apa pun")) }
    if let low = json["minimum"]?.number, let high = json["maximum"]?.number {
      // What no caller reaches is no bound for people.
      let isOpen = Int(high).map { $0 >= Int(Int32.max) } ?? true
      let range =
        isOpen
        ? LocalizedText(en: "\(low) or more", inIndonesian: "\(low) atau lebih")
        : LocalizedText(en: "\(low) to \(high)", inIndonesian: "\(low) sampai \(high)")
      return text(range) + standard(json)
    }
    if let format = json["format"]?.string { return text(Self.name(ofFormat: format)) }
    if let max = json["maxLength"]?.number {
      return text(.init(en: "text of 1 to \(max) characters", inIndonesian: "teks 1 sampai \(max) karakter"))
    }
    if let pattern = json["pattern"]?.string {
      return text(.init(en: "text of the form \(pattern)", inIndonesian: "teks berbentuk \(pattern)"))
    }
    return text(Self.name(ofType: type))
  }

  private func standard(_ json: JSONValue) -> String {
    guard let value = json["default"]?.number else { return "" }
    return text(.init(en: " (default \(value))", inIndonesian: " (bawaan \(value))"))
  }

  private static func name(ofFormat format: String) -> LocalizedText {
    switch format {
    case "date": .init(en: "date, YYYY-MM-DD", inIndonesian: "tanggal, YYYY-MM-DD")
    case "date-time": .init(en: "time, RFC 3339", inIndonesian: "waktu, RFC 3339")
    default: .init(en: format, inIndonesian: format)
    }
  }

  private static func name(ofType type: String) -> LocalizedText {
    switch type {
    case "string": .init(en: "text", inIndonesian: "teks")
    case "boolean": .init(en: "true or false", inIndonesian: "true atau false")
    case "number": .init(en: "number", inIndonesian: "bilangan")
    case "object": .init(en: "object", inIndonesian: "objek")
    default: .init(en: type, inIndonesian: type)
    }
  }
}

extension JSONValue {
  /// The member of an object.
  fileprivate subscript(name: String) -> JSONValue? { object?[name] }
  fileprivate var object: JSONObject? { if case .object(let object) = self { object } else { nil } }
  fileprivate var items: [JSONValue]? { if case .array(let items) = self { items } else { nil } }
  fileprivate var string: String? { if case .string(let text) = self { text } else { nil } }
  fileprivate var number: String? { if case .number(let number) = self { number.text } else { nil } }
}
