internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON
internal import Service

/// Forms: what they hold is tried before it is sent, and what is refused keeps what was entered.
struct FormRoutes {
  let app: AppCall
  let form: PageForm
  /// The case that it is about; nil for a new one.
  let id: Substring?
  let item: String?

  /// GET and POST /app/cases/{id}/forms/{form}: `item` where the form is about one of several.
  ///
  /// - Throws: `not_found` for a form that there is not.
  static func ofCase(_ app: AppCall) throws(Failure) -> FormRoutes {
    guard let form = app.call.parameters.last.flatMap({ PageForm.all[String($0)] }) else { throw .notFound }
    return FormRoutes(app: app, form: form, id: app.call.parameters.first, item: app.call.query["item"])
  }

  /// GET and POST /app/cases/new
  static func report(_ app: AppCall) throws(Failure) -> FormRoutes {
    guard let form = PageForm.report else { throw .notFound }
    return FormRoutes(app: app, form: form, id: nil, item: nil)
  }

  /// GET and POST /app/operation/{form}: `item` where it is about a key.
  ///
  /// - Throws: `not_found` for a form that there is not.
  static func ofOperator(_ app: AppCall) throws(Failure) -> FormRoutes {
    guard let form = app.call.parameters.last.flatMap({ PageForm.ofOperator[String($0)] }) else { throw .notFound }
    return FormRoutes(app: app, form: form, id: nil, item: app.call.query["item"])
  }

  private var isOfOperator: Bool { form.template.hasPrefix("/v1/admin") }

  /// What a page of the form shows beside its fields.
  private struct Page {
    var values: [String: String] = [:]
    var was: [String: String] = [:]
    var failure: Failure?
    var preview: PageTable?
    var news: PageTable?
    var intent: String
    var status: HTTPResponse.Status = .ok
  }

  /// The empty form, or with the facts as they are.
  func show() async throws -> Answer {
    _ = try target()
    let current = try await current()
    let facts = facts(of: current)
    var values = facts
    if form.fields.contains(where: { $0.name == "occurred_on" }) { values["occurred_on"] = app.today.description }
    for name in ["acts", "case_id"] where app.call.query[name] != nil { values[name] = app.call.query[name] }
    return page(Page(values: values, was: facts, intent: app.newIntent()), current)
  }

  /// A form that was sent: `step` is `preview` or `send`.
  func take(_ sent: SentForm) async throws -> Answer {
    let target = try target()
    let current = try await current()
    let fields = form.fields(redacted: redacted(current))
    var page = Page(intent: sent["intent"] ?? app.newIntent())
    for field in fields {
      page.values[field.name] = sent[field.name] ?? ""
      if form.isFact(field) { page.was[field.name] = sent["was.\(field.name)"] ?? "" }
    }
    if sent.isOfAnotherSession {
      (page.failure, page.status) = (SentForm.refused, SentForm.refused.code.problem.status)
      page.intent = app.newIntent()
      return self.page(page, current, etag: sent["etag"], version: sent["version"])
    }
    let isPreview = sent["step"] != "send"
    do {
      let answer = try await app.ask(
        form.method, isPreview ? "\(target)?dry_run=true" : target, fields: heads(sent, page.intent),
        body: form.operation.body == nil ? nil : form.body(sent, fields))
      guard isPreview else { return try done(answer) }
      page.preview = try preview(Shown(answer), current)
    } catch let failure as Failure {
      page.failure = failure
      page.status = failure.code.problem.status
      // The next attempt is another one.
      if failure.code != .busy { page.intent = app.newIntent() }
      if failure.code == .versionMismatch { try await tellNews(&page, since: sent["version"], fields, current) }
      return self.page(page, current)
    }
    return self.page(page, current, etag: sent["etag"], version: sent["version"])
  }

  // MARK: Asking

  private func target() throws(Failure) -> String { try form.target(id ?? "", item: item) }

  /// The case as it is.
  private func current() async throws -> Shown {
    guard let id, app.holds(.casesRead) else { return Shown(.null) }
    return try await app.json("/v1/cases/\(id)")
  }

  private func redacted(_ current: Shown) -> [String] { current["redacted"].items.compactMap(\.text) }

  private func heads(_ sent: SentForm, _ intent: String) -> [(name: HTTPField.Name, value: String)] {
    let needs = form.operation.needs
    var fields: [(name: HTTPField.Name, value: String)] = []
    if !needs.isDisjoint(with: [.idempotencyKey, .optionalIdempotencyKey]) { fields.append((.idempotencyKey, intent)) }
    if needs.contains(.entityTag), let etag = sent["etag"] { fields.append((.ifMatch, etag)) }
    return fields
  }

