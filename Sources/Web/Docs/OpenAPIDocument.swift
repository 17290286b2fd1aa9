internal import Domain
internal import HTTPTypes
internal import JSON
internal import Service

/// The description of the interface as OpenAPI, written from the route table.
struct OpenAPIDocument: Sendable {
  /// OpenAPI 3.1, which has the JSON Schema of 2020.
  static let current = OpenAPIDocument(version: "3.1.0", operation: { $0 }, schema: { $0 })

  /// OpenAPI 3.0, for what reads no other.
  static let earlier = OpenAPIDocument(
    version: "3.0.3", operation: OpenAPI30.converted, schema: OpenAPI30.schema)

  private let version: String
  private let paths: [(path: String, items: [Item])]
  /// The schemas that have a name, by it, and which others each refers to.
  private let definitions: [(name: String, json: [UInt8], references: Set<String>)]
  private let responses: [UInt8]

  /// An operation as it stands in the document, and the names of the schemas it refers to.
  private struct Item {
    let route: Route
    let json: [UInt8]
    let references: Set<String>
  }

  /// How a version spells what 3.1 says.
  private typealias Spelling = (JSONValue) -> JSONValue

  private init(version: String, operation: Spelling, schema: Spelling) {
    self.version = version
    definitions = ShapeBook.shared.definitions.sorted { $0.key < $1.key }.map { name, json in
      let json = schema(json)
      return (name, Self.written(json), json.references)
    }
    var paths: [(path: String, items: [Item])] = []
    for route in Routes.all {
      let json = operation(OperationObject(route: route).json)
      let item = Item(route: route, json: Self.written(json), references: json.references)
      if let index = paths.firstIndex(where: { $0.path == route.template }) {
        paths[index].items.append(item)
      } else {
        paths.append((route.template, [item]))
      }
    }
    self.paths = paths
    responses = Self.written(operation(OperationObject.sharedRefusals))
  }

  /// Everything there is, which anybody may ask for.
  ///
  /// - Parameter prefix: what every path of the service begins with; empty for nothing.
  func whole(at prefix: String) -> [UInt8] { json(at: prefix) { _ in true } }

  /// What a caller may do.
  func json(for caller: Caller, at prefix: String, _ reference: Reference) -> [UInt8] {
    json(at: prefix) { Self.isOpen($0, to: caller, reference) }
  }

  private func json(at prefix: String, of isOpen: (Route) -> Bool) -> [UInt8] {
    var schemas: Set<String> = ["Problem"]
    return JSONWriter.object(reserving: 512 << 10) { writer in
      writer.member("openapi", version)
      writer.name("info")
      writer.value(Self.info)
      writer.array("servers") { writer in
        writer.object { writer in writer.member("url", prefix.isEmpty ? "/" : prefix) }
      }
      writer.object("paths") { writer in
        for (path, items) in paths {
          let open = items.filter { isOpen($0.route) }
          if open.isEmpty { continue }
          writer.object(path) { writer in
            for item in open {
              writer.name(item.route.method.rawValue.lowercased())
              writer.raw(item.json)
              schemas.formUnion(item.references)
            }
          }
        }
      }
      writer.name("components")
      writeComponents(schemas, to: &writer)
    }
  }

  /// What the paths refer to: of the schemas those named, and nothing that tells of other paths.
  private func writeComponents(_ names: Set<String>, to writer: inout JSONWriter) {
    let names = withReferred(names)
    writer.object { writer in
      writer.object("schemas") { writer in
        for (name, json, _) in definitions where names.contains(name) {
          writer.name(name)
          writer.raw(json)
        }
      }
      writer.name("responses")
      writer.raw(responses)
      writer.name("securitySchemes")
      writer.raw(Self.securitySchemes)
    }
  }

  /// The same names, and those of the schemas that they refer to, and so on.
  private func withReferred(_ names: Set<String>) -> Set<String> {
    let references = Dictionary(uniqueKeysWithValues: definitions.map { ($0.name, $0.references) })
    var (all, open) = (names, Array(names))
    while let name = open.popLast() {
      for other in references[name] ?? [] where all.insert(other).inserted { open.append(other) }
    }
    return all
  }

  private static func isOpen(_ route: Route, to caller: Caller, _ reference: Reference) -> Bool {
    do throws(Failure) {
      try caller.pass(route.gate)
    } catch {
      return false
    }
    guard let mandate = route.operation.mandate, let agency = caller.agency else { return true }
    return reference.mandates.contains { $0.agency == agency.rawValue && $0.kind == mandate }
  }

  private static let info = JSONValue.object(
    JSONObject([
      ("title", .string("Netral")), ("version", .string("1")),
      (
        "description",
        .string(
          """
          Shares cases of civil-servant neutrality violations among agencies. Each key sees what the legal role of its \
          agency allows. HEAD is answered wherever GET is, OPTIONS everywhere. Any request may carry Accept-Language \
          (id or en) and traceparent; every answer has X-Request-Id. Every answer to a key that ends within 30 days has \
          Netral-Key-Expires, the time of its end (RFC 3339). Where an agency's clients leave too many answers \
          unread, its requests are refused (429); what was written meanwhile is answered without a body \
          (Preference-Applied: return=minimal).
          """)
      ),
    ]))

  private static let securitySchemes: [UInt8] = {
    let key = JSONObject([
      ("type", .string("http")), ("scheme", .string("bearer")),
      ("description", .string("A key: ntk_, its identity, _, its secret.")),
    ])
    return written(.object(JSONObject([("key", .object(key))])))
  }()

  private static func written(_ value: JSONValue) -> [UInt8] {
    var writer = JSONWriter(reserving: 16_384)
    writer.value(value)
    return writer.bytes
  }
}
