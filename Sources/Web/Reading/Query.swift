internal import Domain

/// The query of a request: decoded, with every name known and no name twice.
struct Query: Sendable {
  private var values: [String: String] = [:]

  /// - Parameter lists: those of the names whose value may be several, with commas between them.
  /// - Throws: `unknown_parameter` or `invalid_parameter` (400).
  init(_ text: Substring?, knowing names: Set<String>, lists: Set<String> = []) throws(Failure) {
    for pair in (text ?? "").split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = parts.first.flatMap(Self.decode) else { throw Self.malformed }
      guard names.contains(name) else {
        throw Failure(
          .unknownParameter, en: "This resource does not know a query parameter of that name.",
          inIndonesian: "Sumber daya ini tidak mengenal parameter kueri tersebut.",
          errors: [FieldError(parameter: String(name.prefix(64)), .unknown)])
      }
      guard let value = parts.count == 2 ? Self.decode(parts[1]) : "" else { throw Self.malformed }
      guard values.updateValue(value, forKey: name) == nil else {
        throw .parameter(
          name, lists.contains(name) ? Self.useCommas(name) : Self.onlyOnce, .duplicate)
      }
    }
  }

  /// A query of values that are decoded already.
  init(_ values: [String: String]) { self.values = values }

  var isEmpty: Bool { values.isEmpty }
  subscript(name: String) -> String? { values[name] }

  /// The same without some parameters.
  func without(_ excluded: Set<String>) -> Query { Query(values.filter { !excluded.contains($0.key) }) }

  /// The query in one spelling, for cursors.
  var canonical: String {
    values.sorted { $0.key < $1.key }.map { "\(Self.encode($0.key))=\(Self.encode($0.value))" }.joined(separator: "&")
  }

  func flag(_ name: String) throws(Failure) -> Bool? {
    switch values[name] {
    case nil: nil
    case "true": true
    case "false": false
    default: throw .parameter(name, LocalizedText(en: "Give true or false.", inIndonesian: "Isi true atau false."))
    }
  }

  func date(_ name: String) throws(Failure) -> LegalDate? {
    guard let text = values[name] else { return nil }
    guard let date = LegalDate(text) else { throw .parameter(name, Hint.date) }
    return date
  }

  /// The two ends of a span of days, both of which are in it.
  func dates(_ name: String) throws(Failure) -> DateSpan {
    let span = DateSpan(from: try date("\(name)_from"), until: try date("\(name)_until"))
    if let from = span.from, let until = span.until, from > until { throw Self.reversed("\(name)_from") }
    return span
  }

  /// The two ends of a span of time: the first moment in it and the first after it. A date stands for its whole day in
  /// Jakarta, a time for itself.
  func instants(_ name: String) throws(Failure) -> InstantSpan {
    let from = try instant("\(name)_from", afterDay: false)
    let until = try instant("\(name)_until", afterDay: true)
    if let from, let until, from >= until { throw Self.reversed("\(name)_from") }
    return InstantSpan(from: from, end: until)
  }

  private func instant(_ name: String, afterDay: Bool) throws(Failure) -> Timestamp? {
    guard let text = values[name] else { return nil }
    if let date = LegalDate(text) { return (afterDay ? date.adding(days: 1) : date).startInJakarta }
    guard let instant = Self.instant(text) else {
      throw .parameter(name, Self.dateOrInstant)
    }
    return afterDay ? Timestamp(milliseconds: instant.milliseconds + 1) : instant
  }

  private static func reversed(_ name: String) -> Failure {
    .parameter(
      name,
      LocalizedText(
        en: "This lies after the end of the span: give one before it.",
        inIndonesian: "Ini sesudah akhir rentang: isi yang sebelumnya."), .inconsistent)
  }

  func code<Code: RawRepresentable & CaseIterable>(_ name: String, _ type: Code.Type) throws(Failure) -> Code?
  where Code.RawValue == String {
    guard let text = values[name] else { return nil }
    guard let code = Code(rawValue: text) else { throw .parameter(name, Self.oneOf(type)) }
    return code
  }

  /// Codes with commas between them, each counting once; nil when the parameter is not given.
  func codes<Code: RawRepresentable & CaseIterable & Equatable>(_ name: String, _ type: Code.Type) throws(Failure)
    -> [Code]? where Code.RawValue == String
  {
    guard let text = values[name] else { return nil }
    var codes: [Code] = []
    // An empty name is a mistake as any other: it must not turn into no filter at all.
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let code = Code(rawValue: String(part)) else { throw .parameter(name, Self.oneOf(type)) }
      if !codes.contains(code) { codes.append(code) }
    }
    return codes
  }

  func region(_ name: String) throws(Failure) -> RegionCode? {
    guard let text = values[name] else { return nil }
    guard let region = RegionCode(text) else {
      throw .parameter(name, Hint.region)
    }
    return region
  }

  func int(_ name: String, in range: ClosedRange<Int>) throws(Failure) -> Int? {
    guard let text = values[name] else { return nil }
    guard let number = Int(text), range.contains(number) else {
      let bounds = "\(range.lowerBound)...\(range.upperBound)"
      throw .parameter(
        name, LocalizedText(en: "Give a number in \(bounds).", inIndonesian: "Isi bilangan dalam \(bounds)."))
    }
    return number
  }

  /// A sequence: 0 or more.
  func sequence(_ name: String) throws(Failure) -> Int64? {
    try int(name, in: 0...Int(Int64.max / 2)).map(Int64.init)
  }

  static func oneOf<Code: RawRepresentable & CaseIterable>(_ type: Code.Type) -> LocalizedText
  where Code.RawValue == String {
    oneOf(Code.allCases.map(\.rawValue))
  }

  static func oneOf(_ codes: [String]) -> LocalizedText {
    let all = codes.joined(separator: ", ")
    return LocalizedText(en: "Give one of \(all).", inIndonesian: "Isi salah satu dari \(all).")
  }

  /// An instant as it stands in a query, where the plus of its offset may have been read as a blank.
  static func instant(_ text: String) -> Timestamp? { Timestamp(text) ?? Timestamp(text.replacing(" ", with: "+")) }

  private static let onlyOnce = LocalizedText(
    en: "This parameter is given twice; give it once.",
    inIndonesian: "Parameter ini diberikan dua kali; berikan sekali.")

  static let dateOrInstant = LocalizedText(
    en: "Give a date, YYYY-MM-DD, or a time with its offset, as 2024-10-20T09:30:00+07:00.",
    inIndonesian: "Isi tanggal, YYYY-MM-DD, atau waktu beserta selisihnya, misalnya 2024-10-20T09:30:00+07:00.")

  private static func useCommas(_ name: String) -> LocalizedText {
    LocalizedText(
      en: "Give several with commas between them: \(name)=a,b.", inIndonesian: "Isi beberapa dengan koma: \(name)=a,b.")
  }

  private static let malformed = Failure(
    .invalidParameter, en: "The query is not well encoded.", inIndonesian: "Kueri tidak disandikan dengan benar.")

  /// Percent-decodes; `+` is a blank, as forms send it.
  static func decode(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
      case UInt8(ascii: "%"):
        guard let high = rest.popFirst().flatMap(nibble), let low = rest.popFirst().flatMap(nibble) else { return nil }
        bytes.append(high << 4 | low)
      default: bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }

  static func encode(_ text: String) -> String {
    var encoded = ""
    for byte in text.utf8 {
      switch byte {
      case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
        encoded.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        encoded += byte < 16 ? "%0\(digits)" : "%\(digits)"
      }
    }
    return encoded
  }

  private static func nibble(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 48...57: byte - 48
    case 65...70: byte - 55
    case 97...102: byte - 87
    default: nil
    }
  }
}
