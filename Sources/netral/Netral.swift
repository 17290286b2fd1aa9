internal import ArgumentParser

/// The program: one subcommand per file.
@main
struct Netral: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "netral",
    abstract: "Shares cases of civil-servant neutrality violations among five agencies.",
    discussion:
      "Settings are taken from flags, else from the environment (NETRAL_DATABASE, NETRAL_PORT, …), else defaults.",
    version: "0.1.0",
    subcommands: [Serve.self, Migrate.self, Key.self, ListRoutes.self, Demo.self])
}
