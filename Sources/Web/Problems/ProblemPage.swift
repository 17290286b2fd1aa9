internal import Domain
internal import HTTPTypes

/// What each problem means, and what to do about it.
enum ProblemPage {
  /// GET /docs/problems/{code}: the page behind a problem's `type`.
  static func page(_ code: FailureCode) -> DocumentationPage {
    let problem = code.problem
    return DocumentationPage(path: "/docs/problems/\(code.rawValue)", title: problem.title, template: "problem") {
      text in
      let routes = Route.ofEveryRequest.contains(code) ? [] : Routes.all.filter { $0.failures.contains(code) }
      let places = routes.map { route -> PageShell.Context in
        [
          "href": DocumentationPage.address(of: route.operation, text), "summary": text(route.operation.summary),
          "request": "\(route.method.rawValue) \(route.template)",
        ]
      }
      return [
        "code": code.rawValue, "status": problem.status.code, "explanation": text(problem.explanation),
        "places": places, "hasPlaces": !places.isEmpty,
      ]
    }
  }

  /// GET /docs/problems: every problem, by status.
  static let list = DocumentationPage(
    path: "/docs/problems", title: LocalizedText(en: "Problems", inIndonesian: "Masalah"), template: "problems"
  ) { text in
    let codes = FailureCode.allCases.sorted {
      ($0.problem.status.code, $0.rawValue) < ($1.problem.status.code, $1.rawValue)
    }
    let rows = codes.map { code -> PageShell.Context in
      [
        "status": code.problem.status.code, "code": code.rawValue, "title": text(code.problem.title),
        "href": DocumentationPage.address("/docs/problems/\(code.rawValue)", text),
      ]
    }
    return ["problems": rows, "shapes": ShapeTables(text: text, page: .problems).ofPage]
  }
}
