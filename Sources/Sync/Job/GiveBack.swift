internal import Domain
internal import Foundation
internal import JSON

/// Hands back what a replica holds and the service, restored from a backup, no longer has: the agency's own reports, by
/// way of an import, and the files that it has brought to them. Acts are not handed back: a replica does not know who has
/// recorded each, and their texts stand in histories alone. What is to be recorded again is named.
public struct GiveBack {
  private let job: SyncJob
  private let file: ReplicaFile
  private let evidence: EvidenceReturn?

  /// - Parameter folder: of the files of evidence; nil: none are given back.
  public init(_ job: SyncJob, filesFrom folder: String? = nil) {
    (self.job, file) = (job, job.file)
    evidence = folder.map { EvidenceReturn(job, from: $0) }
  }

  /// What came of it.
  public struct Outcome {
    /// Whether nothing is left for people to do.
    public let isComplete: Bool
    /// For people.
    public let lines: [String]
  }

  /// A case that the service does not have, or not as far.
  struct LostCase {
    let record: JSONObject
    /// The version that the service has; nil for none.
    let known: Int?

    var id: String { text("id") }
    /// The agency that has reported it.
    var owner: String { if case .object(let source)? = record["source"] { source.text("agency") } else { "" } }
    /// Nothing of it can be handed back.
    var isErased: Bool { record["erased_on"] != nil && record["erased_on"] != .null }
    var version: Int { if case .number(let number)? = record["version"] { number.int ?? 0 } else { 0 } }
    /// The milestones behind the report, with their days.
    var milestones: String {
      guard case .object(let milestones)? = record["milestones"] else { return "" }
      return milestones.members.filter { $0.name != Milestone.received.rawValue }
        .map { "\($0.name) \(milestones.text($0.name))" }.joined(separator: ", ")
    }

    private func text(_ name: String) -> String { record.text(name) }
  }

  /// - Throws: `SyncFault`, also when the key may not import; `ReplicaFailure`.
  public func run() throws -> Outcome {
    guard let replica = try file.open() else {
      throw ReplicaFailure.unusable(file.path, reason: "there is no replica that could give anything back")
    }
    defer { try? replica.close() }
    let agency = try job.agency()
    guard try replica.state().origin.agency == agency else {
      throw ReplicaFailure.unusable(file.path, reason: "is a replica of another agency than the key is of")
    }
    _ = try job.asking { try Reconciliation(job: job, replica: replica).ask(at: nil) }
    let lost = try replica.lostCases()
    let own = lost.filter { $0.known == nil && $0.owner == agency && !$0.isErased }
    let (results, awaited) = own.isEmpty ? ([], []) : try job.asking { try importCases(own, by: agency) }
    let files = try evidence?.bring(awaited) ?? []
    let others = lost.filter { $0.known != nil || $0.owner != agency || $0.isErased }.map(Self.line)
    let isComplete = others.isEmpty && (results + files).allSatisfy(\.isDone)
    return Outcome(isComplete: isComplete, lines: (results + files).map(\.line) + others)
  }

  // MARK: Importing

  private func importCases(_ cases: [LostCase], by agency: String) throws -> (
    results: [(isDone: Bool, line: String)], awaited: [String]
  ) {
    var rest = cases[...]
    let request = CurlTransport.Request(target: "/v1/imports") {
      guard let next = rest.popFirst() else { return nil }
      var writer = JSONWriter()
      writer.object { writer in
        writer.name("case")
        writer.value(.object(Self.body(of: next.record)))
        if let evidence {
          writer.name("evidence")
          writer.value(.array(evidence.files(of: next.record, by: agency)))
        }
      }
      return writer.bytes + [10]
    }
    let answer = try job.transport.send(request)
    var (results, awaited): ([(isDone: Bool, line: String)], [String]) = ([], [])
    while let line = try answer.nextObject() {
      guard line["line"] != nil else { throw SyncFault.refused(try Self.problem(line), code: nil) }
      let number = try line.int("line")
      guard cases.indices.contains(number - 1) else { throw job.unexpected("a result of a line that was not sent") }
      results.append(try Self.result(line, of: cases[number - 1]))
      if case .array(let files)? = line["awaited_files"] {
        awaited += files.compactMap { if case .string(let sha256) = $0 { sha256 } else { nil } }
      }
    }
    guard results.count == cases.count else { throw try answer.cut() }
    return (results, awaited)
  }

  /// The facts of a case as they would be posted.
  static func body(of record: JSONObject) -> JSONObject {
    var body = JSONObject()
    for field in CaseField.all {
      if case .derived = field.form { continue }
      guard let object = field.object else {
        if let value = record[field.member], value != .null { body[field.member] = value }
        continue
      }
      guard case .object(let members)? = record[object], let value = members[field.member], value != .null else {
        continue
      }
      if case .reference = field.form {
        body[object] = value
      } else {
        var inner = if case .object(let known)? = body[object] { known } else { JSONObject() }
        inner[field.member] = value
        body[object] = .object(inner)
      }
    }
    if case .object(var subject)? = body["subject"], subject["nip"] == nil, subject["nik"] == nil {
      subject["identifier_missing"] = .bool(true)
      body["subject"] = .object(subject)
    }
    return body
  }

  // MARK: Lines

  private static func result(_ line: JSONSource, of lost: LostCase) throws -> (isDone: Bool, line: String) {
    let again = lost.milestones.isEmpty ? "" : "; record again: \(lost.milestones)"
    switch try line.text("status") {
    case "created":
      return (lost.milestones.isEmpty, "given back    case \(lost.id) as \(try line.text("id"))\(again)")
    case "duplicate", "extended":
      return (lost.milestones.isEmpty, "on record     case \(lost.id) as \(try line.text("id"))\(again)")
    case let status:
      let problem = try line.object("problem").map(problem) ?? status
      return (false, "not taken     case \(lost.id): \(problem)")
    }
  }

  private static func line(_ lost: LostCase) -> String {
    if lost.isErased {
      return
        "erased        case \(lost.id): \(lost.known == nil ? "not there" : "there with its values"), and erased here: "
        + "restore with this replica as --erasures"
    }
    if let known = lost.known {
      return "behind        case \(lost.id): version \(known) there, \(lost.version) here; \(lost.milestones)"
    }
    return "of \(lost.owner)".padding(toLength: 14, withPad: " ", startingAt: 0)
      + "case \(lost.id): that agency hands it back; \(lost.milestones)"
  }

  /// What a problem document says, and where.
  private static func problem(_ line: JSONSource) throws -> String {
    let problem = try line.object("problem") ?? line
    let text = [problem.object.text("detail"), problem.object.text("title")].first { !$0.isEmpty } ?? "it was refused"
    guard case .array(let errors)? = problem["errors"] else { return text }
    let places = errors.compactMap { error in
      if case .object(let error) = error { "\(error.text("pointer")): \(error.text("detail"))" } else { nil }
    }
    return ([text] + places).joined(separator: " ")
  }
}
