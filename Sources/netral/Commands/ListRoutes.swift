internal import ArgumentParser
internal import Web

/// `netral routes`
struct ListRoutes: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "routes", abstract: "Prints every endpoint: method, path, and who may use it.")

  @OptionGroup var options: DatabaseOptions
  @Flag(help: "Prints every endpoint as one line of curl instead, for the demo data.")
  var cookbook = false

  func run() async throws {
    if cookbook { return try printLines(cookbookLines()) }
    try printLines((routeTable() + pageTable()).map { "\($0.method.padding(8))\($0.path.padding(64))\($0.gate)" })
  }
}

extension String {
  /// Blanks up to a width.
  fileprivate func padding(_ width: Int) -> String {
    self + String(repeating: " ", count: max(1, width - count))
  }
}
