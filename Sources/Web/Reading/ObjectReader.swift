internal import Domain
internal import JSON

/// Collects what is wrong with a body, so that a client learns of every field at once.
final class BodyErrors {
  private(set) var all: [FieldError] = []

  func add(_ pointer: String, _ code: FieldErrorCode, _ detail: LocalizedText? = nil) {
    all.append(FieldError(pointer: pointer, code, detail))
  }

  /// - Throws: `invalid` when anything was collected.
  func check() throws(Failure) {
    if !all.isEmpty { throw .invalid(all) }
  }
}

/// Reads the members of one JSON object; what nobody asked for is an error.
final class ObjectReader {
  private let object: JSONObject
  /// What is on record already in the place of the object: such values are taken as they are, whatever rules say today.
  private let recorded: JSONObject?
  private let pointer: String
  let errors: BodyErrors
  /// Which members somebody asked for.
  private var asked: [Bool]
  /// Takes note of what is asked for, when that is all that is wanted.
  private let record: BodyRecord?

  private init(
    _ object: JSONObject, _ pointer: String, _ errors: BodyErrors, _ record: BodyRecord? = nil,
    recorded: JSONValue? = nil
  ) {
    self.object = object
    self.recorded = if case .object(let object) = recorded { object } else { nil }
    self.pointer = pointer
    self.errors = errors
    self.record = record
    asked = Array(repeating: false, count: object.members.count)
  }

  /// A reader of nothing that takes note of every member a decoder asks it for.
  convenience init(describing record: BodyRecord) {
    self.init(JSONObject(), "", BodyErrors(), record)
  }

  /// Reads a whole body.
  ///
  /// - Parameter recorded: what is on record and may stay as it is.
  /// - Throws: `invalid` at the root when it is no object.
  convenience init(
    _ value: JSONValue, at pointer: String = "", _ errors: BodyErrors = BodyErrors(), recorded: JSONValue? = nil
  ) throws(Failure) {
    guard case .object(let object) = value else { throw .invalid(pointer, .type) }
    self.init(object, pointer, errors, recorded: recorded)
  }

  /// The pointer of a member (RFC 6901).
  func at(_ name: String) -> String {
    // Names with a character to escape come from clients alone, in the rare report of an unknown field.
    let needsEscape = name.utf8.contains { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }
    return pointer + "/" + (needsEscape ? name.replacing("~", with: "~0").replacing("/", with: "~1") : name)
  }

  /// True when the member is as it is on record.
  func isRecorded(_ name: String) -> Bool { recorded?[name] != nil && recorded?[name] == object[name] }

  func has(_ name: String) -> Bool { object[name] != nil }

  func isNull(_ name: String) -> Bool { object[name] == .null }

  /// The member as it is, whatever it is; null counts as absent.
  ///
  /// - Parameter schema: what it should be, for the description.
  func value(_ name: String, required: Bool = false, _ schema: @autoclosure () -> Schema) -> JSONValue? {
    record?.add(name, schema(), required)
    return member(name, required: required)
  }

  private func member(_ name: String, required: Bool = false) -> JSONValue? {
    if let position = object.position(of: name) {
      asked[position] = true
      let value = object.members[position].value
      if case .null = value {} else { return value }
    }
    if required { errors.add(at(name), .required) }
    return nil
  }

  /// A line of 1...`max` Unicode scalars as ``PlainText`` has it.
  ///
  /// - Parameter form: how the description has it where a rule says more than its length.
  func text(_ name: String, max: Int, required: Bool = false, form: Schema? = nil) -> String? {
    record?.add(name, form ?? .text(max: max), required)
    return line(name, max: max, required: required)
  }

  /// The same of several lines.
  func prose(_ name: String, max: Int, required: Bool = false) -> String? {
    record?.add(name, .text(max: max, hasLines: true), required)
    return line(name, max: max, required: required, hasLines: true)
  }

  /// The identity of a case as text: whoever reads it on judges its form.
  func identity(_ name: String, required: Bool = false) -> String? {
    record?.add(name, .uuid, required)
    return line(name, max: 36, required: required)
  }

