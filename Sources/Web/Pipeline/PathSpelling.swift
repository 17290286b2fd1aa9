internal import HTTPServer
internal import HTTPTypes

/// The paths of the service as clients spell them: with a prefix or without, percent-encoded where they need not be.
struct PathSpelling: Sendable {
  /// What a proxy puts before every path; empty: nothing.
  let prefix: String

  /// The path as routes are written: without the prefix, and with no unreserved character encoded (RFC 3986, 6.2.2.2).
  func plain(_ path: Substring) -> Substring {
    var path = path
    if !prefix.isEmpty, path.hasPrefix(prefix + "/") { path = path.dropFirst(prefix.count) }
    return path.utf8.contains(UInt8(ascii: "%")) ? Self.decoded(path) : path
  }

  /// Puts the prefix before the paths that an answer's fields name.
  func prefix(_ fields: inout [Response.Field]) {
    if prefix.isEmpty { return }
    for index in fields.indices {
      let value = fields[index].value
      if fields[index].name == .location, value.hasPrefix("/") { fields[index].value = prefix + value }
      if fields[index].name == .link { fields[index].value = value.replacing("</", with: "<\(prefix)/") }
    }
  }

  /// A page whose links lead to this service under its prefix.
  func prefixingLinks(in html: [UInt8]) -> [UInt8] {
    if prefix.isEmpty { return html }
    var text = String(decoding: html, as: UTF8.self)
    for attribute in ["href", "src", "action"] {
      text = text.replacing("\(attribute)=\"/", with: "\(attribute)=\"\(prefix)/")
    }
    return Array(text.utf8)
  }

  private static func decoded(_ path: Substring) -> Substring {
    var bytes: [UInt8] = []
    var rest = path.utf8[...]
    while let byte = rest.popFirst() {
      let digits = rest.prefix(2)
      guard byte == UInt8(ascii: "%"), let code = UInt8(String(Substring(digits)), radix: 16), isUnreserved(code) else {
        bytes.append(byte)
        continue
      }
      bytes.append(code)
      rest = rest.dropFirst(2)
    }
    return Substring(String(decoding: bytes, as: UTF8.self))
  }

  /// Whether a byte stands in an address as it is (RFC 3986, 2.3).
  static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
    default: false
    }
  }
}
