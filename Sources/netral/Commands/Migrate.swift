internal import ArgumentParser
internal import Storage

/// `netral migrate`
struct Migrate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Creates the database file or brings an older one up to date (a copy is kept beside it).")

  @OptionGroup var options: DatabaseOptions

  func run() async throws {
    let config = try Config(options)
    let store = try openStore(config, instead: "nothing: the server has migrated the file when it started")
    try store.close()
    try printLines(["\(config.database) is up to date"])
  }
}
