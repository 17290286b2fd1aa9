internal import Domain
internal import HTTPTypes
internal import JSON
internal import Service

/// The description of the interface as OpenAPI 3.1, written from the route table.
enum OpenAPIDocument {
  /// Everything there is, which anybody may ask for.
  static let whole = json(at: "") { _ in true }

  /// The same of a service under a prefix.
  static func whole(at prefix: String) -> [UInt8] { prefix.isEmpty ? whole : json(at: prefix) { _ in true } }

  /// What a caller may do.
  static func json(for caller: Caller, at prefix: String, _ reference: Reference) -> [UInt8] {
    json(at: prefix) { isOpen($0, to: caller, reference) }
  }

  private static func json(at prefix: String, of isOpen: (Route) -> Bool) -> [UInt8] {
    var schemas = Set(Schema.problem.definitions.keys)
    return JSONWriter.object(reserving: 512 << 10) { writer in
      writer.member("openapi", "3.1.0")
      writer.name("info")
      writer.value(info)
      if !prefix.isEmpty {
        writer.array("servers") { writer in
          writer.object { writer in writer.member("url", prefix) }
        }
      }
      writer.object("paths") { writer in
        for (path, items) in paths {
          let open = items.filter { isOpen($0.route) }
          if open.isEmpty { continue }
          writer.object(path) { writer in
            for item in open {
              writer.name(item.route.method.rawValue.lowercased())
              writer.raw(item.json)
              schemas.formUnion(item.schemas)
            }
          }
        }
      }
      writer.name("components")
      writeComponents(schemas, to: &writer)
    }
  }

  /// What the paths refer to: of the schemas those named, and nothing that tells of other paths.
  private static func writeComponents(_ names: Set<String>, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.object("schemas") { writer in
        for (name, json) in definitions where names.contains(name) {
          writer.name(name)
          writer.raw(json)
        }
      }
      writer.name("responses")
      writer.raw(responses)
      writer.name("securitySchemes")
      writer.raw(securitySchemes)
    }
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

  private static let responses = written(OperationObject.sharedRefusals)

  private static let securitySchemes: [UInt8] = {
    let key = JSONObject([
      ("type", .string("http")), ("scheme", .string("bearer")),
      ("description", .string("A key: ntk_, its identity, _, its secret.")),
    ])
    return written(.object(JSONObject([("key", .object(key))])))
  }()

  /// An operation as it stands in the document, and the names of the schemas it refers to.
  private struct Item {
    let route: Route
    let json: [UInt8]
    let schemas: Set<String>

    init(_ route: Route) {
      self.route = route
      json = written(OperationObject(route: route).json)
      schemas = Set(route.operation.schemas.flatMap(\.definitions.keys))
    }
  }

  /// Each operation, once for all.
  private static let paths: [(path: String, items: [Item])] = {
    var paths: [(path: String, items: [Item])] = []
    for route in Routes.all {
      if let index = paths.firstIndex(where: { $0.path == route.template }) {
        paths[index].items.append(Item(route))
      } else {
        paths.append((route.template, [Item(route)]))
      }
    }
    return paths
  }()

  /// The schemas that have a name, by it.
  private static let definitions: [(name: String, json: [UInt8])] = {
    var definitions = Schema.problem.definitions
    for schema in Routes.all.flatMap(\.operation.schemas) {
      definitions.merge(schema.definitions) { first, _ in first }
    }
    return definitions.sorted { $0.key < $1.key }.map { ($0.key, written($0.value)) }
  }()

  private static func written(_ value: JSONValue) -> [UInt8] {
    var writer = JSONWriter(reserving: 16_384)
    writer.value(value)
    return writer.bytes
  }
}

extension Operation {
  /// Of its query, its body and its replies.
  fileprivate var schemas: [Schema] {
    query.map(\.schema) + [body?.schema].compactMap { $0 } + replies.flatMap { $0.contents.compactMap(\.schema) }
  }
}

/// One operation of the document.
struct OperationObject {
  let route: Route

  private typealias Members = [(String, JSONValue)]
  private var operation: Operation { route.operation }

  var json: JSONValue {
    var members: Members = [
      ("operationId", .string(identity)), ("tags", .array([.string(operation.group.rawValue)])),
      ("summary", .string(operation.summary.en)), ("x-summary-id", .string(operation.summary.inIndonesian)),
      ("description", .string(description)),
    ]
    let parameters = path + query + fields
    if !parameters.isEmpty { members.append(("parameters", .array(parameters))) }
    if let body = operation.body { members.append(("requestBody", requestBody(body))) }
    members.append(("responses", .object(JSONObject(replies + unchanged + refusals))))
    members.append(("security", .array(security)))
    members.append(
      (
        "x-codeSamples",
        .array([Self.object([("lang", .string("Shell")), ("source", .string(Cookbook.line(of: route)))])])
      ))
    return Self.object(members)
  }

  private static func object(_ members: Members) -> JSONValue { .object(JSONObject(members)) }

