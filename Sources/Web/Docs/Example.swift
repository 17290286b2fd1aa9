/// A request that is shown, and run by a test, as one line of curl.
///
/// `$today`, `$id` and other variables are the shell's, as `Cookbook` sets them.
struct Example: Sendable {
  /// Whose key is used; nil for none.
  let key: String?
  /// What is done before on the same line, for example `id=$(some received)`.
  let setup: String?
  /// Values of the path's parameters.
  let path: [String]
  let query: String?
  let body: String?
  /// A command whose output is sent as the body.
  let pipe: String?
  /// Further fields, each `Name: value`.
  let fields: [String]
  /// What of the answer later examples refer to: the variable, and where its value stands (a jq path).
  let keeps: (variable: String, place: String)?

  init(
    _ key: String?, setup: String? = nil, path: [String] = [], query: String? = nil, body: String? = nil,
    pipe: String? = nil, fields: [String] = [], keeps: (variable: String, place: String)? = nil
  ) {
    self.key = key
    self.setup = setup
    self.path = path
    self.query = query
    self.body = body
    self.pipe = pipe
    self.fields = fields
    self.keeps = keeps
  }
}
