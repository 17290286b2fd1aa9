internal import Crypto
internal import Domain
internal import JSON
internal import Sheets

/// A list of codes as it is shown: as a page, as linked data and as a table.
struct CodeListPage {
  let list: CodeList
  /// What stands before every path of the service.
  let prefix: String

  init(_ list: CodeList, at prefix: String = "") { (self.list, self.prefix) = (list, prefix) }

  var path: String { "/codes/\(list.key)" }

  /// A digest of what the list says: it changes with every word, and with nothing else.
  var version: String {
    let lines = list.items.map { item in
      let fields = [item.code, item.label.inIndonesian, item.label.en, item.from, item.until, item.broader]
      return fields.map { $0 ?? "" }.joined(separator: "\t") + "\n"
    }
    return Base32.encode(SHA256.hash(data: Array(lines.joined().utf8)).prefix(10))
  }

  /// The address of a code.
  func address(of code: String) -> String { "\(prefix)\(path)#\(HomePage.encoded(code))" }

  // MARK: Page

  func context(_ text: PageText) -> PageShell.Context {
    let last = lastPlaces
    let items = list.items.enumerated().map { index, item -> PageShell.Context in
      let other = text.language == .english ? item.label.inIndonesian : item.label.en
      return [
        "code": item.code, "isLast": last[item.code] == index, "name": text(item.label), "other": other,
        "named": item.label.en != item.label.inIndonesian, "dated": item.from != nil || item.until != nil,
        "term": Self.term(item, text),
      ]
    }
    return [
      "items": items, "version": version, "path": path,
      "files": ["csv", "xlsx", "jsonld"].map { format -> PageShell.Context in
        ["name": format == "jsonld" ? "JSON-LD" : format.uppercased(), "href": "\(path)?format=\(format)"]
      },
    ]
  }

  private static func term(_ item: CodeList.Item, _ text: PageText) -> String {
    let (from, until) = (item.from.flatMap { LegalDate($0) }, item.until.flatMap { LegalDate($0) })
    let parts = [
      from.map { text(LocalizedText(en: "from ", inIndonesian: "sejak ")) + text.date($0) },
      until.map { text(LocalizedText(en: "until ", inIndonesian: "sampai ")) + text.date($0) },
    ]
    return parts.compactMap { $0 }.joined(separator: " ")
  }

  /// Where each code stands last: with what it means now.
  private var lastPlaces: [String: Int] {
    Dictionary(list.items.enumerated().map { ($1.code, $0) }, uniquingKeysWith: { $1 })
  }

  // MARK: Linked data

  /// A concept scheme and its concepts (SKOS).
  func linkedData() -> [UInt8] {
    LinkedData.document { writer in
      writeScheme(to: &writer)
      for (index, item) in list.items.enumerated() where lastPlaces[item.code] == index {
        writer.object { write(item, to: &$0) }
      }
    }
  }

  func writeScheme(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("@id", prefix + path)
      writer.member("@type", "skos:ConceptScheme")
      writer.member("dct:identifier", list.key)
      writer.texts("dct:title", list.title)
      writer.member("owl:versionInfo", version)
    }
  }

  private func write(_ item: CodeList.Item, to writer: inout JSONWriter) {
    writer.member("@id", address(of: item.code))
    writer.member("@type", "skos:Concept")
    writer.reference("skos:inScheme", prefix + path)
    writer.member("skos:notation", item.code)
    writer.texts("skos:prefLabel", item.label)
    if let broader = item.broader { writer.reference("skos:broader", address(of: broader)) }
    writer.period("dct:temporal", from: item.from, until: item.until)
  }

  // MARK: Table

  static let columns =
    ["code", "name_id", "name_en", "valid_from", "valid_until", "broader", "address"].map { TableColumn($0) }

  func rows(_ table: Table) -> [UInt8] {
    var writer = table.writer
    for item in list.items {
      for text in [item.code, item.label.inIndonesian, item.label.en] { writer.field(text) }
      for day in [item.from, item.until] { writer.date(spelled: day) }
      for text in [item.broader, address(of: item.code)] { writer.field(text) }
      writer.endRow()
    }
    return writer.bytes
  }
}
