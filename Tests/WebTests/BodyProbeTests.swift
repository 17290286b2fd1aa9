internal import Domain
internal import JSON
internal import TestSupport
internal import Testing
internal import Web

/// The description of bodies beside what reads them.
@Suite("Every body that is described", .serialized)
struct BodyProbeTests {
  /// What is wrong with a value whatever else the body says.
  private static let ofForm: Set = ["type", "length", "format", "unknown", "required", "range"]

  /// What a rule beside the schema may say of a value that the schema takes, by the end of its pointer.
  private static let ruled: [String: Set<String>] = [
    // 32 bytes in base64.
    "public_key": ["format"],
    // Of an open reporter the name; of a subject one of two numbers, or the word that there is none.
    "reporter/name": ["required"], "subject/nip": ["required"],
    // An address, a network, a date or a time: forms that no short pattern has.
    "urls/0": ["format"], "source_url": ["format"], "networks/0": ["format"], "until": ["format"],
    "updated_from": ["format"], "updated_until": ["format"],
    // Codes that exist today are told of as of a parameter in an address.
    "violation": ["format"], "category": ["format"], "election": ["format"], "institution": ["format"],
    "reported_by": ["format"], "imported_by": ["format"],
  ]
  /// The day of receipt is settled here, and then nothing else may stand beside it: that is said first.
  private static let settled = "/patch/source/received_on"

  @Test("is read as it is described: what is in bounds is taken, what is outside is named", arguments: try bodies())
  func agree(_ name: String) async throws {
    try await withService { visitor in
      let document = try visitor.ask("GET", "/openapi.json", []).json
      let check = SchemaCheck(document: document)
      let trial = try Trial(visitor, document, name)
      var count = 0
      for (type, schema, base) in trial.bodies {
        for probe in BodyProbes(schema, over: base, check).all {
          let errors = try trial.errors(probe.body, type)
          let here = errors.filter { $0.pointer == probe.pointer || $0.pointer.hasPrefix(probe.pointer + "/") }
          let place = "\(name) \(type) \(probe.pointer) \(probe.what)"
          if probe.isTaken {
            let allowed = Self.ruled.first { probe.pointer.hasSuffix("/\($0.key)") }?.value ?? []
            let wrong = here.filter {
              $0.pointer == probe.pointer && Self.ofForm.subtracting(allowed).contains($0.code)
            }
            #expect(wrong.isEmpty, "\(place): \(wrong)")
          } else if probe.pointer != Self.settled {
            #expect(!here.isEmpty, "\(place): \(errors)")
          }
          count += 1
        }
      }
      #expect(count > 5, "\(name)")
    }
  }

  /// Every operation with a body of JSON.
  static func bodies() throws -> [String] {
    let none: Set = ["GET", "DELETE"]
    return routeTable().filter {
      !none.contains($0.method)
        && !["/v1/admin/backups", "/v1/record/cosignatures", "/v1/cases/{id}/evidence", "/v1/evidence-files/{sha256}"]
          .contains($0.path)
    }
    .map { "\($0.method) \($0.path)" }
  }
}

/// Requests to one operation that leave nothing behind.
private final class Trial {
  let bodies: [(type: String, schema: JSONValue, base: JSONValue)]
  private let visitor: Visitor
  private let (method, target, who): (String, String, String)
  private let operation: JSONValue
  private let etag: String
  /// What is tried with the key of the reporting agency.
  private static let reporters: Set = [
    "/v1/cases", "/v1/imports", "/v1/cases/{id}", "/v1/cases/{id}/correction-requests",
  ]

  init(_ visitor: Visitor, _ document: JSONValue, _ name: String) throws {
    self.visitor = visitor
    let parts = name.split(separator: " ").map(String.init)
    let path = parts[1]
    operation = document["paths"][path][parts[0].lowercased()]
    let isOfCase = path.contains("/cases/{id}")
    let address = isOfCase ? try visitor.makeCase() : ""
    who = path.contains("/admin/") ? "OPERATOR" : Self.reporters.contains(path) ? "BAWASLU" : "BKN"
    etag = isOfCase ? try visitor.etag(address, as: AgencyCode(rawValue: who)) : ""
    if path.contains("{n}") {
      let wish = #"{"patch":{"motives":["family"]},"reason":"Sesuai berkas."}"#
      let made = try visitor.post("\(address)/correction-requests", as: .panrb, wish)
      guard made.status == 201 else { throw Unexpected(made) }
    }
    let isTried = operation["parameters"].items.contains { $0["name"].string == "dry_run" }
    let whole = path.replacing("/v1/cases/{id}", with: address).replacing("{n}", with: "1")
      .replacing("{kind}", with: "holidays").replacing("{agency}", with: "BKN")
      .replacing("{sha256}", with: String(repeating: "0", count: 64))
    var key = ""
    if path.contains("/keys/{id}") {
      key =
        try visitor.ask(
          as: "OPERATOR", "POST", "/v1/admin/keys", #"{"agency":"BKN","label":"uji","scopes":["cases:read"]}"#,
          [visitor.freshKey()]
        ).json["id"].string ?? ""
    }
    (method, target) = (parts[0], whole.replacing("{id}", with: key) + (isTried ? "?dry_run=true" : ""))
    let check = SchemaCheck(document: document)
    bodies = try operation["requestBody"]["content"].members.compactMap { type, content in
      guard type != "text/csv" else { return nil }
      let isLines = type == "application/x-ndjson"
      var schema = content[isLines ? "x-itemSchema" : "schema"]
      if let kind = path.contains("{kind}") ? "Holiday" : path.hasSuffix("mandates") ? "Mandate" : nil {
        // The schema of the whole names the rows of every kind.
        schema = .object(
          JSONObject([
            ("type", .string("array")), ("minItems", .number(JSONNumber(1))),
            ("items", .object(JSONObject([("$ref", .string("#/components/schemas/\(kind)Row"))]))),
          ]))
      }
      var base = BodyProbes(.null, over: .null, check).sample(schema)
      if case .string(let text) = content["example"] { base = try JSONValue.parse(Array(text.utf8)) }
      if content.has("example"), !isLines { base = content["example"] }
      return (type, schema, base)
    }
  }

  /// What is wrong with a body, field by field.
  func errors(_ body: JSONValue, _ type: String) throws -> [(pointer: String, code: String)] {
    var writer = JSONWriter()
    writer.value(body)
    let fields = [("Content-Type", type), visitor.freshKey()] + (etag.isEmpty ? [] : [("If-Match", etag)])
    let answer = try visitor.ask(
      as: who, method, target, String(decoding: writer.bytes, as: UTF8.self) + "\n", fields)
    var problems = answer.status == 422 ? [answer.json] : []
    if answer.status == 200, type == "application/x-ndjson" {
      problems = answer.lines.compactMap { (try? JSONValue.parse(Array($0.utf8)))?["problem"] }
    }
    // A cursor is no matter of form.
    let isCursor = answer.json["code"].string == "invalid_cursor"
    #expect((answer.status != 400 || isCursor) && answer.status < 500, "\(method) \(target) \(answer.text.prefix(300))")
    return problems.flatMap { problem in
      problem["errors"].items.map {
        (($0["pointer"].string ?? "").replacing(/^\/lines\/1/, with: ""), $0["code"].string ?? "")
      }
    }
  }
}
