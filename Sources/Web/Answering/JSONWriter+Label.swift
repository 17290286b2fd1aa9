internal import Domain
internal import JSON

extension JSONWriter {
  /// Writes what people read in both languages: `{"id":…,"en":…}`, null for nothing.
  mutating func label(_ text: LocalizedText?) {
    guard let text else { return null() }
    object { writer in
      writer.member("id", text.inIndonesian)
      writer.member("en", text.en)
    }
  }
}
