internal import JSON
internal import Logging

/// One line of the log, without its end. Nothing that stands in a value can end the line, or steer a terminal.
struct LogLine {
  let time: String
  let level: Logger.Level
  let message: String
  let metadata: [(key: String, value: Logger.MetadataValue)]

  /// `TIME LEVEL MESSAGE NAME=VALUE …`
  var text: [UInt8] {
    var line = "\(time) \(level.rawValue) \(message)"
    for (name, value) in metadata { line += " \(name)=\(value)" }
    return Self.withoutControls(line)
  }

  /// `{"time":…,"level":…,"message":…,…}`: numbers and flags are such, everything else is text.
  var json: [UInt8] {
    JSONWriter.object { writer in
      writer.member("time", time)
      writer.member("level", level.rawValue)
      writer.member("message", Self.clean(message))
      for (name, value) in metadata {
        // A name that stands there already would be a second one, of which readers keep either.
        writer.name(Self.clean(["time", "level", "message"].contains(name) ? "metadata_\(name)" : name))
        Self.write(value, to: &writer)
      }
    }
  }

  private static func write(_ value: Logger.MetadataValue, to writer: inout JSONWriter) {
    switch value {
    case .string(let text): writer.string(clean(text))
    case .stringConvertible(let number as Int): writer.int(number)
    case .stringConvertible(let number as UInt16): writer.int(Int(number))
    case .stringConvertible(let number as Double) where number.isFinite: writer.number(number)
    case .stringConvertible(let flag as Bool): writer.bool(flag)
    case .stringConvertible(let other): writer.string(clean("\(other)"))
    case .array(let items):
      writer.array(of: items) { writer, item in write(item, to: &writer) }
    case .dictionary(let members):
      writer.object { writer in
        for (name, item) in members.sorted(by: { $0.key < $1.key }) {
          writer.name(clean(name))
          write(item, to: &writer)
        }
      }
    }
  }

  private static func clean(_ text: String) -> String {
    let isClean = text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
    return isClean ? text : String(decoding: withoutControls(text), as: UTF8.self)
  }

  /// The text with a space for every control character (C0, DEL, C1), separator of lines and change of writing direction.
  private static func withoutControls(_ text: String) -> [UInt8] {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return Array(text.utf8) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: bytes.append(0x20)
      default: bytes.append(contentsOf: String(scalar).utf8)
      }
    }
    return bytes
  }
}
