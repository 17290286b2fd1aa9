internal import Domain

/// Fields as a page shows them: named, with choices, with what was entered and what is wrong with it.
struct FormView {
  let app: AppCall
  /// What a field holds, by its name.
  var values: [String: String] = [:]
  /// What is wrong, by the name of the field.
  var errors: [String: String] = [:]
  /// What a field held when the form was made, by its name, where only what has changed is sent.
  var was: [String: String] = [:]
  /// Says what an empty choice means.
  var nothing = LocalizedText(en: "–", inIndonesian: "–")

  private var text: PageText { app.text }

  /// For the template `fields`.
  func context(_ fields: [FormField]) -> [PageShell.Context] { fields.map(context) }

  /// For the template `form`: fields of one object stand together.
  func groups(_ fields: [FormField]) -> [PageShell.Context] {
    var groups: [(object: String?, fields: [FormField])] = []
    for field in fields {
      let object = field.path.count > 1 ? field.path[0] : nil
      if let last = groups.indices.last, groups[last].object == object {
        groups[last].fields.append(field)
      } else {
        groups.append((object, [field]))
      }
    }
    return groups.map { object, fields in
      var context: PageShell.Context = ["fields": self.context(fields)]
      if let object { context["legend"] = text(Self.legend(object)) }
      return context
    }
  }

  private func context(_ field: FormField) -> PageShell.Context {
    let value = values[field.name] ?? ""
    var context: PageShell.Context = [
      "key": Self.key(field.name), "name": field.name, "value": value, "required": field.isRequired,
      "label": text(Words.name(of: field.path.count > 1 ? field.name : field.path[0])),
    ]
    if let was = was[field.name] { (context["hasWas"], context["was"]) = (true, was) }
    let error = errors[field.name]
    if let error { context["error"] = error }
    let hint = hint(field)
    if let hint { context["hint"] = hint }
    let key = Self.key(field.name)
    let described = (hint == nil ? [] : ["\(key)-hint"]) + (error == nil ? [] : ["\(key)-error"])
    if !described.isEmpty { context["described"] = described.joined(separator: " ") }
    if let codes = choices(field) {
      context["choice"] = true
      context["options"] = options(codes, value, field)
      return context
    }
    switch field.kind {
    case .prose, .lines, .rows: context["area"] = true
    case .line(let max):
      (context["input"], context["type"], context["max"]) = (true, "text", max)
      if Self.personal.contains(field.path.last ?? "") { context["off"] = true }
    case .date: (context["input"], context["type"]) = (true, "date")
    case .number: (context["input"], context["type"]) = (true, "number")
    case .flag, .choice: break
    }
    return context
  }

  /// What a browser does not offer again to whoever sits there next.
  private static let personal: Set<String> = ["name", "nip", "nik", "contact", "q"]

  static func key(_ name: String) -> String { "f-" + name.replacing(".", with: "-") }

  // MARK: Choices

  private func choices(_ field: FormField) -> [String]? {
    let member = field.path.last ?? ""
    switch field.kind {
    case .choice(let codes): return codes
    case .flag: return ["true", "false"]
    case .line: break
    default: return nil
    }
    let reference = app.reference
    switch member {
    case "violation": return reference.violations.keys.sorted()
    case "category": return Violation.categories
    case "sanction", "proposed_sanction": return reference.sanctions.keys.sorted()
    case "election": return reference.elections.keys.sorted(by: >)
    case "reported_by", "imported_by", "on_behalf_of", "agency": return reference.agencies.keys.sorted()
    default: return nil
    }
  }

  private func options(_ codes: [String], _ value: String, _ field: FormField) -> [PageShell.Context] {
    var all: [PageShell.Context] = [["value": "", "label": text(nothing), "selected": value.isEmpty]]
    // What an address written by hand asks for stays as it is.
    let known = codes.contains(value) || value.isEmpty ? codes : codes + [value]
    for code in known {
      all.append(["value": code, "label": label(of: code, field), "selected": code == value])
    }
    return all
  }

