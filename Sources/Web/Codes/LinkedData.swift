internal import Domain
internal import JSON

/// Documents of linked data (JSON-LD 1.1). What they need stands in them: nobody has to fetch a context.
///
/// The service does not know by which name it is reached. So its own addresses are paths, which a reader resolves against
/// the address of the document, as RFC 3986 has it.
enum LinkedData {
  private static let vocabularies: [(prefix: String, address: String)] = [
    ("skos", "http://www.w3.org/2004/02/skos/core#"), ("dct", "http://purl.org/dc/terms/"),
    ("dcat", "http://www.w3.org/ns/dcat#"), ("owl", "http://www.w3.org/2002/07/owl#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
  ]

  /// - Parameter write: writes the things that the document describes.
  static func document(_ write: (inout JSONWriter) -> Void) -> [UInt8] {
    JSONWriter.object { writer in
      writer.object("@context") { writer in
        for vocabulary in vocabularies {
          writer.name(vocabulary.prefix)
          writer.string(vocabulary.address)
        }
      }
      writer.array("@graph") { write(&$0) }
    }
  }
}

extension JSONWriter {
  /// Writes a member whose value is a thing.
  mutating func reference(_ name: StaticString, _ address: String) {
    object(name) { $0.member("@id", address) }
  }

  /// Writes a member whose value is a text in both languages.
  mutating func texts(_ name: StaticString, _ text: LocalizedText) {
    objects(name, of: [Language.indonesian, .english]) { writer, language in
      writer.member("@value", text.text(in: language))
      writer.member("@language", language.tag)
    }
  }

  /// Writes a member whose value is a date, where there is one.
  mutating func date(_ name: StaticString, _ date: String?) {
    guard let date else { return }
    object(name) { writer in
      writer.member("@value", date)
      writer.member("@type", "xsd:date")
    }
  }

  /// Writes a span of days as a member, unless both of its ends are open.
  mutating func period(_ name: StaticString, from: String?, until: String?) {
    if from == nil && until == nil { return }
    object(name) { writer in
      writer.member("@type", "dct:PeriodOfTime")
      writer.date("dcat:startDate", from)
      writer.date("dcat:endDate", until)
    }
  }
}

extension Schema {
  static let linkedData = object([
    .always("@context", map(of: string)), .always("@graph", array(of: map(of: any))),
  ]).named("LinkedData")
}