  /// For example `post_v1_cases_id_verifications`.
  var identity: String {
    let words = route.template.split { !$0.isLetter && !$0.isNumber }
    return ([route.method.rawValue.lowercased()] + words.map(String.init)).joined(separator: "_")
  }

  private var description: String {
    [operation.details, "For: \(route.gate.description)."].filter { !$0.isEmpty }.joined(separator: " ")
  }

  private var security: [JSONValue] {
    let key = Self.object([("key", .array([]))])
    // Metrics without a key: to whoever asks on the machine itself.
    switch route.gate {
    case .open, .counted: return []
    case .optionalKey, .administratorOrLocal: return [Self.object([]), key]
    case .anyKey, .anyAgency, .agency, .recording, .administrator: return [key]
    }
  }

  private var path: [JSONValue] {
    route.pathParameters.map { name in
      Self.object([
        ("name", .string(String(name))), ("in", .string("path")), ("required", .bool(true)),
        ("schema", route.schema(ofPathParameter: name).json),
      ])
    }
  }

  private var query: [JSONValue] {
    operation.query.map { parameter in
      var members: Members = [
        ("name", .string(parameter.name)), ("in", .string("query")),
        ("description", .string(parameter.description)), ("schema", parameter.schema.json),
      ]
      if parameter.isRequired { members.append(("required", .bool(true))) }
      if parameter.isList { members += [("style", .string("form")), ("explode", .bool(false))] }
      return Self.object(members)
    }
  }

  private var fields: [JSONValue] {
    func field(_ name: String, _ schema: Schema, _ isRequired: Bool, _ description: String) -> JSONValue {
      Self.object([
        ("name", .string(name)), ("in", .string("header")), ("required", .bool(isRequired)),
        ("description", .string(description)), ("schema", schema.json),
      ])
    }
    var fields = Operation.Need.allCases.filter(operation.needs.contains).map {
      field($0.field, $0.schema, $0.isRequired, $0.description)
    }
    if isTagged {
      fields.append(field("If-None-Match", .string, false, "The ETag of what the client has: 304 when it is the same."))
    }
    return fields
  }

  private func requestBody(_ body: Operation.Body) -> JSONValue {
    let contents: Members = body.contentTypes.map { type in
      guard type != "text/csv" else { return (type, Self.object([("schema", Schema.string.json)])) }
      var members: Members = [("schema", body.schema.json)]
      if let example = operation.example.body.flatMap(parsed) { members.append(("example", example)) }
      return (type, Self.object(members))
    }
    return Self.object([("required", .bool(true)), ("content", Self.object(contents))])
  }

  private func parsed(_ example: String) -> JSONValue? {
    do throws(JSONError) {
      return try JSONValue.parse(Array(Cookbook.sample(example).utf8))
    } catch {
      preconditionFailure("the example of \(identity) is JSON: \(error)")
    }
  }

  private var replies: Members {
    operation.replies.map { reply in
      var members: Members = [("description", .string(reply.description))]
      if !reply.fields.isEmpty {
        let fields: Members = reply.fields.map { name, description in
          (
            name.rawName,
            Self.object([("description", .string(description)), ("schema", Schema.string.json)])
          )
        }
        members.append(("headers", Self.object(fields)))
      }
      if !reply.contents.isEmpty {
        let contents: Members = reply.contents.map { content in
          (content.type, Self.object([("schema", content.schema?.json ?? Schema.string.json)]))
        }
        members.append(("content", Self.object(contents)))
      }
      return (String(reply.status.code), Self.object(members))
    }
  }

  /// What a client learns that has it already.
  private var unchanged: Members {
    isTagged ? [("304", Self.object([("description", .string("What If-None-Match names is what there is."))]))] : []
  }

  private var isTagged: Bool {
    route.method == .get && operation.replies.contains { $0.fields.contains { $0.name == .eTag } }
  }

  /// The problems, by status. Those that any request can meet stand once in the document.
  private var refusals: Members {
    Dictionary(grouping: route.failures) { $0.problem.status.code }.sorted { $0.key < $1.key }.map { status, codes in
      let isShared = codes.allSatisfy { Route.ofEveryRequest.contains($0) }
      return (
        String(status),
        isShared
          ? Self.object([("$ref", .string("#/components/responses/problem_\(status)"))]) : Self.problem(codes)
      )
    }
  }

  /// The answers that any request can meet, by name. Every route has problems of its own with status 400.
  static var sharedRefusals: JSONValue {
    object(
      Dictionary(grouping: Route.ofEveryRequest) { $0.problem.status.code }.filter { $0.key != 400 }.sorted {
        $0.key < $1.key
      }
      .map { ("problem_\($0)", problem($1)) })
  }

  private static func problem(_ codes: [FailureCode]) -> JSONValue {
    let codes = codes.map(\.rawValue).sorted()
    let schema = Schema.allOf([.problem, .object([.always("code", .codes(codes))])])
    let content = object([("application/problem+json", object([("schema", schema.json)]))])
    return object([("description", .string(codes.joined(separator: ", "))), ("content", content)])
  }
}