  private func line(_ name: String, max: Int, required: Bool, hasLines: Bool = false) -> String? {
    guard let text = string(name, required: required) else { return nil }
    if case .string(let before)? = recorded?[name], before == text { return text }
    return checked(text, max, hasLines: hasLines) { at(name) }
  }

  private func string(_ name: String, required: Bool) -> String? {
    guard let value = member(name, required: required) else { return nil }
    guard case .string(let text) = value else {
      errors.add(at(name), .type)
      return nil
    }
    return text
  }

  /// Digits, of which `count` are wanted; blanks that group them are dropped.
  func digits(_ name: String, count: Int, required: Bool = false) -> String? {
    record?.add(name, .digits(count), required)
    return string(name, required: required).map { text in
      let folded = PlainText.folded(text)
      // Nearly all are digits and nothing else, which a look at each character takes long to find.
      return folded.utf8.allSatisfy { 0x21...0x7E ~= $0 } ? folded : folded.filter { !$0.isWhitespace }
    }
  }

  func code<Code: RawRepresentable & CaseIterable>(_ name: String, _ type: Code.Type, required: Bool = false) -> Code?
  where Code.RawValue == String {
    code(name, of: Code.allCases.map(\.rawValue), required: required).flatMap { Code(rawValue: $0) }
  }

  /// One of some codes.
  func code(_ name: String, of codes: [String], required: Bool = false) -> String? {
    record?.add(name, .codes(codes), required)
    guard let text = string(name, required: required) else { return nil }
    guard codes.contains(text) else {
      errors.add(at(name), .unknownCode, Query.oneOf(codes))
      return nil
    }
    return text
  }

  /// A code that stands alone or as the member `code` of an object, as cases show it.
  func reference(_ name: String, required: Bool = false) -> String? {
    record?.add(name, .codeReference, required)
    if case .object? = object[name] {
      let reader = self.object(name)
      defer { reader?.finish() }
      return reader?.text("code", max: 64, required: required)
    }
    return line(name, max: 64, required: required)
  }

  func date(_ name: String, required: Bool = false) -> LegalDate? {
    record?.add(name, .date, required)
    guard let text = string(name, required: required) else { return nil }
    guard let date = LegalDate(text) else {
      errors.add(at(name), .format, Hint.date)
      return nil
    }
    return date
  }

  func instant(_ name: String) -> Timestamp? {
    record?.add(name, .instant)
    guard let text = string(name, required: false) else { return nil }
    guard let instant = Timestamp(text) else {
      errors.add(at(name), .format, Hint.instant)
      return nil
    }
    return instant
  }

  func flag(_ name: String) -> Bool? {
    record?.add(name, .bool)
    guard let value = member(name) else { return nil }
    guard case .bool(let flag) = value else {
      errors.add(at(name), .type)
      return nil
    }
    return flag
  }

  func int(_ name: String, in range: ClosedRange<Int>, required: Bool = false) -> Int? {
    record?.add(name, .int(range), required)
    guard let value = member(name, required: required) else { return nil }
    guard case .number(let number) = value, let int = number.int else {
      errors.add(at(name), .type)
      return nil
    }
    guard range.contains(int) else {
      errors.add(
        at(name), .range,
        LocalizedText(
          en: "Give a number in \(range.lowerBound)...\(range.upperBound).",
          inIndonesian: "Isi bilangan dalam \(range.lowerBound)...\(range.upperBound)."))
      return nil
    }
    return int
  }

  /// Whole numbers; nil when there is no such member.
  func ints(_ name: String, countMax: Int) -> [Int]? {
    record?.add(name, .array(of: .count, countMax: countMax))
    guard let value = object[name], value != .null else {
      _ = member(name)
      return nil
    }
    return items(name, countMax: countMax).enumerated().compactMap { index, item in
      if case .number(let number) = item, let int = number.int, int >= 0 { return int }
      errors.add("\(at(name))/\(index)", .type)
      return nil
    }
  }

