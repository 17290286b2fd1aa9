internal import Foundation
internal import Glibc
internal import JSON
internal import TestSupport
internal import Testing

@testable internal import netral

/// The settings, apart from any server.
@Suite("settings")
struct SettingTests {
  /// Name and default of every setting in the table of docs/settings.md. A row may hold several, parted by semicolons.
  private func documented() throws -> [String: String] {
    var defaults: [String: String] = [:]
    let lines = try String(contentsOfFile: projectFile("docs/settings.md"), encoding: .utf8).split(separator: "\n")
    for line in lines where line.hasPrefix("| `NETRAL_") {
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      let names = cells[0].matches(of: #/NETRAL_[A-Z_]+/#).map { String($0.0) }
      let values = cells[1].replacing("`", with: "").split(separator: ";").map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      #expect(names.count == values.count, "\(line)")
      for (name, value) in zip(names, values) { #expect(defaults.updateValue(value, forKey: name) == nil, "\(name)") }
    }
    return defaults
  }

  @Test("stand in docs/settings.md with their defaults, and the page names no others")
  func page() throws {
    let documented = try documented()
    var expected = [ConfigReading.fileVariable: "none"]
    for setting in Setting.all {
      expected[setting.variable] = setting.standardWords ?? Self.words(setting)
    }
    for (name, words) in expected { #expect(documented[name] == words, "\(name)") }
    #expect(Set(documented.keys) == Set(expected.keys))
  }

  /// Thousands by commas, except in a port; bytes in the unit they come out even in.
  static func words(_ setting: Setting) -> String {
    let shown = setting.show(Config())
    guard case .number(let number) = shown, setting.name != "port" else { return shown.words }
    if setting.name.contains("bytes") {
      for (unit, size) in [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]
      where number >= size && number % size == 0 { return "\(number / size) \(unit)" }
    }
    return number < 1_000 ? "\(number)" : "\(number / 1_000)," + "\(1_000 + number % 1_000)".dropFirst()
  }

  @Test("have names of their own, in small letters")
  func names() {
    #expect(Set(Setting.all.map(\.name)).count == Setting.all.count)
    for setting in Setting.all { #expect(setting.name.wholeMatch(of: #/[a-z][a-z_]*[a-z]/#) != nil, "\(setting.name)") }
  }

  @Test("are taken from flags, else from the environment, else from the file")
  func precedence() throws {
    let folder = try TemporaryFolder()
    let file = folder.file("settings.json")
    try #"{"port": 1, "host": "::1", "loops": 3, "trusted_proxies": ["10.0.0.0/8", "::1"]}"#
      .write(toFile: file, atomically: true, encoding: .utf8)
    let reading = ConfigReading(
      flags: ["port": try #require(ConfigReading.Flag("--port", 3))], file: nil,
      environment: ["NETRAL_PORT": "2", "NETRAL_HOST": "::2", "NETRAL_CONFIG": file, "PATH": "/bin"])
    #expect(reading.problems.isEmpty)
    #expect(reading.config.port == 3)
    #expect(reading.config.host == "::2")
    #expect(reading.config.loops == 3)
    #expect(reading.config.streamsMax == Config().streamsMax)
    #expect(
      reading.sources == ["port": .flag, "host": .environment, "loops": .file, "trusted_proxies": .file])
    #expect(reading.table.contains("trusted_proxies\t10.0.0.0/8,::1\tfile"))
  }

  @Test(
    "are refused by name when the file is wrong",
    arguments: [
      (#"{"port": "80"}"#, "port: give a number in 0...65535"),
      (#"{"port": 80.5}"#, "port: give a number"),
      (#"{"port": 70000}"#, "port: give a number"),
      (#"{"port": null}"#, "port: give a number"),
      (#"{"database": 7}"#, "database: give a text"), (#"{"database": ""}"#, "database: give a text"),
      (#"{"database": "a\nb"}"#, "database: give a text"),
      (#"{"backup_folder": "a\u2028b"}"#, "backup_folder: give a path"),
      (#"{"backup_folder": "a\u0000"}"#, "backup_folder: give a path"),
      (#"{"host": "nonsense!"}"#, "host: give an address, localhost, or unix: and an absolute path"),
      (#"{"host": ""}"#, "host: give an address"), (#"{"host": "unix:http.sock"}"#, "host: give an address"),
      (#"{"host": "unix:/"}"#, "host: give an address"), (#"{"host": "unix:/a\nb"}"#, "host: give an address"),
      ("{\"host\": \"unix:/\(String(repeating: "x", count: 107))\"}", "at most 107 bytes"),
      (#"{"trusted_proxies": ["10.0.0.0/+8"]}"#, "trusted_proxies: give CIDR blocks"),
      (#"{"trusted_proxies": ["10.0.0.0/"]}"#, "trusted_proxies: give CIDR blocks"),
      (#"{"metrics_local": "true"}"#, "metrics_local: give true or false"),
      (#"{"lane_threads": 4}"#, "lane_threads: is no setting any more, and always 2: take it out"),
      (#"{"trusted_proxies": ["10.0.0.0/33"]}"#, "trusted_proxies: give CIDR blocks"),
      (#"{"trusted_proxies": [1]}"#, "trusted_proxies: give CIDR blocks"),
      (#"{"log_level": "loud"}"#, "log_level: give one of trace"),
      (#"{"ports": 80}"#, "ports: there is no such setting"),
      (#"{"NETRAL_PORT": 80}"#, "NETRAL_PORT: there is no such setting"),
      (#"{"port": 80, "port": 81}"#, "port: a name that occurs twice"),
      (#"["port"]"#, "give one JSON object"), ("", "the text is empty"), ("{\"port\": 80} x", "something follows"),
      ("{\"po\\u000art\": 80}", "po?rt: there is no such setting"),
    ])
  func wrongFile(text: String, words: String) throws {
    let folder = try TemporaryFolder()
    let file = folder.file("settings.json")
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    let problems = ConfigReading(flags: [:], file: file, environment: [:]).problems
    #expect(problems.count == 1)
    #expect(problems.first?.hasPrefix("\(file): ") == true)
    #expect(problems.first?.contains(words) == true, "\(problems)")
  }

  @Test("may name a socket in the file system as the host")
  func socket() {
    let host = "unix:/" + String(repeating: "x", count: 106)
    let reading = ConfigReading(flags: [:], file: nil, environment: ["NETRAL_HOST": host])
    #expect(reading.problems.isEmpty && reading.config.host == host)
  }

  @Test("are looked at in every source, also where a stronger one hides them")
  func hidden() throws {
    let folder = try TemporaryFolder()
    let file = folder.file("settings.json")
    try #"{"port": "x", "trusted_proxies": [1]}"#.write(toFile: file, atomically: true, encoding: .utf8)
    let reading = ConfigReading(
      flags: ["port": try #require(ConfigReading.Flag("--port", 8_080))], file: file,
      environment: ["NETRAL_PORT": "abc", "NETRAL_TRUSTED_PROXIES": "::1"])
    #expect(
      reading.problems == [
        "\(file): port: give a number in 0...65535", "NETRAL_PORT: give a number in 0...65535",
        "\(file): trusted_proxies: give CIDR blocks",
      ])
    let named = ConfigReading(flags: [:], file: "/none\n\u{1B}x", environment: [:])
    #expect(named.problems == ["/none??x: cannot be read"])
  }

  @Test("of which nobody may read the value are shown as asterisks, and a missing one as none")
  func secret() {
    var setting = Setting.text("word", \.host, "a secret word")
    setting.isSecret = true
    #expect(setting.value(in: Config()) == .text("***"))
    let absent = Setting(name: "word", expected: "a text", what: "", isSecret: true) { _, _ in
      false
    } show: { _ in
      .none
    }
    #expect(absent.value(in: Config()) == .none)
  }
}

extension ProgramTests {
  @Suite("with a file of settings")
  struct ConfigFileTests {
    private let folder: TemporaryFolder
    private var file: String { folder.file("settings.json") }

    init() throws { folder = try TemporaryFolder() }

    private func write(_ text: String) throws { try text.write(toFile: file, atomically: true, encoding: .utf8) }

    @Test("serves as it says")
    func serves() throws {
      try write(#"{"database": "\#(folder.file("other.sqlite"))", "port": 0, "loops": 1}"#)
      let server = try RunningServer(folder.file("netral.sqlite"), environment: ["NETRAL_CONFIG": file])
      try server.stop()
      #expect(try folder.names().contains("netral.sqlite"))
      #expect(try netral("migrate", "--config", file).ending == .exit(0))
      #expect(try folder.names().contains("other.sqlite"))
    }

    @Test("names every fault of file and environment in config check, and the first at the start")
    func check() throws {
      try write(#"{"port": "x", "hots": "y"}"#)
      let environment = [
        "NETRAL_CONFIG": file, "NETRAL_PROT": "8080", "NETRAL_LOOPS": "0", "NETRAL_SEED": "7",
        "NETRAL_BODY_BYTES_MAX": "1048576",
      ]
      let checked = try netral("config", "check", environment: environment)
      #expect(checked.ending == .exit(1))
      #expect(checked.errors.isEmpty)
      let lines = Set(checked.output.split(separator: "\n").map(String.init))
      #expect(
        lines == [
          "\(file): hots: there is no such setting", "\(file): port: give a number in 0...65535",
          "NETRAL_LOOPS: give a number in 1...64", "NETRAL_PROT: there is no such setting",
          "NETRAL_BODY_BYTES_MAX: is no setting any more, and always 1 MiB: take it out",
        ])
      expectRefused(try netral("serve", environment: environment), saying: file, "and 4 more", "netral config check")
      #expect(try folder.names() == ["settings.json"])
    }

    @Test("is missing or unreadable: says so", arguments: ["none.json", "."])
    func missing(name: String) throws {
      expectRefused(try netral("serve", "--config", folder.file(name)), saying: name, "cannot be read")
    }

    @Test("is a pipe that nobody writes to: says so, and waits for nobody")
    func pipe() throws {
      #expect(mkfifo(file, 0o600) == 0)
      expectRefused(try netral("serve", "--config", file), saying: file, "no regular file")
      let checked = try netral("config", "check", "--config", file)
      #expect(checked.ending == .exit(1))
      #expect(checked.output == "\(file): cannot be read: it is no regular file\n")
    }

    @Test("is shown with who gave what, for people and for programs")
    func show() throws {
      try write(#"{"streams_max": 7}"#)
      let arguments = ["config", "show", "--config", file, "--port", "81"]
      let table = try run([program] + arguments, environment: ["NETRAL_HOST": "::1"])
      #expect(table.ending == .exit(0))
      let lines = Set(table.output.split(separator: "\n").map(String.init))
      let some: Set = ["streams_max\t7\tfile", "port\t81\tflag", "host\t::1\tenvironment", "log_level\tinfo\tdefault"]
      #expect(lines.isSuperset(of: some))
      let json = try run([program] + arguments + ["--json"])
      let value = try JSONValue.parse(Array(json.output.utf8))
      #expect(value["streams_max"]["value"].int == 7)
      #expect(value["streams_max"]["source"].string == "file")
      #expect(value["metrics_local"]["source"].string == "default")
      #expect(try netral("config", "check", "--config", file).ending == .exit(0))
    }
  }
}
