internal import Domain

/// A page of the documentation.
struct DocumentationPage: Sendable {
  let path: String
  let title: LocalizedText
  /// The name of the template of its body.
  let template: String
  /// What the template shows, beside the menu.
  let context: @Sendable (PageText) -> PageShell.Context

  /// The page in a language.
  func html(_ text: PageText) -> [UInt8] {
    let menu = Self.menu.map { path, name -> PageShell.Context in
      ["href": Self.address(path, text), "name": text(name), "current": path == self.path]
    }
    return PageShell(text: text, place: .docs, path: path, query: "").html(
      title, template, context(text).merging(["menu": menu]) { own, _ in own })
  }

  private static let menu: [(path: String, name: LocalizedText)] = [
    ("/docs", LocalizedText(en: "Contents", inIndonesian: "Isi")),
    ("/docs/cookbook", LocalizedText(en: "Cookbook", inIndonesian: "Buku resep")),
    ("/docs/problems", LocalizedText(en: "Problems", inIndonesian: "Masalah")),
  ]

  /// The address of a page in the same language.
  static func address(_ path: String, _ text: PageText, anchor: String? = nil) -> String {
    "\(path)?lang=\(text.language.tag)" + (anchor.map { "#\($0)" } ?? "")
  }

  /// The address of the place that describes an operation.
  static func address(of operation: Operation, _ text: PageText) -> String {
    address("/docs/\(operation.group.rawValue)", text, anchor: operation.name)
  }
}
