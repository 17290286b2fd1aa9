internal import Domain
internal import JSON

/// A case as it is posted. Lengths are in Unicode scalars; they bound a record to what a person would read.
enum CaseBody {
  /// Reads a draft. Errors are collected in the reader.
  ///
  /// - Parameter agency: the one that reports unless the body names one.
  static func draft(_ body: ObjectReader, reportedBy agency: AgencyCode) -> CaseDraft {
    var draft = CaseDraft()
    draft.facts.source.agency = agency
    for object in ["act", "source", "reporter"] {
      guard let reader = body.object(object, required: object != "reporter") else { continue }
      read(&draft.facts, object, from: reader)
      reader.finish()
    }
    read(&draft.facts, nil, from: body)
    if let code = body.reference("institution", required: true) { draft.facts.institution.code = code }
    draft.facts.violation = body.reference("violation").map {
      ViolationRef(code: $0, catalogue: "", category: "", aspect: "")
    }
    if let reader = body.object("subject", required: true) {
      read(&draft.facts, "subject", from: reader)
      draft.identifierMissing = reader.flag("identifier_missing") ?? false
      reader.finish()
    }
    return draft
  }

  /// Reads the facts that are members of an object, or of the body itself.
  private static func read(_ facts: inout Facts, _ object: String?, from reader: ObjectReader) {
    for field in CaseField.members(of: object) {
      let value = value(of: field, from: reader)
      // The form of the field is that of the value.
      if value != .none { _ = field.set(&facts, value) }
    }
  }

  private static func value(of field: CaseField, from reader: ObjectReader) -> FieldValue {
    let (name, isRequired) = (field.member, field.isRequired)
    func text(_ text: String?) -> FieldValue { text.map { .text($0) } ?? .none }
    switch field.form {
    case .text(let max):
      let form = field.name == "region" ? Schema.region : nil
      return text(reader.text(name, max: max, required: isRequired, form: form))
    case .prose(let max): return text(reader.prose(name, max: max, required: isRequired))
    case .digits(let count): return text(reader.digits(name, count: count, required: isRequired))
    case .code(let codes): return text(reader.code(name, of: codes, required: isRequired))
    case .date: return reader.date(name, required: isRequired).map { .date($0) } ?? .none
    case .number(let range): return reader.int(name, in: range, required: isRequired).map { .number($0) } ?? .none
    case .flag: return reader.flag(name).map { .flag($0) } ?? .none
    case .texts(let countMax, let max): return .texts(texts(field.name, reader, name, countMax, max))
    case .witnesses: return .witnesses(witnesses(reader))
    case .sealed(let countMax):
      let copies = copies(reader, name, countMax)
      return copies.isEmpty ? .none : .sealed(copies)
    case .reference, .derived: return .none
    }
  }

  private static func texts(_ fact: String, _ reader: ObjectReader, _ name: String, _ countMax: Int, _ max: Int)
    -> [String]
  {
    if fact == "act.urls" { return urls(reader) }
    let texts = reader.texts(name, countMax: countMax, max: max)
    for (index, text) in texts.enumerated() where !text.utf8.allSatisfy(isCodeByte) {
      reader.errors.add("\(reader.at(name))/\(index)", .format, Hint.code)
    }
    return texts
  }

  private static func isCodeByte(_ byte: UInt8) -> Bool {
    (byte >= 97 && byte <= 122) || (byte >= 48 && byte <= 57) || byte == UInt8(ascii: "_")
  }

  private static func urls(_ reader: ObjectReader) -> [String] {
    let urls = reader.texts("urls", countMax: 50, max: 2_048, by: withSmallHost)
    if reader.isRecorded("urls") { return urls }
    for (index, url) in urls.enumerated() where !isAddress(url) {
      reader.errors.add("\(reader.at("urls"))/\(index)", .format, address)
    }
    return urls
  }

