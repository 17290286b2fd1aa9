internal import Domain
internal import Mustache

/// A page for people: what stands around every one, in the language that was asked for.
struct PageShell {
  /// The pages that every page leads to.
  enum Place: String, CaseIterable {
    case home = "/"
    case forms = "/forms"
    case data = "/data"
    case codes = "/codes"
    case docs = "/docs"
    case app = "/app/sign-in"

    var name: LocalizedText {
      switch self {
      case .home: LocalizedText(en: "Figures", inIndonesian: "Angka")
      case .forms: LocalizedText(en: "What is a breach", inIndonesian: "Bentuk pelanggaran")
      case .data: LocalizedText(en: "Open data", inIndonesian: "Data terbuka")
      case .codes: LocalizedText(en: "Codes", inIndonesian: "Kode")
      case .docs: LocalizedText(en: "Documentation", inIndonesian: "Dokumentasi")
      case .app: LocalizedText(en: "For agencies", inIndonesian: "Untuk lembaga")
      }
    }
  }

  /// Members of a template's context.
  typealias Context = [String: Any]

  let text: PageText
  /// Nil for a page that is none of them.
  let place: Place?
  /// The path of the page; nil for that of its place.
  var path: String?
  /// The query of the page without its language, beginning with `&` where there is any.
  let query: String

  /// The page.
  ///
  /// - Parameters:
  ///   - template: the name of the template of the body.
  ///   - context: what it shows.
  func html(_ title: LocalizedText, _ template: String, _ context: Context) -> [UInt8] {
    let places = Place.allCases.map { place -> Context in
      [
        "href": place == .docs ? DocumentationPage.address(place.rawValue, text) : place.rawValue + langQuery,
        "name": text(place.name), "current": place == self.place && (path == nil || path == place.rawValue),
      ]
    }
    let other = text.language == .english ? "lang=id" : "lang=en"
    let frame: Context = [
      "title": text(title), "langQuery": langQuery, "places": places,
      "otherLanguage": "\(path ?? place?.rawValue ?? "/")?\(other)\(query)", "figures": place != .docs && place != .app,
    ]
    return Self.html(frame, "shell", template, context, in: text.language)
  }

  /// A body within its frame.
  ///
  /// - Parameters:
  ///   - frame: what the frame shows.
  ///   - shell: the name of the template of the frame.
  ///   - template: that of the body.
  ///   - context: what the body shows.
  static func html(
    _ frame: Context, _ shell: String, _ template: String, _ context: Context, in language: Language
  ) -> [UInt8] {
    let languages: Context = [
      "lang": language.tag, "id": language == .indonesian, "en": language == .english,
    ]
    var frame = frame.merging(languages) { own, _ in own }
    frame["body"] = library.render(context.merging(languages) { own, _ in own }, withTemplate: template) ?? ""
    return Array((library.render(frame, withTemplate: shell) ?? "").utf8)
  }

  /// What an address within the pages ends in, so that the language stays.
  var langQuery: String { text.language == .english ? "?lang=en" : "" }

  /// The templates, which are a part of the program.
  private static let library: MustacheLibrary = {
    let sources = [
      "shell": PackageResources.shell_mustache, "home": PackageResources.home_mustache,
      "forms": PackageResources.forms_mustache, "docs": PackageResources.docs_mustache,
      "docs_menu": PackageResources.docs_menu_mustache, "group": PackageResources.group_mustache,
      "group_shapes": PackageResources.group_shapes_mustache,
      "members": PackageResources.members_mustache, "words": PackageResources.words_mustache,
      "shapes": PackageResources.shapes_mustache, "refusals": PackageResources.refusals_mustache,
      "cookbook": PackageResources.cookbook_mustache, "problem": PackageResources.problem_mustache,
      "problems": PackageResources.problems_mustache,
      "codes": PackageResources.codes_mustache, "codelist": PackageResources.codelist_mustache,
      "data": PackageResources.data_mustache,
      "app": PackageResources.app_mustache,
      "signin": PackageResources.signin_mustache, "table": PackageResources.table_mustache,
      "fields": PackageResources.fields_mustache, "list": PackageResources.list_mustache,
      "form": PackageResources.form_mustache, "refusal": PackageResources.refusal_mustache,
      "case": PackageResources.case_mustache,
    ]
    do {
      return MustacheLibrary(
        templates: try sources.mapValues { try MustacheTemplate(string: String(decoding: $0, as: UTF8.self)) })
    } catch {
      preconditionFailure("a template of a page: \(error)")
    }
  }()
}

/// Words, numbers and dates as a page writes them.
struct PageText {
  let language: Language

  /// The value of `lang`.
  enum Choice: String, CaseIterable {
    case id, en
  }

  /// Indonesian, unless English is asked for.
  ///
  /// - Throws: `invalid_parameter`.
  init(_ call: Call) throws(Failure) {
    self.init(try call.query.code("lang", Choice.self) == .en ? .english : .indonesian)
  }

  /// What is asked for, or else what `Accept-Language` prefers.
  ///
  /// - Throws: `invalid_parameter`.
  init(preferredBy call: Call) throws(Failure) {
    let choice = try call.query.code("lang", Choice.self)
    self.init(choice.map { $0 == .en ? .english : .indonesian } ?? call.language)
  }

  init(_ language: Language) { self.language = language }

  func callAsFunction(_ text: LocalizedText) -> String { text.text(in: language) }

  /// With a separator between each three digits; a dash where nothing is told.
  func number(_ number: Int?) -> String {
    guard let number else { return "–" }
    let digits = String(abs(number))
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { text += language == .english ? "," : "." }
      text.append(digit)
    }
    return number < 0 ? "-" + text : text
  }

  /// Of a count that is shown, to one place.
  func percent(_ count: Int?, of base: Int?) -> String {
    guard let count, let base, base > 0 else { return "–" }
    let tenths = (min(count, base) * 2_000 + base) / (2 * base)
    return "\(tenths / 10)\(language == .english ? "." : ",")\(tenths % 10) %"
  }

  func date(_ date: LegalDate) -> String {
    let parts = date.description.split(separator: "-")
    guard parts.count == 3, let month = Int(parts[1]), let day = Int(parts[2]) else { return date.description }
    return "\(day) \((language == .english ? Self.english : Self.indonesian)[month - 1]) \(parts[0])"
  }

  /// Of the clock of Jakarta (WIB).
  func instant(_ instant: Timestamp) -> String {
    let seconds = (instant.milliseconds / 1_000 + 7 * 3_600) % 86_400
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let (hours, minutes) = (two(seconds / 3_600), two(seconds / 60 % 60))
    let time = language == .english ? "\(hours):\(minutes)" : "\(hours).\(minutes)"
    return "\(date(LegalDate(inJakarta: instant))), \(time) WIB"
  }

  /// To at most three places.
  func decimal(_ number: Double) -> String {
    let thousandths = Int((abs(number) * 1_000).rounded())
    var places = String(thousandths % 1_000 + 1_000).dropFirst()
    while places.last == "0" { places.removeLast() }
    let whole = self.number(thousandths / 1_000)
    let sign = number < 0 && thousandths > 0 ? "-" : ""
    return places.isEmpty ? sign + whole : "\(sign)\(whole)\(language == .english ? "." : ",")\(places)"
  }

  private static let english = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
  ]
  private static let indonesian = [
    "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November",
    "Desember",
  ]
}