  /// A set of lines: none may be there twice.
  ///
  /// - Parameter key: what two lines are compared by.
  /// - Parameter required: whether there must be one line at least.
  func texts(
    _ name: String, countMax: Int, max: Int, required: Bool = false, by key: (String) -> String = { $0 }
  ) -> [String] {
    if let record {
      let set = Schema.array(of: .text(max: max), countMax: countMax).with(("uniqueItems", .bool(true)))
      record.add(name, required ? set.with(("minItems", .int(1))) : set, required)
    }
    if isRecorded(name), case .array(let items)? = object[name] {
      _ = member(name)
      return items.compactMap { if case .string(let text) = $0 { text } else { nil } }
    }
    var taken: Set<String> = []
    let items = items(name, countMax: countMax)
    if required, items.isEmpty { errors.add(at(name), .required) }
    return items.enumerated().compactMap { index, item in
      let pointer = "\(at(name))/\(index)"
      guard case .string(let given) = item else {
        errors.add(pointer, .type)
        return nil
      }
      guard let text = checked(given, max, { pointer }) else { return nil }
      guard taken.insert(key(text)).inserted else {
        errors.add(pointer, .duplicate, Self.twice)
        return nil
      }
      return text
    }
  }

  static let twice = LocalizedText(en: "This is in the list already.", inIndonesian: "Ini sudah ada dalam daftar.")

  func object(_ name: String, required: Bool = false) -> ObjectReader? {
    if let record { return ObjectReader(describing: record.nested(name, required)) }
    guard let value = member(name, required: required) else { return nil }
    guard case .object(let object) = value else {
      errors.add(at(name), .type)
      return nil
    }
    return ObjectReader(object, at(name), errors, recorded: recorded?[name])
  }

  func objects(_ name: String, countMax: Int) -> [ObjectReader] {
    if let record { return [ObjectReader(describing: record.nested(name, countMax: countMax))] }
    let isRecorded = isRecorded(name)
    return items(name, countMax: countMax).enumerated().compactMap { index, item in
      guard case .object(let object) = item else {
        errors.add("\(at(name))/\(index)", .type)
        return nil
      }
      return ObjectReader(object, "\(at(name))/\(index)", errors, recorded: isRecorded ? item : nil)
    }
  }

  /// Reports every member that nobody asked for.
  func finish() {
    for (member, isAsked) in zip(object.members, asked) where !isAsked {
      errors.add(at(String(member.name.prefix(64))), .unknown)
    }
  }

  private func items(_ name: String, countMax: Int) -> [JSONValue] {
    guard let value = member(name) else { return [] }
    guard case .array(let items) = value else {
      errors.add(at(name), .type)
      return []
    }
    if items.count > countMax {
      errors.add(
        at(name), .length,
        LocalizedText(
          en: "The list has \(items.count) items; at most \(countMax) are taken.",
          inIndonesian: "Daftar berisi \(items.count) butir; paling banyak \(countMax)."))
      return []
    }
    return items
  }

  /// Names a character that a text must not have.
  static func hasNoPlace(_ intruder: Unicode.Scalar, hasLines: Bool) -> LocalizedText {
    let name = "U+" + String(intruder.value, radix: 16, uppercase: true).leftPadded(to: 4)
    return LocalizedText(
      en:
        "\(name) has no place here: write \(hasLines ? "without" : "one line without") control and format characters.",
      inIndonesian:
        "\(name) tidak diperbolehkan: tulis \(hasLines ? "" : "satu baris ")tanpa karakter kendali dan format.")
  }

  private func checked(_ given: String, _ max: Int, hasLines: Bool = false, _ pointer: () -> String) -> String? {
    let text = PlainText.normalized(given)
    if let intruder = PlainText.intruder(in: text, hasLines: hasLines) {
      errors.add(pointer(), .format, Self.hasNoPlace(intruder, hasLines: hasLines))
      return nil
    }
    // Unicode scalars, as the schema counts: at most four bytes each, while one character may have any number of them. A
    // text has at most as many as bytes, so that most need not be counted.
    guard !text.isEmpty, text.utf8.count <= max || text.unicodeScalars.count <= max else {
      errors.add(
        pointer(), .length, Hint.characters(max))
      return nil
    }
    return text
  }
}

extension String {
  fileprivate func leftPadded(to count: Int) -> String {
    String(repeating: "0", count: Swift.max(0, count - utf8.count)) + self
  }
}