  /// Scheme and host in small letters, in which they are compared (RFC 3986, section 6.2.2.1).
  private static func withSmallHost(_ url: String) -> String {
    guard let match = url.prefixMatch(of: #/[A-Za-z]+:\/\/[^\/?#]*/#) else { return url }
    return url[..<match.range.upperBound].lowercased() + url[match.range.upperBound...]
  }

  static let address = LocalizedText(
    en: "Give http:// or https:// with a host and no blanks.",
    inIndonesian: "Isi http:// atau https:// dengan nama host, tanpa spasi.")

  /// Scheme in any case, a host, no white space (RFC 3986, section 3).
  static func isAddress(_ text: String) -> Bool {
    guard let match = text.prefixMatch(of: #/(?i)https?:\/\/([^\/?#]*)/#), !text.contains(where: \.isWhitespace) else {
      return false
    }
    let host = match.1.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
    return host.first.map { $0 != ":" } ?? false
  }

  private static func isSame(_ one: Witness, _ other: Witness) -> Bool {
    PlainText.folded(one.name) == PlainText.folded(other.name) && one.contact == other.contact
  }

  private static func witnesses(_ reader: ObjectReader) -> [Witness] {
    let isRecorded = reader.isRecorded("witnesses")
    let witnesses = reader.objects("witnesses", countMax: 50).map { witness in
      defer { witness.finish() }
      return Witness(
        name: witness.text("name", max: 200, required: true) ?? "", contact: witness.text("contact", max: 200))
    }
    for (index, witness) in witnesses.enumerated()
    where !isRecorded && witnesses[..<index].contains(where: { isSame($0, witness) }) {
      reader.errors.add("\(reader.at("witnesses"))/\(index)", .duplicate, ObjectReader.twice)
    }
    return witnesses
  }

  private static func copies(_ reader: ObjectReader, _ name: String, _ countMax: Int) -> [SealedCopy] {
    reader.objects(name, countMax: countMax).map { copy in
      defer { copy.finish() }
      return SealedCopy(
        keyID: copy.text("key_id", max: 64, required: true) ?? "", enc: copy.text("enc", max: 64, required: true) ?? "",
        ciphertext: copy.text("ciphertext", max: 8_192, required: true) ?? "")
    }
  }

  /// The facts as they would be posted: what a merge patch is applied to.
  static func json(_ facts: Facts) -> JSONValue {
    var members: [(String, JSONValue)] = []
    var objects: [String: [(String, JSONValue)]] = [:]
    for field in CaseField.all {
      if case .derived = field.form { continue }
      let value = json(of: field, field.value(facts))
      guard let object = field.object else {
        members.append((field.member, value))
        continue
      }
      if case .reference = field.form {
        members.append((object, value))
      } else {
        if objects[object] == nil { members.append((object, .null)) }
        objects[object, default: []].append((field.member, value))
      }
    }
    let isMissing = facts.subject.nip == nil && facts.subject.nik == nil
    objects["subject"]?.append(("identifier_missing", .bool(isMissing)))
    return .object(
      JSONObject(members.map { name, value in (name, objects[name].map { .object(JSONObject($0)) } ?? value) }))
  }

  private static func json(of field: CaseField, _ value: FieldValue) -> JSONValue {
    switch value {
    case .none: field.isList ? .array([]) : .null
    case .text(let text): .string(text)
    case .number(let number): .number(JSONNumber(number))
    case .date(let date): .string(date.description)
    case .flag(let flag): .bool(flag)
    case .texts(let texts): .array(texts.map { .string($0) })
    case .sealed(let copies):
      .array(
        copies.map { copy in
          .object(
            JSONObject([
              ("key_id", .string(copy.keyID)), ("enc", .string(copy.enc)), ("ciphertext", .string(copy.ciphertext)),
            ]))
        })
    case .witnesses(let witnesses):
      .array(
        witnesses.map { witness in
          let contact: JSONValue = witness.contact.map { .string($0) } ?? .null
          return .object(JSONObject([("name", .string(witness.name)), ("contact", contact)]))
        })
    }
  }
}
