internal import Domain
internal import HTTPTypes
internal import JSON

/// GET /docs/{group}: each operation of a group, with what it takes, answers and refuses.
struct GroupPage {
  let text: PageText
  let group: Operation.Group
  let items: [(route: Route, line: String)]
  private let tables: ShapeTables

  init(text: PageText, group: Operation.Group, items: [(route: Route, line: String)]) {
    self.text = text
    self.group = group
    self.items = items
    tables = ShapeTables(text: text, page: nil)
  }

  var context: PageShell.Context {
    let ofAll = items.dropFirst().reduce(items.first?.route.failures ?? []) { $0.intersection($1.route.failures) }
    var context: PageShell.Context = [
      "operations": items.map { operation($0.route, $0.line, ofAll) }, "ofAll": ["refusals": refusals(ofAll)],
    ]
    let shapes = ShapeBook.Page.group(group)
    if !ShapeBook.shared.names(on: shapes).isEmpty {
      context["shapesHref"] = DocumentationPage.address(shapes.path, text)
    }
    return context
  }

  private func operation(_ route: Route, _ line: String, _ ofAll: Set<FailureCode>) -> PageShell.Context {
    let operation = route.operation
    let mandate = operation.mandate.map { text(.init(en: "; mandate ", inIndonesian: "; kewenangan ")) + $0.rawValue }
    let own = refusals(route.failures.subtracting(ofAll))
    var context: PageShell.Context = [
      "anchor": operation.name, "summary": text(operation.summary), "line": line,
      "request": "\(route.method.rawValue) \(route.template)", "gate": text(route.gate.words) + (mandate ?? ""),
      "bodies": bodies(operation), "replies": replies(route), "refusals": own, "hasRefusals": !own.isEmpty,
    ]
    if !operation.details.isEmpty { context["details"] = operation.details }
    let parameters = parameters(route)
    let caption = text(.init(en: "Parameters", inIndonesian: "Parameter"))
    if !parameters.isEmpty { context["parameters"] = ["caption": caption, "rows": parameters] as PageShell.Context }
    return context
  }

  // MARK: Questions

  private func parameters(_ route: Route) -> [PageShell.Context] {
    let isRequired = text(ShapeTables.required)
    let path = route.pathParameters.map { name in
      let place = text(.init(en: "in the path", inIndonesian: "di alamat"))
      return tables.row(String(name), "\(place), \(isRequired)", route.schema(ofPathParameter: name))
    }
    let query = route.operation.query.map { parameter in
      let mark = parameter.isRequired ? isRequired : nil
      return tables.row(parameter.name, mark, parameter.schema, about: parameter.description, isForeign: true)
    }
    let place = text(.init(en: "header field", inIndonesian: "medan kepala"))
    var fields = Operation.Need.allCases.filter(route.operation.needs.contains).map { need in
      let mark = need.isRequired ? "\(place), \(isRequired)" : place
      return tables.row(need.field, mark, need.schema, about: text(need.description))
    }
    if route.isTagged {
      let about = text(
        .init(
          en: "The ETag of what you have: 304 when it is the same.",
          inIndonesian: "ETag dari yang Anda miliki: 304 bila masih sama."))
      fields.append(tables.row("If-None-Match", place, .string, about: about))
    }
    return path + query + fields
  }

  /// The shapes of a body, each with the types that have it.
  private func bodies(_ operation: Operation) -> [PageShell.Context] {
    var bodies: [(shape: Schema, types: [String])] = []
    for (type, shape) in operation.body?.contents ?? [] {
      if let index = bodies.firstIndex(where: { $0.shape.json == shape.json }) {
        bodies[index].types.append(type)
      } else {
        bodies.append((shape, [type]))
      }
    }
    return bodies.map { content($0.types, $0.shape, hasHeading: true) }
  }

  // MARK: Answers

  private func replies(_ route: Route) -> [PageShell.Context] {
    var replies = route.operation.replies.map { reply -> PageShell.Context in
      [
        "status": reply.status.code, "about": reply.description, "isForeign": text.language == .indonesian,
        "fields": reply.fields.map { name, about -> PageShell.Context in ["name": name.rawName, "about": about] },
        "hasParts": !reply.fields.isEmpty || !reply.contents.isEmpty,
        "contents": reply.contents.map { content([$0.type], $0.schema) },
      ]
    }
    if route.isTagged {
      let about = LocalizedText(
        en: "What If-None-Match names is what there is.", inIndonesian: "Yang disebut If-None-Match masih berlaku.")
      replies.append(["status": 304, "about": text(about), "hasParts": false])
    }
    return replies
  }

  /// What may stand in a body: its types, its shape in words, and its members where they are described here.
  ///
  /// - Parameter hasHeading: true where the types stand above the table already.
  private func content(_ types: [String], _ schema: Schema?, hasHeading: Bool = false) -> PageShell.Context {
    let isLines = types == [ListFormat.ndjson.mediaType]
    let line = text(.init(en: "each line: ", inIndonesian: "setiap baris: "))
    var context: PageShell.Context = ["types": types.joined(separator: ", "), "hasWords": false]
    // A table and a file have no members.
    guard let schema, !types.allSatisfy({ !$0.hasSuffix("json") }) else { return context }
    if let table = tables.table(of: schema.json, caption: hasHeading ? nil : types.joined(separator: ", ")) {
      context["table"] = table
    } else {
      context["hasWords"] = true
      context["words"] = (isLines ? [["text": line]] : []) + tables.words(schema.json)
    }
    return context
  }

  /// Refusals by their status, each with its page.
  private func refusals(_ codes: Set<FailureCode>) -> [PageShell.Context] {
    Dictionary(grouping: codes) { $0.problem.status.code }.sorted { $0.key < $1.key }.map { status, codes in
      [
        "status": status,
        "codes": codes.map(\.rawValue).sorted().map { code -> PageShell.Context in
          ["code": code, "href": DocumentationPage.address("/docs/problems/\(code)", text)]
        },
      ]
    }
  }
}
