internal import Domain
internal import JSON
internal import Merkle
internal import Service

/// A row of `case_part`.
struct StoredPart {
  var part: CasePart
  /// 16 bytes.
  var salt: [UInt8]
  /// A JSON object; nil where nothing but the salt stands here, and where it cannot be told.
  var content: [UInt8]?
  /// Why salt and content cannot be told; nil where they can.
  var absence: Absence?

  /// Why what a row holds cannot be told.
  enum Absence {
    /// It was erased.
    case erased
    /// Nobody has the keys.
    case sealed
  }

  var group: LeafGroup { part.leafGroup ?? .store }

  /// What a leaf commits to.
  var digest: Hash { digest(of: content ?? Array("null".utf8)) }

  /// The same where the value stands elsewhere.
  func digest(of value: [UInt8]) -> Hash { Disclosure.digest(salt: salt[...], name: group.name, value: value) }

  func disclosure(of value: [UInt8]) -> Disclosure { Disclosure(salt: salt, name: group.name, value: value) }
}

extension StoredPart {
  /// Names and values of what holds texts; none where they cannot be told.
  var texts: [(name: String, value: String)] {
    get throws { try content.map { try EventDetails.read(String(decoding: $0, as: UTF8.self)) } ?? [] }
  }

  /// A text of an event.
  typealias Text = (name: String, text: String, group: FieldGroup)

  /// The texts of an event, those of each group by themselves.
  static func all(of texts: [Text], _ salts: inout Salts) -> [StoredPart] {
    if texts.isEmpty { return [] }
    return FieldGroup.allCases.compactMap { group in
      let members = texts.filter { $0.group == group }.map { (name: $0.name, value: $0.text) }
      if members.isEmpty { return nil }
      return StoredPart(
        part: CasePart(textsOf: group), salt: salts.next(), content: Array(EventDetails.json(members).utf8))
    }
  }

  private static let documents: [(part: CasePart, document: FactsDocument)] = [
    (.core, .core), (.subject, .subject), (.narrative, .narrative), (.reporter, .reporter),
  ]

  /// The facts, references and files of a version, as far as they are wanted.
  static func all(
    of record: Case, facts: Bool, references: Bool, evidence: Bool, _ salts: inout Salts
  ) -> [StoredPart] {
    var parts: [StoredPart] = []
    parts.reserveCapacity(6)
    if facts {
      for (part, document) in documents {
        let isLong = part == .narrative
        var writer = JSONWriter(
          reserving: part == .core ? 768 : 256 + (isLong ? record.facts.act.narrative.utf8.count : 0))
        writer.object { document.write(record.facts, to: &$0) }
        parts.append(StoredPart(part: part, salt: salts.next(), content: writer.bytes))
      }
    }
    if references {
      let text = References.text(record.facts, record.progress)
      parts.append(StoredPart(part: .references, salt: salts.next(), content: text))
    }
    if evidence {
      let text = JSONWriter.object(reserving: 384 * record.evidence.count) { writer in
        writer.name("evidence")
        EvidenceDocument.write(record.evidence, to: &writer)
      }
      parts.append(StoredPart(part: .evidence, salt: salts.next(), content: text))
    }
    return parts
  }
}
