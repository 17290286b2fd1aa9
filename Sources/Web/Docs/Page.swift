internal import HTTPServer
internal import HTTPTypes

/// A page of the documentation.
enum Page {
  /// Nothing is loaded but the style sheet of this server, nothing runs, nobody frames it.
  static let fields = [
    Response.Field(
      name: .contentSecurityPolicy,
      value: "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    Response.Field(name: .referrerPolicy, value: "no-referrer"),
  ]

  static func html(_ title: String, _ body: String) -> [UInt8] {
    Array(
      """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(escaped(title)) – Netral</title>
      <link rel="stylesheet" href="/docs/style.css">
      </head>
      <body>
      <nav><a href="/docs">Operations</a> <a href="/docs/cookbook">Cookbook</a> <a href="/docs/problems">Problems</a> \
      <a href="/openapi.json">OpenAPI</a></nav>
      <main>
      <h1>\(escaped(title))</h1>
      \(body)
      </main>
      </body>
      </html>

      """.utf8)
  }

  static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }

  static let styleSheet = Array(
    """
    :root { color-scheme: light dark; }
    body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; }
    nav { padding: .75rem 1.5rem; border-bottom: 1px solid #8888; display: flex; gap: 1.5rem; flex-wrap: wrap; }
    main { max-width: 60rem; margin: 0 auto; padding: 0 1.5rem 4rem; }
    h2 { margin-top: 3rem; border-bottom: 1px solid #8888; }
    h3 { margin: 2rem 0 .25rem; font: 600 1rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
    pre { padding: .75rem; overflow-x: auto; border: 1px solid #8888; border-radius: .25rem; }
    code { font: .9rem/1.5 ui-monospace, monospace; }
    table { border-collapse: collapse; width: 100%; }
    th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #8884; }
    td code, li { overflow-wrap: anywhere; }
    a:focus-visible { outline: 2px solid; outline-offset: 2px; }

    """.utf8)
}

extension HTTPField.Name {
  static let contentSecurityPolicy = known("Content-Security-Policy")
  static let referrerPolicy = known("Referrer-Policy")
}
