internal import Domain
internal import HTTPServer
internal import HTTPTypes

/// The documentation behind each problem's `type`.
enum ProblemPages {
  static func show(_ exchange: Exchange) async throws -> Answer {
    _ = try Query(exchange.request.query, knowing: [])
    guard let code = exchange.parameters.first.flatMap({ FailureCode(rawValue: String($0)) }) else {
      throw Failure.notFound
    }
    let title = Problem.title(code)
    // Titles are texts of this program: nothing here comes from a client.
    let page = """
      <!doctype html>
      <html lang="en"><meta charset="utf-8"><title>\(code.rawValue)</title>
      <h1>\(title.en)</h1>
      <p lang="id">\(title.id)</p>
      <p>Problem code <code>\(code.rawValue)</code>, answered with HTTP status \(Problem.status(code).code).</p>
      </html>

      """
    var answer = Answer(contentType: "text/html; charset=utf-8", body: .bytes(Array(page.utf8)))
    if let policy = HTTPField.Name("Content-Security-Policy") {
      answer.fields.append(Response.Field(name: policy, value: "default-src 'none'"))
    }
    return answer
  }
}
