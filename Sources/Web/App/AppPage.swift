internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import Service

/// The pages behind a sign-in, as they are led to.
enum AppPlace: String, CaseIterable {
  case overview = "/app"
  case cases = "/app/cases"
  case clocks = "/app/clocks"
  case figures = "/app/figures"
  case keys = "/app/keys"
  case retention = "/app/retention"
  case record = "/app/record"
  case operation = "/app/operation"
  case operatorKeys = "/app/operator-keys"
  case reference = "/app/reference"

  var name: LocalizedText {
    switch self {
    case .overview: LocalizedText(en: "Overview", inIndonesian: "Ikhtisar")
    case .cases: LocalizedText(en: "Cases", inIndonesian: "Kasus")
    case .clocks: LocalizedText(en: "Overdue", inIndonesian: "Tenggat terlewat")
    case .figures: LocalizedText(en: "Figures", inIndonesian: "Angka")
    case .keys, .operatorKeys: LocalizedText(en: "Keys", inIndonesian: "Kunci")
    case .retention: LocalizedText(en: "Retention", inIndonesian: "Retensi")
    case .record: LocalizedText(en: "The record", inIndonesian: "Catatan")
    case .operation: LocalizedText(en: "Operation", inIndonesian: "Operasi")
    case .reference: LocalizedText(en: "Reference data", inIndonesian: "Data referensi")
    }
  }

  /// Whether it is for whoever has signed in: an operator sees no case, and an agency no operation.
  func isOpen(to caller: Caller) -> Bool {
    let isOperator = caller.agency == nil
    return switch self {
    case .operation, .operatorKeys, .reference: isOperator
    case .overview, .cases, .clocks, .figures, .keys: !isOperator
    case .retention, .record: true
    }
  }
}

/// A page behind a sign-in.
struct AppPage {
  typealias Context = PageShell.Context

  let app: AppCall
  let place: AppPlace?

  /// The page as an answer.
  ///
  /// - Parameters:
  ///   - template: the name of the template of the body.
  ///   - context: what it shows.
  func answer(
    _ title: String, _ template: String, _ context: Context, status: HTTPResponse.Status = .ok
  ) -> Answer {
    let text = app.text
    let places = AppPlace.allCases.filter { $0.isOpen(to: app.caller) }.map { place -> Context in
      ["href": place.rawValue, "name": text(place.name), "current": place == self.place]
    }
    let path = app.call.site.paths.plain(app.call.request.path)
    let query = app.query
    let isGet = app.call.request.method == .get
    let frame: Context = [
      "title": title, "places": places, "token": app.session.formToken,
      "who": app.caller.agency?.rawValue ?? text(LocalizedText(en: "Operator", inIndonesian: "Operator")),
      "keyLabel": app.caller.key.label,
      "otherLanguage":
        "\(isGet ? String(path) : "/app")?\(isGet && !query.isEmpty ? query + "&" : "")lang=\(text.language == .english ? "id" : "en")",
    ]
    let html = PageShell.html(
      frame, "app", template, context.merging(["token": app.session.formToken]) { own, _ in own }, in: text.language)
    return Self.answer(html, app.call, status)
  }

  /// A page that nobody keeps, whose forms come back to this service.
  static func answer(_ html: [UInt8], _ call: Call, _ status: HTTPResponse.Status = .ok) -> Answer {
    Answer(
      status: status, contentType: "text/html; charset=utf-8", fields: fields,
      body: .bytes(call.site.paths.prefixingLinks(in: html)))
  }

  /// Pictures and videos are those of the service; nothing runs, nobody frames a page, no form goes elsewhere.
  private static let fields = [
    Response.Field(
      name: .contentSecurityPolicy,
      value: "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; base-uri 'none'; "
        + "form-action 'self'; frame-ancestors 'none'"),
    Response.Field(name: .referrerPolicy, value: "same-origin"),
  ]

  /// Leads on to another page after something was done (RFC 9110, 15.4.4).
  static func redirect(to path: String, _ fields: [Response.Field] = []) -> Answer {
    Answer(
      status: .seeOther, fields: [Response.Field(name: .location, value: path)] + fields)
  }
}

/// A table of a page.
struct PageTable {
  /// A cell: words, and where they lead.
  struct Cell {
    var text: String
    var href: String?
    var note: String?
    /// In percent of the longest bar; nil for none.
    var bar: Int?
    /// In percent of the width: a share between the ends of its interval.
    var interval: (low: Int, share: Int, high: Int)?
    var isNumber = false

    init(_ text: String, href: String? = nil, note: String? = nil, bar: Int? = nil, isNumber: Bool = false) {
      (self.text, self.href, self.note, self.bar, self.isNumber) = (text, href, note, bar, isNumber)
    }

    fileprivate var context: PageShell.Context {
      var context: PageShell.Context = ["text": text, "isNumber": isNumber]
      if let href { context["href"] = href }
      if let note { context["note"] = note }
      if let bar { context["bar"] = ["width": max(0, min(100, bar))] }
      if let interval {
        context["interval"] = ["low": interval.low, "share": interval.share, "high": interval.high]
      }
      return context
    }
  }

  var caption: String
  var columns: [(name: String, isNumber: Bool)]
  var rows: [[Cell]]
  /// What stands in place of no row.
  var empty: String

  /// For the template `table`.
  var context: PageShell.Context {
    [
      "caption": caption, "hasRows": !rows.isEmpty, "empty": empty, "cards": columns.count > 3,
      "columns": columns.map { ["name": $0.name, "isNumber": $0.isNumber] },
      "rows": rows.map { row -> PageShell.Context in
        // Where there is no room for columns, each cell says what it is.
        let cells = zip(row, columns).dropFirst().map { cell, column in
          cell.context.merging(["name": column.name]) { own, _ in own }
        }
        return ["head": row.first.map { [$0.context] } ?? [], "cells": cells] as PageShell.Context
      },
    ]
  }
}
