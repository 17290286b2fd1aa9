internal import ArgumentParser
internal import Foundation

/// Where the service is: the address that `/v1` stands under.
struct ServerAddress {
  /// Without a slash at its end.
  let text: String
  /// True when requests, and the key with them, cross a network in the clear.
  let isUnprotected: Bool

  /// - Throws: `ValidationError` when the text is no http or https address.
  init(_ text: String) throws {
    let refusal = ValidationError("--server: give an address such as https://netral.example.go.id")
    guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(), let host = parts.host,
      ["http", "https"].contains(scheme), !host.isEmpty, parts.query == nil, parts.fragment == nil
    else { throw refusal }
    guard parts.user == nil, parts.password == nil else {
      throw ValidationError("--server: give the address without a name or password; a proxy's go into --curl-config")
    }
    self.text = text.hasSuffix("/") ? String(text.dropLast()) : text
    let bare = host.trimmingCharacters(in: CharacterSet(charactersIn: "[]")).lowercased()
    let isLoopback =
      bare == "localhost" || bare == "::1" || (bare.hasPrefix("127.") && bare.allSatisfy { $0 == "." || $0.isNumber })
    isUnprotected = scheme == "http" && !isLoopback
  }
}

/// A key as it stands in a file. It is never shown, and never an argument of a program.
struct KeyFile {
  let key: String
  /// True when the group may read it, too, and nobody has arranged that on purpose.
  let isReadableByGroup: Bool

  /// - Throws: `ExitFailure` when the file cannot be read, may be read by everybody, or holds no key.
  init(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw ExitFailure("\(path): \(String(cString: strerror(errno)))") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw ExitFailure("\(path): \(String(cString: strerror(errno)))") }
    guard status.st_mode & 0o006 == 0 else {
      throw ExitFailure("\(path): everybody may read this key; make the file private: chmod 600")
    }
    // systemd gives a service its credentials through an access list, which shows as a right of the group.
    let credentials = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"]
    isReadableByGroup = status.st_mode & 0o060 != 0 && credentials.map { !path.hasPrefix($0 + "/") } ?? true
    var bytes = [UInt8](repeating: 0, count: 1_024)
    let count = read(descriptor, &bytes, bytes.count)
    guard count >= 0 else { throw ExitFailure("\(path): \(String(cString: strerror(errno)))") }
    let text = String(decoding: bytes[..<count], as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    guard text.wholeMatch(of: #/ntk_[0-9a-v]{12}_[A-Za-z0-9_-]{43}/#) != nil else {
      throw ExitFailure("\(path): holds no key; put the key alone into it, as netral key create prints it")
    }
    key = text
  }
}
