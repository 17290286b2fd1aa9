internal import Domain
internal import HTTPTypes
internal import JSON

/// The page with every operation, for people.
enum OperationPage {
  static let html = Page.html("Operations", intro + contents + groups)

  private static let intro = """
    <p>Shares cases of civil-servant neutrality violations among agencies. Send <code>Authorization: Bearer ntk_…</code>; \
    each key sees what the legal role of its agency allows. Errors are <a href="/docs/problems">problems</a>.</p>

    """

  private static var contents: String {
    let items = Cookbook.entries.map { group, items in
      let links = items.map { item in
        let summary = item.route.operation.summary
        return "<a href=\"#\(item.route.operation.name)\">\(Page.escaped(summary.en))</a>"
      }
      return "<li><a href=\"#\(group.rawValue)\">\(group.title.en)</a>: \(links.joined(separator: ", "))</li>\n"
    }
    return "<ul>\n\(items.joined())</ul>\n"
  }

  private static var groups: String {
    Cookbook.entries.map { group, items in
      "<h2 id=\"\(group.rawValue)\">\(group.title.en) · <span lang=\"id\">\(group.title.inIndonesian)</span></h2>\n"
        + items.map { section($0.route, $0.line) }.joined()
    }.joined()
  }

  private static func section(_ route: Route, _ line: String) -> String {
    let operation = route.operation
    var html = """
      <h3 id="\(operation.name)">\(route.method.rawValue) \(route.template)</h3>
      <p>\(Page.escaped(operation.summary.en)) · <span lang="id">\(Page.escaped(operation.summary.inIndonesian))</span>. \
      For: \(route.gate.description). \(Page.escaped(operation.details))</p>

      """
    let parameters = operation.query.map { parameter in
      (parameter.name, parameter.isRequired, shape(parameter.schema.json), parameter.description)
    }
    html += table("Query", parameters)
    let fields = Operation.Need.allCases.filter(operation.needs.contains).map { need in
      (need.field, need.isRequired, "", need.description)
    }
    html += table("Fields", fields)
    for (shape, types) in bodies(operation) {
      html += table("Body: \(types.joined(separator: ", "))", BodyShape(shape).members)
    }
    html += "<pre><code>\(Page.escaped(line))</code></pre>\n"
    let replies = operation.replies.map { reply in
      "\(reply.status.code) \(reply.description) \(reply.contents.map(\.type).joined(separator: ", "))"
    }
    let refusals = route.failures.subtracting(Route.ofEveryRequest).sorted {
      ($0.problem.status.code, $0.rawValue) < ($1.problem.status.code, $1.rawValue)
    }.map { code in
      "\(code.problem.status.code) <a href=\"/docs/problems/\(code.rawValue)\">\(code.rawValue)</a>"
    }
    return html + "<p>\(Page.escaped(replies.joined(separator: "; ")))<br>\(refusals.joined(separator: ", "))</p>\n"
  }

  private static func table(_ title: String, _ rows: [(String, Bool, String, String)]) -> String {
    if rows.isEmpty { return "" }
    let body = rows.map { name, isRequired, shape, description in
      """
      <tr><td><code>\(Page.escaped(name))</code></td><td>\(isRequired ? "required" : "")</td>\
      <td>\(Page.escaped(shape))</td><td>\(Page.escaped(description))</td></tr>

      """
    }.joined()
    return "<table><tr><th colspan=\"4\">\(title)</th></tr>\n\(body)</table>\n"
  }

  /// The shapes of a body, each with the types that have it.
  private static func bodies(_ operation: Operation) -> [(shape: Schema, types: [String])] {
    var bodies: [(shape: Schema, types: [String])] = []
    for (type, shape) in operation.body?.contents ?? [] {
      if let index = bodies.firstIndex(where: { $0.shape.json == shape.json }) {
        bodies[index].types.append(type)
      } else {
        bodies.append((shape, [type]))
      }
    }
    return bodies
  }

  private static func shape(_ schema: JSONValue) -> String { BodyShape(Schema(schema)).words(for: schema) }
}

/// The page with every operation as one line of curl.
enum CookbookPage {
  static let html = Page.html(
    "Cookbook",
    """
    <p>Every operation as one line, in an order in which they can be run against the demo data. First, once:</p>
    <pre><code>\(Page.escaped(Cookbook.preamble))</code></pre>

    """
      + Cookbook.entries.map { group, items in
        "<h2>\(group.title.en)</h2>\n"
          + items.map { route, line in
            """
            <p>\(Page.escaped(route.operation.summary.en)) · <span lang="id">\(Page.escaped(route.operation.summary.inIndonesian))</span></p>
            <pre><code>\(Page.escaped(line))</code></pre>

            """
          }.joined()
      }.joined())
}
