internal import Domain
internal import HTTPTypes
internal import JSON
internal import Service

/// What is done through a form: an operation of the interface, with the fields that it takes.
struct PageForm: Sendable {
  /// As it stands in the address of the page.
  let name: String
  let method: HTTPRequest.Method
  /// The route under `/v1`.
  let template: String
  let operation: Operation
  private let gate: Gate
  let fields: [FormField]
  /// Where the facts of a case stand in the body; nil where it holds none.
  let facts: [String]?

  private init?(_ name: String, _ method: HTTPRequest.Method, _ template: String, facts: [String]? = nil) {
    // A key's identifier is called `id` there, as a case's is.
    let known = template.replacing("{key}", with: "{id}")
    guard let route = Routes.all.first(where: { $0.method == method && $0.template == known }) else { return nil }
    (self.name, self.method, self.template, self.facts) = (name, method, template, facts)
    (operation, gate) = (route.operation, route.gate)
    fields = operation.body?.contents.first.map { FormField.all(of: $0.schema) } ?? []
  }

  /// Recording a report.
  static let report = PageForm("new", .post, "/v1/cases")

  /// Every form about a case, by its name.
  static let all: [String: PageForm] = {
    let acts = ActionKind.allCases.map { PageForm($0.rawValue, .post, "/v1/cases/{id}/\($0.rawValue)") }
    let others = [
      PageForm("correction", .patch, "/v1/cases/{id}", facts: []),
      PageForm("correction-requests", .post, "/v1/cases/{id}/correction-requests", facts: ["patch"]),
      PageForm("acceptance", .post, "/v1/cases/{id}/correction-requests/{n}/acceptance"),
      PageForm("refusal", .post, "/v1/cases/{id}/correction-requests/{n}/refusal"),
      PageForm("links", .post, "/v1/cases/{id}/links"),
      PageForm("confirmations", .post, "/v1/cases/{id}/confirmations"),
      PageForm("erasures", .post, "/v1/cases/{id}/erasures"),
      PageForm("retention-holds", .post, "/v1/cases/{id}/retention-holds"),
      PageForm("release", .post, "/v1/cases/{id}/retention-holds/{n}/release"),
      PageForm("withdrawal", .post, "/v1/cases/{id}/evidence/{sha256}/withdrawal"),
    ]
    return Dictionary((acts + others).compactMap { $0 }.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }()

  /// Why it is not for whoever has signed in; nil where it is.
  func refusal(of caller: Caller) -> Failure? {
    do throws(Failure) {
      try caller.pass(gate)
      return nil
    } catch {
      return error
    }
  }

  /// Every form of an operator, by its name.
  static let ofOperator: [String: PageForm] = {
    let forms = [
      PageForm("key", .post, "/v1/admin/keys"), PageForm("rotation", .post, "/v1/admin/keys/{key}/rotation"),
      PageForm("revocation", .delete, "/v1/admin/keys/{key}"), PageForm("backup", .post, "/v1/admin/backups"),
    ]
    return Dictionary(forms.compactMap { $0 }.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }()

  /// Whether it is about one of several things, which the address names as `item`.
  var hasItem: Bool { template.firstRange(of: /{(n|sha256|key)}/) != nil }

  /// The address at the interface.
  ///
  /// - Throws: `not_found` for what names no such thing.
  func target(_ id: Substring, item: String?) throws(Failure) -> String {
    let path = template.replacing("{id}", with: id)
    guard hasItem else { return path }
    guard let item, !item.isEmpty, item.utf8.allSatisfy(PathSpelling.isUnreserved) else { throw .notFound }
    return path.replacing(/{(n|sha256|key)}/, with: item)
  }

  /// Whether a field holds a fact of the case.
  func isFact(_ field: FormField) -> Bool {
    guard let facts, field.path.starts(with: facts) else { return false }
    return CaseField.all.contains { $0.path.starts(with: factPath(field)) }
  }

  /// Where a fact stands in a case.
  func factPath(_ field: FormField) -> [String] { Array(field.path.dropFirst(facts?.count ?? 0)) }

  /// The fields that a form shows: a fact that is withheld is nothing to be corrected by who cannot read it.
  func fields(redacted: [String]) -> [FormField] {
    fields.filter { field in
      guard isFact(field) else { return true }
      let path = factPath(field)
      return !CaseField.all.contains { $0.path.starts(with: path) && redacted.contains($0.group.rawValue) }
    }
  }

  /// The body that a form says. Of facts only what somebody has changed is sent; a fact that was emptied goes away.
  func body(_ form: SentForm, _ fields: [FormField]) -> JSONValue {
    var body = JSONObject()
    for field in fields {
      let entered = form[field.name]
      if isFact(field) {
        guard entered != form["was.\(field.name)"] else { continue }
        body.set(field.json(entered) ?? .null, at: field.path[...])
      } else if let value = field.json(entered) {
        body.set(value, at: field.path[...])
      } else if field.isRequired, field.path.count == 2, body[field.path[0]] == nil {
        // What is missing is then told of the field, and not of the object that it is a member of.
        body[field.path[0]] = .object(JSONObject())
      }
    }
    return .object(body)
  }
}

/// What differs between two states of a case, for people.
struct ShownDifference {
  private static let passedOver: Set<String> = ["version", "seq", "updated_at", "created_at"]

  /// The places where two answers differ, in the order of the second.
  static func between(_ old: Shown, _ new: Shown) -> [(path: [String], before: Shown, after: Shown)] {
    var differences: [(path: [String], before: Shown, after: Shown)] = []
    collect(old, new, [], &differences)
    return differences
  }

  private static func collect(
    _ old: Shown, _ new: Shown, _ path: [String], _ all: inout [(path: [String], before: Shown, after: Shown)]
  ) {
    if old.value == new.value { return }
    let (before, after) = (members(old), members(new))
    guard !before.isEmpty || !after.isEmpty else {
      all.append((path, old, new))
      return
    }
    let names = after.map(\.name) + before.map(\.name).filter { name in !after.contains { $0.name == name } }
    for name in names where !passedOver.contains(name) {
      collect(
        before.first { $0.name == name }?.value ?? Shown(.null), after.first { $0.name == name }?.value ?? Shown(.null),
        path + [name], &all)
    }
  }

  /// Members of an object; the items of a list by their kind, as clocks have it.
  private static func members(_ shown: Shown) -> [(name: String, value: Shown)] {
    let items = shown.items
    guard !items.isEmpty, items.allSatisfy({ $0["kind"].text != nil }) else { return shown.members }
    return items.map { ($0["kind"].text ?? "", $0) }
  }
}
