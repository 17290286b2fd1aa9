internal import Foundation
internal import Glibc
internal import JSON

/// One reading of flags, environment and file: the configuration, where each value came from, and everything that is
/// wrong, and not only the first of it.
struct ConfigReading {
  /// Where a value came from.
  enum Source: String {
    case standard = "default"
    case file
    case environment
    case flag
  }

  /// Names the file of settings; itself no setting.
  static let fileVariable = "NETRAL_CONFIG"
  /// Variables that are not the server's but stand in its environment: the seed of a run of tests or of `scripts/soak`,
  /// which start servers of their own, and the address for `netral sync`, set beside it in `deploy/`.
  static let foreignVariables: Set = ["NETRAL_SEED", "NETRAL_SERVER"]
  /// Longest file: all settings take some 2 KiB.
  private static let fileBytesMax = 1 << 20

  private(set) var config = Config()
  private(set) var sources: [String: Source] = [:]
  /// One line each, which names the setting and where it was given.
  private(set) var problems: [String] = []

  /// A flag that sets something, as it was given.
  struct Flag {
    let name: String
    let text: String

    init?(_ name: String, _ value: (some CustomStringConvertible)?) {
      guard let value else { return nil }
      (self.name, text) = (name, value.description)
    }
  }

  /// - Parameters:
  ///   - flags: by the names of the settings.
  ///   - file: the flag that names a file; the environment is asked when it is nil.
  init(
    flags: [String: Flag], file: String?, environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    let path = file ?? environment[Self.fileVariable]
    let members = path.map { readFile($0) } ?? [:]
    for setting in Setting.all {
      // From the weakest to the strongest, which stays. One that is hidden today is looked at, too: it counts as soon as
      // the stronger one goes.
      if let value = members[setting.name] {
        take(setting, .json(value), from: .file, named: "\(Self.plain(path ?? "")): \(setting.name)")
      }
      if let text = environment[setting.variable] {
        take(setting, .text(text), from: .environment, named: setting.variable)
      }
      if let flag = flags[setting.name] { take(setting, .text(flag.text), from: .flag, named: flag.name) }
    }
    let known = Self.foreignVariables.union(Setting.all.map(\.variable)).union([Self.fileVariable])
    for name in environment.keys.filter({ $0.hasPrefix("NETRAL_") && !known.contains($0) }).sorted() {
      let refusal = Setting.refusal(of: name.dropFirst("NETRAL_".count).lowercased())
      problems.append("\(Self.excerpt(name)): \(refusal)")
    }
  }

  private mutating func take(_ setting: Setting, _ given: Setting.Given, from source: Source, named name: String) {
    if setting.take(given, &config) {
      sources[setting.name] = source
    } else {
      problems.append("\(name): give \(setting.expected)")
    }
  }

  /// The members of the file; unknown ones are problems.
  private mutating func readFile(_ file: String) -> [String: JSONValue] {
    let path = Self.plain(file)
    let bytes: Data
    do {
      guard let handle = try Self.open(file) else {
        problems.append("\(path): cannot be read: it is no regular file")
        return [:]
      }
      bytes = try handle.read(upToCount: Self.fileBytesMax + 1) ?? Data()
    } catch {
      problems.append("\(path): cannot be read")
      return [:]
    }
    guard bytes.count <= Self.fileBytesMax else {
      problems.append("\(path): is too long for a file of settings")
      return [:]
    }
    let value: JSONValue
    do {
      value = try JSONValue.parse([UInt8](bytes))
    } catch {
      let key = error.pointer.isEmpty ? "" : "\(Self.excerpt(String(error.pointer.dropFirst()))): "
      problems.append("\(path): \(key)\(error)")
      return [:]
    }
    guard case .object(let object) = value else {
      problems.append("\(path): give one JSON object")
      return [:]
    }
    let known = Set(Setting.all.map(\.name))
    for member in object.members where !known.contains(member.name) {
      problems.append("\(path): \(Self.excerpt(member.name)): \(Setting.refusal(of: member.name))")
    }
    return Dictionary(object.members.map { ($0.name, $0.value) }) { first, _ in first }
  }

  /// Opens a regular file, and waits for nobody at the other end of a pipe; nil for anything else, or none.
  private static func open(_ path: String) throws -> FileHandle? {
    let descriptor = Glibc.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw CocoaError(.fileReadUnknown) }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? handle : nil
  }

  /// A name that nobody has checked, for a line of its own.
  private static func excerpt(_ name: String) -> String {
    let plain = name.unicodeScalars.prefix(60).map { (" "..."~").contains($0) ? Character($0) : "?" }
    return String(plain)
  }

  /// A path that nobody has checked, in one line.
  private static func plain(_ path: String) -> String {
    String(path.unicodeScalars.map { isPlain($0) ? Character($0) : "?" })
  }

  /// False for what ends a line or moves the cursor of a terminal.
  static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: false
    default: true
    }
  }
}