  private func done(_ answer: Answer) throws -> Answer {
    if isOfOperator {
      let made = try Shown(answer)
      // The text of a key is told once, and stands in no address.
      if made["key"].text != nil || made["token"].text != nil { return try told(made) }
      return AppPage.redirect(to: "\(AppPlace.operation.rawValue)?done=\(form.name)")
    }
    let path = answer.fields.first { $0.name == .location }.map { $0.value.replacing("/v1/", with: "/app/") }
    return AppPage.redirect(to: "\(path ?? "/app/cases/\(id ?? "")")?done=\(form.name)")
  }

  /// A new key.
  private func told(_ made: Shown) throws -> Answer {
    let text = app.text
    var table = CaseTables(app).differences(Shown(.null), made)
    table.columns = [table.columns[0], table.columns[2]]
    table.rows = table.rows.map { [$0[0], $0[2]] }
    table.caption = text(form.operation.summary)
    let said = LocalizedText(
      en: "Hand the key over now: it is shown this once, and nobody can look it up.",
      inIndonesian: "Serahkan kunci ini sekarang: hanya ditampilkan sekali dan tidak dapat dilihat lagi.")
    return AppPage(app: app, place: .operatorKeys).answer(
      text(form.operation.summary), "list", ["said": text(said), "tables": [table.context]])
  }

  /// The facts that the form can change, as its fields hold them.
  private func facts(of current: Shown) -> [String: String] {
    var facts: [String: String] = [:]
    for field in form.fields(redacted: redacted(current)) where form.isFact(field) {
      facts[field.name] = field.text(current.at(form.factPath(field)))
    }
    return facts
  }

  /// Says what has happened since the form was made, and takes over what nobody has entered otherwise.
  private func tellNews(_ page: inout Page, since version: String?, _ fields: [FormField], _ current: Shown)
    async throws
  {
    guard let id, let version = version.flatMap({ Int($0) }) else { return }
    let history = try await app.json("/v1/cases/\(id)/history")
    let events = history["items"].items.filter { $0["version"].int ?? 0 > version }
    let title = LocalizedText(
      en: "What has changed since you opened this form", inIndonesian: "Yang berubah sejak formulir ini dibuka")
    page.news = CaseTables(app).timeline(events, caption: app.text(title))
    for (name, value) in facts(of: current) {
      if page.values[name] == page.was[name] { page.values[name] = value }
      page.was[name] = value
    }
  }

  // MARK: Showing

  private func preview(_ tried: Shown, _ current: Shown) -> PageTable {
    let before = current.isNull || tried["redacted"].isNull ? Shown(.null) : current
    return CaseTables(app).differences(before, tried)
  }

  private func page(_ page: Page, _ current: Shown, etag: String? = nil, version: String? = nil) -> Answer {
    let text = app.text
    let fields = form.fields(redacted: redacted(current))
    let refusal = page.failure.map { RefusalView(failure: $0, text: text, fields: fields) }
    let view = FormView(app: app, values: page.values, errors: refusal?.errors ?? [:], was: page.was)
    var context: PageShell.Context = [
      "groups": view.groups(fields), "action": action, "intent": page.intent,
    ]
    if let etag = etag ?? current.etag { context["etag"] = etag }
    if let version = version ?? current["version"].int.map({ String($0) }) { context["version"] = version }
    if let refusal { context["problem"] = refusal.context }
    if let preview = page.preview { context["preview"] = preview.context }
    if let news = page.news { context["news"] = news.context }
    if let id {
      context["about"] =
        [
          "href": "/app/cases/\(id)", "name": current["number"].text ?? String(id),
          "detail": current["stage"].text.flatMap { Stage(rawValue: $0) }.map { text($0.label) } ?? "",
        ] as PageShell.Context
    }
    return AppPage(app: app, place: isOfOperator ? .operation : .cases).answer(
      text(form.operation.summary), "form", context, status: page.status)
  }

  private var action: String {
    let rest = item.map { "?item=\(Query.encode($0))" } ?? ""
    if isOfOperator { return "/app/operation/\(form.name)\(rest)" }
    guard let id else { return "/app/cases/new" }
    return "/app/cases/\(id)/forms/\(form.name)\(rest)"
  }
}

extension AppCall {
  /// A key for one intent of somebody who fills in a form: sent twice, it is done once.
  func newIntent() -> String {
    var bytes: [UInt8] = []
    for _ in 0..<2 { withUnsafeBytes(of: call.site.random()) { bytes.append(contentsOf: $0) } }
    return "form-" + Base32.encode(bytes)
  }
}