  private func label(of code: String, _ field: FormField) -> String {
    if case .flag = field.kind {
      return text(
        code == "true" ? LocalizedText(en: "Yes", inIndonesian: "Ya") : LocalizedText(en: "No", inIndonesian: "Tidak"))
    }
    let member = Self.vocabulary(of: field)
    return code.split(separator: ",").map { code in
      let code = String(code)
      guard let label = Words.label(of: code, in: member, app.reference, on: app.today) else { return code }
      let isLaw = ["violation", "sanction", "proposed_sanction"].contains(member)
      return isLaw ? "\(code) \(text(label))" : text(label)
    }.joined(separator: ", ")
  }

  /// The vocabulary that a field's codes are of.
  private static func vocabulary(of field: FormField) -> String {
    switch field.name {
    case "source.kind", "patch.source.kind": "source_kind"
    case "kind": "clock"
    default: field.path.last ?? ""
    }
  }

  // MARK: Words

  private static func legend(_ object: String) -> LocalizedText {
    switch object {
    case "subject": LocalizedText(en: "The person", inIndonesian: "Orang terlapor")
    case "act": LocalizedText(en: "The act", inIndonesian: "Perbuatan")
    case "source": LocalizedText(en: "Where it comes from", inIndonesian: "Sumber laporan")
    case "reporter": LocalizedText(en: "The reporter", inIndonesian: "Pelapor")
    case "patch": LocalizedText(en: "What is to be changed", inIndonesian: "Yang dimintakan berubah")
    default: Words.name(of: object)
    }
  }

  private func hint(_ field: FormField) -> String? {
    switch field.kind {
    case .lines: return text(LocalizedText(en: "One on each line.", inIndonesian: "Satu pada setiap baris."))
    case .rows(let members):
      let names = members.map { text(Words.name(of: $0)) }.joined(separator: "; ")
      return text(LocalizedText(en: "On each line", inIndonesian: "Pada setiap baris")) + ": " + names
    default: break
    }
    switch field.path.last {
    case "region":
      return text(
        LocalizedText(en: "Code, for example 33 or 33.09.", inIndonesian: "Kode, misalnya 33 atau 33.09."))
    case "institution":
      return text(LocalizedText(en: "Code, for example 33.09.", inIndonesian: "Kode, misalnya 33.09."))
    case "nip": return text(LocalizedText(en: "18 digits.", inIndonesian: "18 angka."))
    case "nik": return text(LocalizedText(en: "16 digits.", inIndonesian: "16 angka."))
    default: return nil
    }
  }
}

/// A refusal as a page tells it.
struct RefusalView {
  let failure: Failure
  let text: PageText
  /// The fields that the page has, to which what is wrong can be tied.
  var fields: [FormField] = []

  /// For the templates `form` and `refusal`.
  var context: PageShell.Context {
    let problem = failure.code.problem
    let errors = failure.errors.map { error -> PageShell.Context in
      var context: PageShell.Context = ["detail": text(error.detail)]
      let name = name(of: error)
      context["place"] = name.map { text(Words.name(of: $0)) } ?? "–"
      if let name, fields.contains(where: { $0.name == name }) { context["key"] = FormView.key(name) }
      return context
    }
    return [
      "title": text(problem.title), "detail": text(failure.detail), "code": failure.code.rawValue,
      "explanation": text(problem.explanation), "hasErrors": !errors.isEmpty, "errors": errors,
    ]
  }

  /// What is wrong, by the name of the field.
  var errors: [String: String] {
    Dictionary(
      failure.errors.compactMap { error in name(of: error).map { ($0, text(error.detail)) } },
      uniquingKeysWith: { first, _ in first })
  }

  /// The field that an error is about: members alone, without places in lists, and no deeper than the page's fields go.
  private func name(of error: FieldError) -> String? {
    guard let pointer = error.pointer else { return error.parameter }
    let names = pointer.split(separator: "/").filter { Int($0) == nil }
    if names.isEmpty { return nil }
    let paths = (1...names.count).reversed().map { names.prefix($0).joined(separator: ".") }
    return paths.first { path in fields.contains { $0.name == path } } ?? paths.first
  }
}
