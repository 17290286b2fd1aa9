internal import HTTPServer
internal import JSON
internal import Logging
internal import Web

/// One setting: its name, what it may be, where it stands in the configuration, and what a table says of it.
struct Setting: Sendable {
  /// In a file; the environment has it in capitals after `NETRAL_`.
  let name: String
  /// What to give, for a refusal and for help.
  let expected: String
  /// One sentence part: what it is.
  let what: String
  /// What a table shows instead of the default, where that depends on the machine.
  var standardWords: String?
  /// True when nobody may read the value on a screen.
  var isSecret = false
  /// Takes a value over; false when it is none.
  let take: @Sendable (Given, inout Config) -> Bool
  /// The value as it stands.
  let show: @Sendable (Config) -> Shown

  /// A value as somebody gave it.
  enum Given: Sendable {
    case text(String)
    case json(JSONValue)
  }

  /// A value as it is shown.
  enum Shown: Sendable, Equatable {
    case none
    case text(String)
    case number(Int)
    case flag(Bool)
    case list([String])
  }

  /// Its name in the environment.
  var variable: String { "NETRAL_" + name.uppercased() }

  /// The value, unless nobody may read it.
  func value(in config: Config) -> Shown {
    let shown = show(config)
    return isSecret && shown != .none ? .text("***") : shown
  }
}

// MARK: Kinds

extension Setting {
  typealias Place<Value> = any WritableKeyPath<Config, Value> & Sendable

  static func text(_ name: String, _ place: Place<String>, _ what: String) -> Setting {
    Setting(name: name, expected: "a text, not empty and without control characters", what: what) { given, config in
      guard let text = given.plainText else { return false }
      config[keyPath: place] = text
      return true
    } show: {
      .text($0[keyPath: place])
    }
  }

  /// Where to listen: what `Server.Configuration.host` takes.
  static func host(_ name: String, _ place: Place<String>, _ what: String) -> Setting {
    let expected = "an address, localhost, or unix: and an absolute path of at most \(SocketPath.bytesMax) bytes"
    return Setting(name: name, expected: expected, what: what) { given, config in
      guard let text = given.plainText,
        text == "localhost" || PeerAddress(text) != nil || SocketPath(host: text) != nil
      else { return false }
      config[keyPath: place] = text
      return true
    } show: {
      .text($0[keyPath: place])
    }
  }

  /// A path that may be absent.
  static func path(_ name: String, _ place: Place<String?>, _ what: String) -> Setting {
    Setting(name: name, expected: "a path, not empty and without control characters", what: what) { given, config in
      guard let text = given.plainText else { return false }
      config[keyPath: place] = text
      return true
    } show: {
      $0[keyPath: place].map { .text($0) } ?? .none
    }
  }

  /// A path under which a proxy serves; it may be absent.
  static func pathPrefix(_ name: String, _ place: Place<String?>, _ what: String) -> Setting {
    let expected = "/ and letters, digits, -, ., _ or ~, as /netral, with no slash at the end"
    return Setting(name: name, expected: expected, what: what) { given, config in
      guard let text = given.plainText, text.wholeMatch(of: #/(/[A-Za-z0-9._~-]+)+/#) != nil else { return false }
      config[keyPath: place] = text
      return true
    } show: {
      $0[keyPath: place].map { .text($0) } ?? .none
    }
  }

  static func int<Number: FixedWidthInteger & Sendable>(
    _ name: String, _ place: Place<Number>, _ range: ClosedRange<Int>, _ what: String
  ) -> Setting {
    number(name, range, what) {
      $0[keyPath: place] = Number($1)
    } show: {
      .number(Int($0[keyPath: place]))
    }
  }

  static func seconds(_ name: String, _ place: Place<Duration>, _ range: ClosedRange<Int>, _ what: String) -> Setting {
    number(name, range, what) {
      $0[keyPath: place] = .seconds($1)
    } show: {
      .number(Int($0[keyPath: place].components.seconds))
    }
  }

  static func flag(_ name: String, _ place: Place<Bool>, _ what: String) -> Setting {
    Setting(name: name, expected: "true or false", what: what) { given, config in
      switch given {
      case .text("true"), .json(.bool(true)): config[keyPath: place] = true
      case .text("false"), .json(.bool(false)): config[keyPath: place] = false
      default: return false
      }
      return true
    } show: {
      .flag($0[keyPath: place])
    }
  }

  static func code<Code: RawRepresentable & CaseIterable>(_ name: String, _ place: Place<Code>, _ what: String)
    -> Setting where Code.RawValue == String, Code: SendableMetatype
  {
    let codes = Code.allCases.map(\.rawValue).joined(separator: ", ")
    return Setting(name: name, expected: "one of \(codes)", what: what) { given, config in
      guard let code = given.text.flatMap(Code.init(rawValue:)) else { return false }
      config[keyPath: place] = code
      return true
    } show: {
      .text($0[keyPath: place].rawValue)
    }
  }

  static func networks(_ name: String, _ place: Place<[Network]>, _ what: String) -> Setting {
    Setting(name: name, expected: "CIDR blocks", what: what) { given, config in
      guard let texts = given.texts else { return false }
      let networks = texts.compactMap { Network($0) }
      config[keyPath: place] = networks
      return networks.count == texts.count
    } show: {
      .list($0[keyPath: place].map(\.text))
    }
  }

  private static func number(
    _ name: String, _ range: ClosedRange<Int>, _ what: String,
    set: @escaping @Sendable (inout Config, Int) -> Void, show: @escaping @Sendable (Config) -> Shown
  ) -> Setting {
    let expected = "a number in \(range.lowerBound)...\(range.upperBound)"
    return Setting(name: name, expected: expected, what: what) { given, config in
      guard let number = given.int, range.contains(number) else { return false }
      set(&config, number)
      return true
    } show: {
      show($0)
    }
  }
}

extension Setting.Given {
  fileprivate var text: String? {
    switch self {
    case .text(let text), .json(.string(let text)): text
    case .json: nil
    }
  }

  /// A text that stays in its cell of a table and in its line of a log, and that C reads to its end; nil for any other.
  fileprivate var plainText: String? {
    guard let text, !text.isEmpty, text.unicodeScalars.allSatisfy(ConfigReading.isPlain) else { return nil }
    return text
  }

  fileprivate var int: Int? {
    switch self {
    case .text(let text): Int(text)
    case .json(.number(let number)): number.int
    case .json: nil
    }
  }

  /// A text separated by commas, or an array of texts.
  fileprivate var texts: [String]? {
    switch self {
    case .text(let text): return text.split(separator: ",").map(String.init)
    case .json(.array(let elements)):
      let texts = elements.compactMap { if case .string(let text) = $0 { text } else { nil } }
      return texts.count == elements.count ? texts : nil
    case .json: return nil
    }
  }
}

// MARK: Shown

extension Setting.Shown {
  /// As one would give it.
  var words: String {
    switch self {
    case .none: "none"
    case .text(let text): text
    case .number(let number): "\(number)"
    case .flag(let flag): "\(flag)"
    case .list(let texts): texts.isEmpty ? "none" : texts.joined(separator: ",")
    }
  }

  /// For programs.
  func write(to writer: inout JSONWriter) {
    switch self {
    case .none: writer.null()
    case .text(let text): writer.string(text)
    case .number(let number): writer.int(number)
    case .flag(let flag): writer.bool(flag)
    case .list(let texts):
      writer.strings(texts)
    }
  }
}
