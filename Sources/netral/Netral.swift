internal import ArgumentParser
internal import Domain
internal import Foundation

/// The program: one subcommand per file.
@main
struct Netral: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "netral",
    abstract: "Shares cases of civil-servant neutrality violations among five agencies.",
    discussion:
      "Settings are taken from flags, else from the environment (NETRAL_PORT, …), else from a file, else defaults.",
    version: netralVersion,
    subcommands: [
      Serve.self, Migrate.self, Key.self, ListRoutes.self, Demo.self, SyncCommand.self, ConfigCommand.self,
      BackupCommand.self, RecordCommand.self, KeysCommand.self, Restore.self, Doctor.self, WitnessCommand.self,
      OpenCommand.self, RegisterCommand.self,
    ])

  /// Runs the subcommand. What goes wrong is told in one line, which no usage text buries.
  static func main() async {
    // libdispatch tells syslog of each thread whose priority it may not raise. Nothing is lost by that, and nothing else of
    // the program speaks to syslog.
    setlogmask(1 << LOG_EMERG)
    do {
      let command = try await asyncParseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        var command = command
        try command.run()
      }
    } catch {
      let code = exitCode(for: error)
      // Help and version are asked for, and not wrong.
      if code.isSuccess { exit(withError: error) }
      // The command has said all there is to say.
      if let code = error as? ExitCode { exit(withError: code) }
      let text = (error as? Failure)?.detail.en ?? message(for: error)
      let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      FileHandle.standardError.write(Data("Error: \(line)\n".utf8))
      if let failure = error as? StatusFailure { exit(withError: ExitCode(failure.status)) }
      exit(withError: code)
    }
  }
}
