internal import ArgumentParser
internal import JSON

/// `netral config`
struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Checks the settings, or shows what they come to.",
    subcommands: [Check.self, Show.self])

  /// `netral config check`
  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Reads flags, environment and file as the server would, and names everything that is wrong.",
      discussion: "Exit status: 0 the server would take the settings; 1 it would not, one line for each reason.")

    @OptionGroup var options: ServingOptions

    func run() throws {
      let reading = options.reading
      guard reading.problems.isEmpty else {
        try printLines(reading.problems)
        throw ExitCode(1)
      }
      try printLines(["the settings are in order: \(reading.sources.count) of \(Setting.all.count) are given"])
    }
  }

  /// `netral config show`
  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Prints every setting: name, value, and whether a flag, the environment, the file or nobody gave it.")

    @OptionGroup var options: ServingOptions
    @Flag(help: "Prints JSON.")
    var json = false

    func run() throws {
      let reading = options.reading
      if let problem = reading.problems.first { throw ExitFailure(problem) }
      try printLines(json ? [reading.json] : reading.table)
    }
  }
}

extension ConfigReading {
  /// A line a setting: name, value, source, separated by tabs.
  var table: [String] {
    Setting.all.map { setting in
      [setting.name, setting.value(in: config).words, source(of: setting).rawValue].joined(separator: "\t")
    }
  }

  /// `{"port": {"value": 8080, "source": "default"}, …}`
  var json: String {
    var writer = JSONWriter()
    writer.object { writer in
      for setting in Setting.all {
        writer.object(setting.name) { writer in
          writer.name("value")
          setting.value(in: config).write(to: &writer)
          writer.member("source", source(of: setting).rawValue)
        }
      }
    }
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private func source(of setting: Setting) -> Source { sources[setting.name] ?? .standard }
}
