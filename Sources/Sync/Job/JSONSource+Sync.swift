internal import Domain
internal import JSON
internal import Merkle
internal import SealedReporters

/// Reads what the lines of the service say. A line that says it in another way is refused: nothing is guessed.
extension JSONSource {
  func text(_ name: String) throws -> String { try required(self[name]?.text, name) }
  /// A count, an index or a sequence: nothing below 0, nor more than a JSON number holds.
  func int(_ name: String) throws -> Int {
    try required(self[name]?.int.flatMap { (0...1 << 53).contains($0) ? $0 : nil }, name)
  }
  func int64(_ name: String) throws -> Int64 { Int64(try int(name)) }
  /// The public keys by which reporters of the caller's agency are sealed; none where there are none, or the service knows of
  /// no such keys.
  func sealingKeys(_ name: String) throws -> [SealingPublicKey] {
    guard let value = self[name] else { return [] }
    guard case .array(let keys) = value else { return try required(nil, name) }
    return try keys.map { key in
      guard case .object(let members) = key, case .string(let text)? = members["public_key"] else {
        return try required(nil, name)
      }
      return try required(try? SealingPublicKey(text), name)
    }
  }

  /// The form of cases. A server that says nothing of it knows the first one alone.
  func representation() throws -> Int { self["representation"] == nil ? 1 : try int("representation") }
  func flag(_ name: String) throws -> Bool { try required(self[name]?.flag, name) }

  /// The members of a member.
  func object(_ name: String) throws -> JSONSource? {
    guard let bytes = bytes(of: name), case .object = self[name] else { return nil }
    do {
      return try JSONSource(parsing: Array(bytes))
    } catch {
      throw SyncFault.refused("the server sends \(name) in a form that is not known: \(error)", code: nil)
    }
  }

  /// The case of a line with the tag beside it; nil when there is none.
  ///
  /// - Parameters:
  ///   - agency: to whom it is proven; nil where no proof was asked for.
  ///   - isPast: whether the case may have changed since. One of which less is shown than the policy shows comes with that
  ///     failure then, and without its leaf.
  /// - Throws: `SyncFault`, `AccountFailure`.
  func receivedCase(provenTo agency: AgencyCode?, isPast: Bool = false) throws -> ReceivedCase? {
    guard let bytes = bytes(of: "case"), case .object(let members) = self["case"] else { return nil }
    var received = ReceivedCase(
      id: try required(members["id"]?.text, "case/id"), etag: try text("etag"),
      json: String(decoding: bytes, as: UTF8.self))
    guard let agency else { return received }
    received.sealedTo = Self.sealedTo(members, of: agency)
    guard let proof = try object("proof") else {
      throw SyncFault.refused("the server sends a case without its proof", code: nil)
    }
    func shown(_ failure: AccountFailure) -> AccountFailure {
      let proof = self.bytes(of: "proof").map { String(decoding: $0, as: UTF8.self) } ?? ""
      return failure.shown(in: "{\"etag\":\(received.etag),\"case\":\(received.json),\"proof\":\(proof)}")
    }
    do {
      let proven = try CaseProof(of: members, proof, to: agency, isPast: isPast)
      received.reduction = proven.reduction.map(shown)
      if received.reduction == nil {
        received.leaf = ReceivedLeaf(index: proven.leaf.index, hash: proven.leaf.hash.bytes)
      }
    } catch let failure as AccountFailure {
      throw shown(failure)
    }
    return received
  }

  /// The names of the keys to which the reporter of a case of that agency is sealed.
  private static func sealedTo(_ record: JSONObject, of agency: AgencyCode) -> Set<String> {
    guard case .object(let source)? = record["source"], source.text("agency") == agency.rawValue,
      case .object(let reporter)? = record["reporter"], case .array(let copies)? = reporter["sealed"]
    else { return [] }
    return Set(
      copies.map { copy in
        if case .object(let members) = copy { members.text("key_id") } else { "" }
      })
  }

  private func required<Value>(_ value: Value?, _ name: String) throws -> Value {
    guard let value else { throw SyncFault.refused("the server sends a line without \(name)", code: nil) }
    return value
  }
}

extension JSONObject {
  /// The text of that name; empty where there is none.
  func text(_ name: String) -> String { self[name]?.text ?? "" }
}

extension JSONValue {
  fileprivate var text: String? { if case .string(let text) = self { text } else { nil } }
  fileprivate var int: Int? { if case .number(let number) = self { number.int } else { nil } }
  fileprivate var flag: Bool? { if case .bool(let flag) = self { flag } else { nil } }
}

extension ReplicaEntry {
  /// A line of the manifest.
  func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("id", id)
      writer.member("version", version)
      writer.member("etag", etag)
    }
    writer.bytes.append(10)
  }
}

extension SyncFault: CustomStringConvertible {
  /// Whether the service no longer knows the sequence that the replica stands at.
  public var tellsOfRestoration: Bool {
    if case .refused(_, let code?) = self { ["sequence_ahead", "sequence_gone"].contains(code) } else { false }
  }

  public var description: String {
    switch self {
    case .passing(let text, _): text
    case .refused(let text, "sequence_ahead"), .refused(let text, "sequence_gone"):
      "\(text) The replica must be made anew: run netral sync with --fresh"
    case .refused(let text, _): text
    }
  }
}
