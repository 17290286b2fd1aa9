internal import ArgumentParser
internal import Domain
internal import Foundation
internal import JSON
internal import SealedReporters
internal import Storage

/// `netral open`
struct OpenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "open",
    abstract: "Shows reporters that are sealed to an agency's key, and answers the challenge of its registration.",
    discussion: """
      Reads cases as the service gives them, a case, a page or lines of them, from files or standard input, and writes each \
      with its reporter opened, a line a case. Of the answer 202 to PUT /v1/agencies/CODE/sealing-key it makes the body \
      that is to be sent next. Nothing leaves this machine. What was sealed to a key that is lost cannot be opened by \
      anybody. Exit status 3: some of what is sealed was not opened.
      """)

  @Option(help: "The file of the private key, which only its owner may read.")
  var privateKey: String
  @Flag(help: "Makes the private key, and prints its public one; a key that is there stays.")
  var new = false
  @Option(help: "The number of the report when it was sealed, where a correction has changed it since.")
  var agencyRef: String?
  @Argument(help: "Files; none, or -, reads standard input.")
  var files: [String] = []

  func run() throws {
    if new { return try makeKey() }
    let key = try loadKey()
    var isComplete = true
    for file in files.isEmpty ? ["-"] : files {
      for document in try documents(in: file) {
        for line in try lines(of: document, key, &isComplete) { try printLines([line]) }
      }
    }
    if !isComplete { throw ExitCode(3) }
  }

  // MARK: The key

  private func makeKey() throws {
    let key: SealingPrivateKey
    if access(privateKey, F_OK) == 0 {
      key = try loadKey()
    } else {
      key = SealingPrivateKey()
      try DurableFile.write(Array("\(key.text)\n".utf8), to: privateKey, replacing: false)
    }
    try printLines([try key.publicKey.text])
  }

  private func loadKey() throws -> SealingPrivateKey {
    var status = stat()
    guard stat(privateKey, &status) == 0, let data = FileManager.default.contents(atPath: privateKey) else {
      throw ExitFailure("\(privateKey): cannot be read; --new makes a key")
    }
    guard status.st_mode & 0o077 == 0 else {
      throw ExitFailure("\(privateKey): others may read it; make it for its owner alone: chmod 600")
    }
    let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    guard let key = SealingPrivateKey(text) else {
      throw ExitFailure("\(privateKey): is no private sealing key: 32 bytes in base64")
    }
    return key
  }

  // MARK: What is read

  /// The JSON documents of a file: one, or one a line.
  private func documents(in file: String) throws -> [JSONValue] {
    let data = file == "-" ? FileHandle.standardInput.readDataToEndOfFile() : FileManager.default.contents(atPath: file)
    guard let data else { throw ExitFailure("\(file): cannot be read") }
    if let one = try? JSONValue.parse([UInt8](data)) { return [one] }
    return try data.split(separator: UInt8(ascii: "\n")).enumerated().compactMap { index, line in
      if line.allSatisfy({ [0x20, 0x09, 0x0D].contains($0) }) { return nil }
      do {
        return try JSONValue.parse([UInt8](line))
      } catch {
        throw ExitFailure("\(file): line \(index + 1) is no JSON")
      }
    }
  }

  private func lines(of document: JSONValue, _ key: SealingPrivateKey, _ isComplete: inout Bool) throws -> [String] {
    guard case .object(let object) = document else { throw ExitFailure("what was read is no object of the service") }
    if let enc = object.string("enc"), let ciphertext = object.string("ciphertext"),
      let agency = object.string("agency"), let keyID = object.string("key_id")
    {
      guard
        let nonce = key.nonce(
          enc: enc, ciphertext: ciphertext, of: AgencyCode(rawValue: agency), keyID: keyID)
      else { throw ExitFailure("the challenge was not sealed to this key") }
      var body = JSONObject([("public_key", .string(try key.publicKey.text)), ("nonce", .string(nonce))])
      body["ends"] = object["ends"]
      return [text(body)]
    }
    for name in ["items", "changes"] {
      guard case .array(let items)? = object[name] else { continue }
      return try items.flatMap { try lines(of: $0, key, &isComplete) }
    }
    // A line of the feed or of a snapshot has the case in it; the others say where the list ends.
    if case .object? = object["case"] { return try lines(of: object["case"] ?? .null, key, &isComplete) }
    if object["reporter"] != nil || object["source"] != nil { return [text(opened(object, key, &isComplete))] }
    if case .array? = object["keys"] {
      throw ExitFailure("this is no challenge: the keys in it are registered already")
    }
    let isBetween = ["snapshot", "end", "next_after", "case_id", "next_cursor"].contains { object[$0] != nil }
    guard isBetween else { throw ExitFailure("what was read is neither a case nor a challenge") }
    return []
  }

  private func opened(_ record: JSONObject, _ key: SealingPrivateKey, _ isComplete: inout Bool) -> JSONObject {
    guard case .object(var reporter)? = record["reporter"], case .array(let copies)? = reporter["sealed"],
      case .object(let source)? = record["source"]
    else { return record }
    let agency = AgencyCode(rawValue: source.string("agency") ?? "")
    let reports = [agencyRef, source.string("agency_ref")].compactMap(\.self)
    for case .object(let copy) in copies {
      let sealed = SealedCopy(
        keyID: copy.string("key_id") ?? "", enc: copy.string("enc") ?? "", ciphertext: copy.string("ciphertext") ?? "")
      for report in reports {
        guard let found = key.open(sealed, of: agency, report: report) else { continue }
        var record = record
        reporter["name"] = .string(found.name)
        reporter["contact"] = found.contact.map { .string($0) } ?? .null
        reporter["sealed"] = nil
        record["reporter"] = .object(reporter)
        return record
      }
    }
    isComplete = false
    return record
  }

  private func text(_ object: JSONObject) -> String {
    var writer = JSONWriter()
    writer.value(.object(object))
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}

extension JSONObject {
  fileprivate func string(_ name: String) -> String? { if case .string(let text)? = self[name] { text } else { nil } }
}
