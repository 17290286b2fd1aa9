internal import Domain
internal import HTTPTypes
internal import JSON

/// One operation of the document.
struct OperationObject {
  let route: Route

  private typealias Members = [(String, JSONValue)]
  private var operation: Operation { route.operation }

  var json: JSONValue {
    var members: Members = [
      ("operationId", .string(operation.name)), ("tags", .array([.string(operation.group.rawValue)])),
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

  private var description: String {
    [operation.details, "For: \(route.gate.description)."].filter { !$0.isEmpty }.joined(separator: " ")
  }

  private var security: [JSONValue] {
    let key = Self.object([("key", .array([]))])
    // Metrics without a key: to whoever asks on the machine itself.
    switch route.gate {
    // Pages behind a sign-in are no part of the interface.
    case .open, .counted, .sameOrigin, .session: return []
    case .optionalKey, .administratorOrLocal: return [Self.object([]), key]
    case .anyKey, .anyAgency, .agency, .agencyHolding, .agencyOrAdministrator, .recording, .administrator: return [key]
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
      field($0.field, $0.schema, $0.isRequired, $0.description.en)
    }
    if route.isTagged {
      fields.append(field("If-None-Match", .string, false, "The ETag of what the client has: 304 when it is the same."))
    }
    return fields
  }

  private func requestBody(_ body: Operation.Body) -> JSONValue {
    let contents: Members = body.contents.map { type, schema in
      var members = Self.media(type, schema)
      if let example = operation.example.body, let example = shown(example, as: type, of: body) {
        members.append(("example", example))
      }
      return (type, Self.object(members))
    }
    return Self.object([("required", .bool(true)), ("content", Self.object(contents))])
  }

  /// A representation. One of several lines of JSON is a text for who reads the whole of it: `x-itemSchema` is the shape of
  /// a line (OpenAPI 3.2 calls it `itemSchema`).
  private static func media(_ type: String, _ schema: Schema?) -> Members {
    switch (ListFormat.allCases.first { $0.mediaType == type }, schema) {
    case (.ndjson, let schema?):
      return [
        ("schema", Schema.string.described("Lines of JSON, each as x-itemSchema says.").json),
        ("x-itemSchema", schema.json),
      ]
    case (.xlsx, _): return [("schema", Schema.string.with(("format", .string("binary"))).json)]
    default: return [("schema", (schema ?? .string).json)]
    }
  }

  /// The example in a representation; the first one is that of the example.
  private func shown(_ example: String, as type: String, of body: Operation.Body) -> JSONValue? {
    let isLines = type == ListFormat.ndjson.mediaType
    if isLines != (body.contentTypes.first == ListFormat.ndjson.mediaType) || type == ListFormat.csv.mediaType {
      return nil
    }
    if type == FileType.text.rawValue { return .string(example) }
    if FileType(rawValue: type) != nil || type == "application/octet-stream" { return nil }
    return isLines ? .string(Cookbook.sample(example) + "\n") : parsed(example)
  }

  private func parsed(_ example: String) -> JSONValue? {
    do throws(JSONError) {
      return try JSONValue.parse(Array(Cookbook.sample(example).utf8))
    } catch {
      preconditionFailure("the example of \(operation.name) is JSON: \(error)")
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
          (content.type, Self.object(Self.media(content.type, content.schema)))
        }
        members.append(("content", Self.object(contents)))
      }
      return (String(reply.status.code), Self.object(members))
    }
  }

  /// What a client learns that has it already.
  private var unchanged: Members {
    route.isTagged
      ? [("304", Self.object([("description", .string("What If-None-Match names is what there is."))]))] : []
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

  /// Every problem has one shape; which codes it may have here stands beside it.
  private static func problem(_ codes: [FailureCode]) -> JSONValue {
    let codes = codes.map(\.rawValue).sorted()
    let content = object([("application/problem+json", object([("schema", Schema.problem.json)]))])
    return object([
      ("description", .string(codes.joined(separator: ", "))), ("content", content),
      ("x-problem-codes", .array(codes.map { .string($0) })),
    ])
  }
}
