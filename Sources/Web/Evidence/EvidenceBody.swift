internal import Domain
internal import JSON

/// What a line of an import says of files that follow.
enum EvidenceBody {
  /// Reads the list `evidence`. Errors are collected in the reader.
  ///
  /// - Returns: nil where nothing is said of files; an empty list says that none is to come.
  static func files(of body: ObjectReader) -> [AnnouncedFile]? {
    var files: [AnnouncedFile] = []
    for reader in body.objects("evidence", countMax: AnnouncedFile.countMax) {
      guard let file = file(reader) else { continue }
      if files.contains(where: { $0.sha256 == file.sha256 }) {
        reader.errors.add(reader.at("sha256"), .duplicate, ObjectReader.twice)
      }
      files.append(file)
    }
    return body.has("evidence") && !body.isNull("evidence") ? files : nil
  }

  private static func file(_ reader: ObjectReader) -> AnnouncedFile? {
    defer { reader.finish() }
    let sha256 = reader.text("sha256", max: 64, required: true, form: .sha256)
    let kind = reader.code("kind", EvidenceKind.self, required: true)
    let type = reader.code("media_type", FileType.self, required: true)
    var facts = EvidenceFacts(kind: kind ?? .document, takenOn: reader.date("taken_on"))
    for text in EvidenceFacts.texts {
      text.set(
        &facts, text.name == "note" ? reader.prose(text.name, max: text.max) : reader.text(text.name, max: text.max))
    }
    if let sha256, !isDigest(sha256[...]) { reader.errors.add(reader.at("sha256"), .format, digest) }
    if let url = facts.sourceURL, !CaseBody.isAddress(url) {
      reader.errors.add(reader.at("source_url"), .format, CaseBody.address)
    }
    if let name = facts.name, !isName(name) { reader.errors.add(reader.at("name"), .format, noPath) }
    guard let sha256, kind != nil, let type else { return nil }
    return AnnouncedFile(sha256: sha256, type: type, facts: facts)
  }

  /// Whether a text is a SHA-256 as files are named by it.
  static func isDigest(_ text: Substring) -> Bool {
    text.utf8.count == 64 && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
  }

  static func isName(_ text: String) -> Bool { !text.contains { "/\\".contains($0) } && ![".", ".."].contains(text) }

  static let noPath = LocalizedText(
    en: "Give the name of the file without its folder.", inIndonesian: "Isi nama berkas tanpa foldernya.")

  private static let digest = LocalizedText(
    en: "Give the SHA-256 of the file: 64 digits, 0 to 9 and a to f.",
    inIndonesian: "Isi SHA-256 berkas: 64 angka heksadesimal, 0 sampai 9 dan a sampai f.")
}
