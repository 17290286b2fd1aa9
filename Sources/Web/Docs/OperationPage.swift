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
        return "<a href=\"#\(OperationObject(route: item.route).identity)\">\(Page.escaped(summary.en))</a>"
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
      <h3 id="\(OperationObject(route: route).identity)">\(route.method.rawValue) \(route.template)</h3>
      <p>\(Page.escaped(operation.summary.en)) · <span lang="inIndonesian">\(Page.escaped(operation.summary.inIndonesian))</span>. \
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
    if let body = operation.body {
      html += table("Body: \(body.contentTypes.joined(separator: ", "))", members(body.schema.json, ""))
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

  /// The members of an object and of the objects in it, by path.
  private static func members(_ schema: JSONValue, _ prefix: String) -> [(String, Bool, String, String)] {
    guard case .object(let object) = schema else { return [] }
    if case .object(let items)? = object["items"] { return members(.object(items), prefix + "[]") }
    if case .array(let parts)? = object["anyOf"] {
      return parts.first { member($0, "properties") != nil || member($0, "items") != nil }
        .map { members($0, prefix) } ?? []
    }
    guard case .object(let properties)? = object["properties"] else { return [] }
    var required: [JSONValue] = []
    if case .array(let names)? = object["required"] { required = names }
    return properties.members.flatMap { name, value in
      let path = prefix.isEmpty ? name : "\(prefix).\(name)"
      return [(path, required.contains(.string(name)), shape(value), "")] + members(value, path)
    }
  }

  private static func member(_ schema: JSONValue, _ name: String) -> JSONValue? {
    guard case .object(let object) = schema else { return nil }
    return object[name]
  }

  /// A schema in a few words.
  private static func shape(_ schema: JSONValue) -> String {
    if case .array(let parts)? = member(schema, "anyOf") {
      return parts.map(shape).filter { $0 != "null" }.joined(separator: " or ")
    }
    if case .array(let codes)? = member(schema, "enum") { return codes.compactMap(text).joined(separator: ", ") }
    if case .string(let code)? = member(schema, "const") { return code }
    if let items = member(schema, "items") { return "list of \(shape(items))" }
    guard case .string(let type)? = member(schema, "type") else { return "any" }
    if case .string(let format)? = member(schema, "format") { return format }
    if case .string(let pattern)? = member(schema, "pattern"), member(schema, "maxLength") == nil { return pattern }
    if case .number(let max)? = member(schema, "maxLength") { return "text of 1 to \(max.text) characters" }
    if case .number(let low)? = member(schema, "minimum"), case .number(let high)? = member(schema, "maximum") {
      return "\(low.text) to \(high.text)"
    }
    return type
  }

  private static func text(_ value: JSONValue) -> String? {
    if case .string(let text) = value { text } else { nil }
  }
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
            <p>\(Page.escaped(route.operation.summary.en)) · <span lang="inIndonesian">\(Page.escaped(route.operation.summary.inIndonesian))</span></p>
            <pre><code>\(Page.escaped(line))</code></pre>

            """
          }.joined()
      }.joined())
}
