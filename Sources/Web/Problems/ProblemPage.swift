internal import Domain
internal import HTTPTypes

/// What each problem means, and what to do about it.
enum ProblemPage {
  static func html(_ code: FailureCode) -> [UInt8] {
    let problem = code.problem
    let routes = Route.ofEveryRequest.contains(code) ? [] : Routes.all.filter { $0.failures.contains(code) }
    let places = routes.map { route in
      "<li><a href=\"/docs#\(route.operation.name)\">\(route.method.rawValue) \(route.template)</a></li>"
    }
    let list =
      places.isEmpty
      ? "<p>Any request can meet it.</p>" : "<h2>Where</h2>\n<ul>\n\(places.joined(separator: "\n"))\n</ul>"
    return Page.html(
      problem.title.en,
      """
      <p>Problem code <code>\(code.rawValue)</code>, answered with HTTP status \(problem.status.code).</p>
      <p>\(Page.escaped(problem.explanation.en))</p>
      <section lang="id">
      <h2>\(Page.escaped(problem.title.inIndonesian))</h2>
      <p>\(Page.escaped(problem.explanation.inIndonesian))</p>
      </section>
      \(list)
      """)
  }

  /// Every problem, by status.
  static let list: [UInt8] = {
    let codes = FailureCode.allCases.sorted {
      ($0.problem.status.code, $0.rawValue) < ($1.problem.status.code, $1.rawValue)
    }
    let rows = codes.map { code in
      let problem = code.problem
      return """
        <tr><td>\(problem.status.code)</td>\
        <td><a href="/docs/problems/\(code.rawValue)"><code>\(code.rawValue)</code></a></td>\
        <td>\(Page.escaped(problem.title.en))</td><td lang="id">\(Page.escaped(problem.title.inIndonesian))</td></tr>
        """
    }
    return Page.html(
      "Problems",
      """
      <p>Errors are problem documents (RFC 9457). <code>code</code> is stable; <code>detail</code> speaks the language of \
      <code>Accept-Language</code>; <code>errors</code> points to each wrong field.</p>
      <table><tr><th>Status</th><th>Code</th><th>Title</th><th lang="id">Judul</th></tr>
      \(rows.joined(separator: "\n"))
      </table>
      """)
  }()
}
