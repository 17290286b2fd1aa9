internal import Domain
internal import Foundation
internal import JSON

/// The facts of one part of a case as a JSON object, its members in the order and nesting of ``CaseField``; those of which
/// nothing is said are left out.
struct FactsDocument {
  /// A fact with its names as bytes.
  private final class Member: Sendable {
    let field: CaseField
    let object: [UInt8]
    let name: [UInt8]
    /// The name as it is written.
    let encodedName: [UInt8]

    init(_ field: CaseField) {
      self.field = field
      (object, name) = (Array((field.object ?? "").utf8), Array(field.member.utf8))
      encodedName = JSONWriter.encodedName(field.member)
    }
  }

  static let core = FactsDocument(.core)
  static let subject = FactsDocument(.subject)
  static let narrative = FactsDocument(.narrative)
  static let reporter = FactsDocument(.reporter)
  static let references = FactsDocument(.references)

  private let members: [Member]
  /// The members, those of one object together.
  private let runs: [ArraySlice<Member>]

  private init(_ part: CasePart) {
    members = CaseField.all.filter { $0.part == part }.map(Member.init)
    var (runs, start): ([ArraySlice<Member>], Int) = ([], 0)
    for end in 1...members.count where end == members.count || members[end].field.object != members[start].field.object
    {
      runs.append(members[start..<end])
      start = end
    }
    self.runs = runs
  }

  // MARK: Writing

  /// Writes the members, without the braces around them.
  func write(_ facts: Facts, to writer: inout JSONWriter) {
    for run in runs {
      guard let object = run.first?.field.object else {
        Self.write(run, facts, to: &writer)
        continue
      }
      guard run.contains(where: { $0.field.value(facts) != .none }) else { continue }
      writer.name(object)
      writer.object { Self.write(run, facts, to: &$0) }
    }
  }

  private static func write(_ members: ArraySlice<Member>, _ facts: Facts, to writer: inout JSONWriter) {
    for member in members {
      let value = member.field.value(facts)
      if value == .none { continue }
      writer.name(encoded: member.encodedName)
      write(value, to: &writer)
    }
  }

  /// A value as it stands in the document.
  static func text(of value: FieldValue) -> String {
    var writer = JSONWriter(reserving: 64)
    write(value, to: &writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private static func write(_ value: FieldValue, to writer: inout JSONWriter) {
    switch value {
    case .none: writer.null()
    case .text(let text): writer.string(text)
    case .number(let number): writer.int(number)
    case .date(let date): writer.string(date.description)
    case .flag(let flag): writer.bool(flag)
    case .texts(let texts):
      writer.strings(texts)
    case .sealed(let copies):
      writer.objects(of: copies) { writer, copy in
        writer.member("key_id", copy.keyID)
        writer.member("enc", copy.enc)
        writer.member("ciphertext", copy.ciphertext)
      }
    case .witnesses(let witnesses):
      writer.objects(of: witnesses) { writer, witness in
        writer.member("name", witness.name)
        if let contact = witness.contact { writer.member("contact", contact) }
      }
    }
  }

  // MARK: Reading

  /// Reads one member whose name was read, and sets its fact. Members come in the order in which they were written, so
  /// that the search goes on where the last one was found.
  ///
  /// - Returns: false when no fact has the name.
  func read(
    _ name: UnsafeBufferPointer<UInt8>, from reader: inout JSONReader, into facts: inout Facts, at next: inout Int
  ) throws -> Bool {
    guard reader.isAtObject else {
      guard let index = index(of: name, in: nil, from: next) else { return false }
      next = index + 1
      return try set(members[index].field, from: &reader, in: &facts)
    }
    guard members.contains(where: { Self.isSame(name, $0.object) }) else { return false }
    try reader.beginObject()
    while let inner = try reader.nextName() {
      guard let index = index(of: inner, in: name, from: next) else { throw reader.malformed }
      next = index + 1
      guard try set(members[index].field, from: &reader, in: &facts) else { throw reader.malformed }
    }
    return true
  }

  /// Reads a whole object.
  func read(_ bytes: UnsafeBufferPointer<UInt8>, into facts: inout Facts) throws {
    var reader = JSONReader(bytes)
    var next = 0
    try reader.beginObject()
    while let name = try reader.nextName() {
      guard try read(name, from: &reader, into: &facts, at: &next) else { throw reader.malformed }
    }
    try reader.end()
  }

  private func index(of name: UnsafeBufferPointer<UInt8>, in object: UnsafeBufferPointer<UInt8>?, from start: Int)
    -> Int?
  {
    for step in members.indices {
      let index = start + step < members.count ? start + step : start + step - members.count
      let member = members[index]
      guard Self.isSame(name, member.name) else { continue }
      if object.map({ Self.isSame($0, member.object) }) ?? member.object.isEmpty { return index }
    }
    return nil
  }

  /// Byte by byte, which a sequence of any kind is compared several times slower than.
  private static func isSame(_ bytes: UnsafeBufferPointer<UInt8>, _ name: [UInt8]) -> Bool {
    guard bytes.count == name.count, let start = bytes.baseAddress else { return bytes.isEmpty && name.isEmpty }
    return name.withUnsafeBytes { $0.baseAddress.map { memcmp($0, start, bytes.count) == 0 } ?? true }
  }

  private func set(_ field: CaseField, from reader: inout JSONReader, in facts: inout Facts) throws -> Bool {
    let value: FieldValue
    switch field.form {
    case .text, .prose, .code, .digits, .reference, .derived: value = .text(try reader.string())
    case .number: value = .number(try reader.int())
    case .flag: value = .flag(try reader.bool())
    case .date:
      guard let date = LegalDate(utf8: try reader.utf8()) else { throw reader.malformed }
      value = .date(date)
    case .texts:
      var texts: [String] = []
      try reader.array { texts.append(try $0.string()) }
      value = .texts(texts)
    case .witnesses: value = .witnesses(try Self.witnesses(from: &reader))
    case .sealed: value = .sealed(try Self.copies(from: &reader))
    }
    return field.set(&facts, value)
  }

  private static func copies(from reader: inout JSONReader) throws -> [SealedCopy] {
    var copies: [SealedCopy] = []
    try reader.array { reader in
      var copy = SealedCopy(keyID: "", enc: "", ciphertext: "")
      try reader.beginObject()
      while let name = try reader.nextName() {
        if name.elementsEqual("key_id".utf8) {
          copy.keyID = try reader.string()
        } else if name.elementsEqual("enc".utf8) {
          copy.enc = try reader.string()
        } else {
          copy.ciphertext = try reader.string()
        }
      }
      copies.append(copy)
    }
    return copies
  }

  private static func witnesses(from reader: inout JSONReader) throws -> [Witness] {
    var witnesses: [Witness] = []
    try reader.array { reader in
      var witness = Witness(name: "", contact: nil)
      try reader.beginObject()
      while let name = try reader.nextName() {
        if name.elementsEqual("name".utf8) {
          witness.name = try reader.string()
        } else {
          witness.contact = try reader.string()
        }
      }
      witnesses.append(witness)
    }
    return witnesses
  }
}
