internal import Domain
internal import HTTPTypes

/// Every operation as one line of curl, made from the examples of the routes, in an order in which they can be run.
enum Cookbook {
  /// What the lines need: keys, addresses, and six short functions.
  static let preamble = """
    . demo/keys.env; url=http://localhost:8080 api=http://localhost:8080/v1
    as() { echo "Authorization: Bearer ${!1}"; }
    new() { cat /proc/sys/kernel/random/uuid; }
    today() { TZ=Asia/Jakarta date +%F; }
    later() { TZ=Asia/Jakarta date -d "+$1 days" +%F; }
    etag() { curl -sI "$api/cases/$2" -H "$(as "$1")" | sed -n 's/^etag: //Ip' | tr -d '\\r'; }
    some() { curl -s "$api/cases?stage=$1&${2-}&limit=1" -H "$(as BKN)" | jq -r '.items[0].id'; }
    """

  /// The routes with their lines, by those groups that have any.
  static let entries: [(group: Operation.Group, items: [(route: Route, line: String)])] =
    Operation.Group.allCases.map { group in
      let routes = Routes.all.filter { $0.operation.group == group }
      return (group, routes.sorted { rank($0) < rank($1) }.map { ($0, line(of: $0)) })
    }.filter { !$0.items.isEmpty }

  /// Acts in the order of the legal road; whatever takes a resource away last.
  private static func rank(_ route: Route) -> Int {
    if route.method == .delete { return .max }
    return ActionKind.allCases.map(\.rawValue).firstIndex { route.template.hasSuffix("}/\($0)") }
      .map { order[ActionKind.allCases[$0]] ?? $0 + 10 } ?? 0
  }

  /// A clock is paused while it runs, and that is before the decision.
  private static let order: [ActionKind: Int] = [
    .verifications: 0, .studies: 1, .recommendations: 2, .clockPauses: 3, .clockResumptions: 4, .decisions: 5,
    .appeals: 6, .rulings: 7, .closures: 8,
  ]

  static func line(of route: Route) -> String {
    let (operation, example) = (route.operation, route.operation.example)
    var parts = ["curl -s"]
    let hasBody = example.body != nil || example.pipe != nil
    if route.method != .get && !(route.method == .post && hasBody) { parts.append("-X \(route.method.rawValue)") }
    parts.append("\"\(address(of: route))\"")
    if let key = example.key { parts.append("-H \"$(as \(key))\"") }
    if operation.needs.contains(.idempotencyKey) { parts.append("-H \"Idempotency-Key: $(new)\"") }
    if operation.needs.contains(.entityTag), let key = example.key, let id = example.path.first {
      parts.append("-H \"If-Match: $(etag \(key) \(id))\"")
    }
    parts += example.fields.map { "-H '\($0)'" }
    let isLines = operation.body?.contentTypes == ["application/x-ndjson"]
    if isLines { parts.append("-H 'Content-Type: application/x-ndjson'") }
    let isJSON = operation.body?.contentTypes.contains("application/json") ?? false
    if let body = example.body { parts.append("\(isJSON ? "--json" : "--data-binary") '\(spliced(body))'") }
    if example.pipe != nil { parts.append("--data-binary @-") }
    var line = parts.joined(separator: " ")
    if let pipe = example.pipe { line = "\(pipe) | \(line)" }
    if let (variable, place) = example.keeps { line = "\(variable)=$(\(line) | jq -r \(place)); echo \"$\(variable)\"" }
    return example.setup.map { "\($0); \(line)" } ?? line
  }

  private static func address(of route: Route) -> String {
    var values = route.operation.example.path.makeIterator()
    let segments = route.template.split(separator: "/").map { segment in
      segment.hasPrefix("{") ? values.next() ?? "" : String(segment)
    }
    let root = segments.first == "v1" ? "$api" : "$url"
    let path = segments.drop { $0 == "v1" }.joined(separator: "/")
    return "\(root)/\(path)" + (route.operation.example.query.map { "?\($0)" } ?? "")
  }

  /// Lets the shell fill in its variables in a text within single quotes.
  private static func spliced(_ body: String) -> String {
    body.replacing(/\$\([a-z]+(?: [0-9]+)?\)|\$[a-z]+/) { "'\($0.output)'" }
  }

  /// The body with values in the place of the shell's variables.
  static func sample(_ body: String) -> String {
    body.replacing("$(new)", with: "001/LP/2024").replacing("$(today)", with: "2024-12-02")
      .replacing("$(later 14)", with: "2024-12-16")
      .replacing("$other", with: "0199d3c4-7c1e-7b52-9a51-3f0f4c1b2a90")
  }
}

/// The cookbook as a script: a comment and a line for each operation.
public func cookbookLines() -> [String] {
  Cookbook.preamble.split(separator: "\n").map(String.init)
    + Cookbook.entries.flatMap { group, items in
      ["", "# \(group.title.en)"] + items.map(\.line)
    }
}
