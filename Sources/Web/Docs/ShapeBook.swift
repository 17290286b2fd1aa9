internal import Domain
internal import JSON

/// Every shape with a name, and where the documentation describes it: once, so that pages stay short.
struct ShapeBook: Sendable {
  /// The shapes of all routes, by their names.
  let definitions: [String: JSONValue]
  /// Those that several places refer to, with the page that describes each. Any other is described where it is used.
  let pages: [String: Page]

  /// A page that describes shapes: that of the first group which needs them, beside its page of operations.
  enum Page: Hashable, Sendable {
    case group(Operation.Group)
    case problems

    var path: String {
      switch self {
      case .group(let group): "/docs/\(group.rawValue)/shapes"
      case .problems: "/docs/problems"
      }
    }
  }

  static let shared = ShapeBook()

  private init() {
    var named = Schema.problem.definitions
    for part in Routes.all.flatMap(\.operation.schemas) {
      named.merge(part.definitions) { first, second in
        assert(first == second, "two schemas have the same name")
        return first
      }
    }
    definitions = named
    // A shape is described by the first group that needs it, and problems by their own page.
    var homes: [String: Page] = [:]
    func settle(_ json: JSONValue, _ page: Page) {
      for name in json.references where homes[name] == nil {
        homes[name] = page
        named[name].map { settle($0, page) }
      }
    }
    settle(Schema.problem.json, .problems)
    var uses: [String: Int] = ["Problem": 2]
    for json in named.values { for name in json.references { uses[name, default: 0] += json.weight(of: name) } }
    for group in Operation.Group.allCases {
      for operation in Routes.all.map(\.operation) where operation.group == group {
        for schema in operation.schemas { settle(schema.json, .group(group)) }
        // A body that may come as several types is one place.
        let bodies = Set((operation.body?.contents ?? []).flatMap { $0.schema.json.references })
        let replies = operation.replies.flatMap { $0.contents.compactMap(\.schema) }.flatMap(\.json.references)
        for name in Array(bodies) + replies { uses[name, default: 0] += 1 }
      }
    }
    pages = homes.filter { uses[$0.key, default: 0] > 1 }
  }

  /// The names of the shapes that a page describes, in their order.
  func names(on page: Page) -> [String] { pages.filter { $0.value == page }.map(\.key).sorted() }
}

extension Operation {
  /// Of its query, its body and its replies.
  var schemas: [Schema] {
    query.map(\.schema) + (body?.contents.map(\.schema) ?? []) + replies.flatMap { $0.contents.compactMap(\.schema) }
  }
}

extension JSONValue {
  /// The names of the schemas that are referred to in it.
  var references: Set<String> {
    switch self {
    case .array(let items): items.reduce(into: []) { $0.formUnion($1.references) }
    case .object(let object):
      object.members.reduce(into: []) { names, member in
        if member.name == "$ref" {
          if let name = referred { names.insert(name) }
        } else {
          names.formUnion(member.value.references)
        }
      }
    default: []
    }
  }

  /// The name of the schema that this one is a reference to.
  var referred: String? {
    guard case .object(let object) = self, case .string(let text)? = object["$ref"] else { return nil }
    return text.wholeMatch(of: /#\/components\/schemas\/(.+)/).map { String($0.1) }
  }

  /// How often a schema refers to another; twice where it is one of several that may stand in a place, since such a shape
  /// cannot be described within that place.
  fileprivate func weight(of name: String) -> Int {
    switch self {
    case .array(let items): return items.reduce(0) { $0 + $1.weight(of: name) }
    case .object(let object):
      if referred == name { return 1 }
      return object.members.reduce(0) { sum, member in
        var weight = member.value.weight(of: name)
        if member.name == "anyOf", case .array(let parts) = member.value,
          parts.count(where: { $0 != Schema.null.json }) > 1
        {
          weight *= 2
        }
        return sum + weight
      }
    default: return 0
    }
  }
}
