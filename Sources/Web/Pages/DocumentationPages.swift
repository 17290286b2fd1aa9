internal import Domain
internal import HTTPTypes

/// All pages of the documentation.
enum DocumentationPages {
  /// The page of a path; nil where there is none.
  static func page(at path: Substring) -> DocumentationPage? {
    let names = path.split(separator: "/")
    return switch (names.count, names.last) {
    case (1, _): index
    case (2, "cookbook"): cookbook
    case (2, "problems"): ProblemPage.list
    case (2, let name?): group(name)
    case (3, let name?) where names[1] == "problems": FailureCode(rawValue: String(name)).map(ProblemPage.page)
    case (3, "shapes"): shapes(ofGroup: names[1])
    default: nil
    }
  }

  /// What the service is, how to begin, and every operation by its group.
  private static let index = DocumentationPage(
    path: "/docs", title: LocalizedText(en: "Documentation", inIndonesian: "Dokumentasi"), template: "docs"
  ) { text in
    let groups = Cookbook.entries.map { group, items -> PageShell.Context in
      [
        "key": group.rawValue, "title": text(group.title),
        "href": DocumentationPage.address("/docs/\(group.rawValue)", text),
        "operations": items.map { route, _ -> PageShell.Context in
          [
            "anchor": route.operation.name, "href": DocumentationPage.address(of: route.operation, text),
            "summary": text(route.operation.summary),
            "request": "\(route.method.rawValue) \(route.template)",
          ]
        },
      ]
    }
    return ["groups": groups]
  }

  /// Every operation of a group; nil for what is no group.
  private static func group(_ name: Substring) -> DocumentationPage? {
    guard let (group, items) = Cookbook.entries.first(where: { $0.group.rawValue == name }) else { return nil }
    return DocumentationPage(path: "/docs/\(group.rawValue)", title: group.title, template: "group") { text in
      GroupPage(text: text, group: group, items: items).context
    }
  }

  /// The shapes that a group describes for all; nil for what is no group, or has none.
  private static func shapes(ofGroup name: Substring) -> DocumentationPage? {
    guard let group = Operation.Group(rawValue: String(name)) else { return nil }
    let place = ShapeBook.Page.group(group)
    if ShapeBook.shared.names(on: place).isEmpty { return nil }
    let title = LocalizedText(
      en: "Shapes: \(group.title.en)", inIndonesian: "Bentuk data: \(group.title.inIndonesian)")
    return DocumentationPage(path: place.path, title: title, template: "group_shapes") { text in
      [
        "name": text(group.title), "href": DocumentationPage.address("/docs/\(group.rawValue)", text),
        "shapes": ShapeTables(text: text, page: place).ofPage,
      ]
    }
  }

  /// Every operation as one line of curl.
  private static let cookbook = DocumentationPage(
    path: "/docs/cookbook", title: LocalizedText(en: "Cookbook", inIndonesian: "Buku resep"), template: "cookbook"
  ) { text in
    let groups = Cookbook.entries.map { group, items -> PageShell.Context in
      [
        "key": group.rawValue, "title": text(group.title),
        "lines": items.map { route, line -> PageShell.Context in
          [
            "href": DocumentationPage.address(of: route.operation, text), "summary": text(route.operation.summary),
            "line": line,
          ]
        },
      ]
    }
    return ["preamble": Cookbook.preamble, "groups": groups]
  }
}
