internal import Domain
internal import JSON

/// Shapes as a page of the documentation shows them: those that it describes, and links to the others.
struct ShapeTables {
  let text: PageText
  /// The page itself where it describes shapes for all.
  let page: ShapeBook.Page?

  static let required = LocalizedText(en: "required", inIndonesian: "wajib")
  private static let absent = LocalizedText(en: "may be absent", inIndonesian: "mungkin tidak ada")

  private var shapes: ShapeWords { ShapeWords(text) }

  /// The shapes that this page describes for all, each with its table or its words.
  var ofPage: [PageShell.Context] {
    (page.map { ShapeBook.shared.names(on: $0) } ?? []).compactMap { name in
      guard let json = ShapeBook.shared.definitions[name] else { return nil }
      var context: PageShell.Context = ["anchor": name]
      let about = shapes.description(of: json)
      if !about.isEmpty { context["about"] = about }
      let rows = rows(of: json)
      context[rows.isEmpty ? "words" : "table"] = rows.isEmpty ? words(json) : ["rows": rows] as PageShell.Context
      return context
    }
  }

  /// The members of a shape that stands here alone; nil where it has none, or is described for all.
  func table(of json: JSONValue, caption: String?) -> PageShell.Context? {
    guard let name = json.referred, ShapeBook.shared.pages[name] == nil, let shape = ShapeBook.shared.definitions[name]
    else { return nil }
    var table: PageShell.Context = ["rows": rows(of: shape)]
    if let caption { table["caption"] = caption }
    return shapes.rows(of: shape).isEmpty ? nil : table
  }

  private func rows(of json: JSONValue) -> [PageShell.Context] {
    let isOfBody = shapes.isClosed(json)
    return shapes.rows(of: json).map { row in
      // Most members of a body may be left out, and most of an answer are there.
      let mark = isOfBody ? (row.isRequired ? Self.required : nil) : (row.isRequired ? nil : Self.absent)
      return context(row.path, mark.map { text($0) }, words(row.words), row.description, isForeign: true)
    }
  }

  /// The row of a parameter.
  ///
  /// - Parameter isForeign: whether what is said about it is in English alone.
  func row(_ name: String, _ mark: String?, _ schema: Schema, about: String = "", isForeign: Bool = false)
    -> PageShell.Context
  {
    context(name, mark, words(schema.json), about, isForeign: isForeign)
  }

  private func context(
    _ name: String, _ mark: String?, _ words: [PageShell.Context], _ about: String, isForeign: Bool
  ) -> PageShell.Context {
    var context: PageShell.Context = [
      "name": name, "words": words, "isForeign": isForeign && text.language == .indonesian,
    ]
    if let mark { context["mark"] = mark }
    if !about.isEmpty { context["about"] = about }
    return context
  }

  /// A schema in a few words, with a link for each shape that has a place of its own.
  func words(_ json: JSONValue) -> [PageShell.Context] { words(shapes.pieces(json)) }

  private func words(_ pieces: [ShapeWords.Piece]) -> [PageShell.Context] {
    pieces.map { piece in
      guard let shape = piece.shape, let page = ShapeBook.shared.pages[shape] else { return ["text": piece.text] }
      let address = page == self.page ? "#\(shape)" : DocumentationPage.address(page.path, text, anchor: shape)
      return ["text": piece.text, "href": address]
    }
  }
}
