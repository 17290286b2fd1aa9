public import Domain
public import JSON

/// The files of a case as a JSON array: in answers, in exports, and in what is stored and committed to. What nothing is said
/// of is left out.
public enum EvidenceDocument {
  public static func write(_ items: [EvidenceItem], to writer: inout JSONWriter) {
    writer.objects(of: items) { write($1, to: &$0) }
  }

  /// The members of one.
  public static func write(_ item: EvidenceItem, to writer: inout JSONWriter) {
    writer.member("sha256", item.sha256)
    writer.member("kind", item.facts.kind.rawValue)
    writer.member("media_type", item.type.rawValue)
    writer.member("bytes", item.byteCount)
    if let day = item.facts.takenOn { writer.member("taken_on", day.description) }
    for text in EvidenceFacts.texts {
      guard let value = text.value(item.facts) else { continue }
      writer.name(text.name)
      writer.string(value)
    }
    writer.member("received_by", item.receivedBy.rawValue)
    writer.member("received_at", item.receivedAt.description)
    writer.member("scan", item.scan.rawValue)
    guard let withdrawal = item.withdrawal else { return }
    writer.object("withdrawal") { writer in
      writer.member("agency", withdrawal.agency.rawValue)
      writer.member("at", withdrawal.at.description)
      writer.member("reason", withdrawal.reason)
    }
  }

  /// Reads what was written.
  ///
  /// - Throws: `JSONReader.Malformed`.
  public static func read(from reader: inout JSONReader) throws -> [EvidenceItem] {
    var items: [EvidenceItem] = []
    try reader.array { reader in items.append(try item(&reader)) }
    return items
  }

  private static func item(_ reader: inout JSONReader) throws -> EvidenceItem {
    var item = EvidenceItem(
      sha256: "", type: .text, byteCount: 0, facts: EvidenceFacts(kind: .document),
      receivedBy: AgencyCode(rawValue: ""),
      receivedAt: Timestamp(milliseconds: 0), scan: .notScanned)
    try members(&reader) { name, reader in
      switch name {
      case "sha256": item.sha256 = try reader.string()
      case "kind": item.facts.kind = try code(&reader)
      case "media_type": item.type = try code(&reader)
      case "bytes": item.byteCount = try reader.int()
      case "taken_on":
        guard let day = LegalDate(utf8: try reader.utf8()) else { throw reader.malformed }
        item.facts.takenOn = day
      case "received_by": item.receivedBy = AgencyCode(rawValue: try reader.string())
      case "received_at": item.receivedAt = try instant(&reader)
      case "scan": item.scan = try code(&reader)
      case "withdrawal": item.withdrawal = try withdrawal(&reader)
      default:
        guard let text = EvidenceFacts.texts.first(where: { $0.name == name }) else { throw reader.malformed }
        text.set(&item.facts, try reader.string())
      }
    }
    return item
  }

  private static func withdrawal(_ reader: inout JSONReader) throws -> EvidenceWithdrawal {
    var withdrawal = EvidenceWithdrawal(
      agency: AgencyCode(rawValue: ""), at: Timestamp(milliseconds: 0), reason: "")
    try members(&reader) { name, reader in
      switch name {
      case "agency": withdrawal.agency = AgencyCode(rawValue: try reader.string())
      case "at": withdrawal.at = try instant(&reader)
      case "reason": withdrawal.reason = try reader.string()
      default: throw reader.malformed
      }
    }
    return withdrawal
  }

  private static func members(_ reader: inout JSONReader, _ member: (String, inout JSONReader) throws -> Void) throws {
    try reader.beginObject()
    while let name = try reader.nextName() { try member(String(decoding: name, as: UTF8.self), &reader) }
  }

  private static func code<Code: RawRepresentable>(_ reader: inout JSONReader) throws -> Code
  where Code.RawValue == String {
    guard let code = Code(rawValue: try reader.string()) else { throw reader.malformed }
    return code
  }

  private static func instant(_ reader: inout JSONReader) throws -> Timestamp {
    guard let instant = Timestamp(try reader.string()) else { throw reader.malformed }
    return instant
  }
}
