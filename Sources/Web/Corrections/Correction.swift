internal import Domain
internal import JSON

/// What a merge patch makes of a case's facts.
enum Correction {
  /// - Throws: `invalid` with `withheld` when the patch names a value of a group the caller may not see: else a guess
  ///   could be tested by patching.
  static func requireOpen(_ patch: JSONValue, _ projection: Projection) throws(Failure) {
    guard case .object(let members) = patch else { throw .invalid("", .type) }
    var errors: [FieldError] = []
    for member in members.members {
      guard case .object(let inner) = member.value, member.name == "subject" || member.name == "act" else {
        if !projection.shows(group(member.name)) { errors.append(FieldError(pointer: "/\(member.name)", .withheld)) }
        continue
      }
      for field in inner.members where !projection.shows(group("\(member.name).\(field.name)")) {
        errors.append(FieldError(pointer: "/\(member.name)/\(field.name)", .withheld))
      }
    }
    // Another report number collides where the same person was reported under it: that tells who the person is.
    if case .object(let source)? = members["source"], source["agency_ref"] != nil, !projection.contains(.subject) {
      errors.append(FieldError(pointer: "/source/agency_ref", .withheld))
    }
    if !errors.isEmpty { throw .invalid(errors) }
  }

  /// True when a stored patch names no value of a withheld group.
  static func isOpen(_ patch: String, _ projection: Projection) -> Bool {
    do throws(Failure) {
      try requireOpen(try Exchange.parse(Array(patch.utf8)), projection)
      return true
    } catch {
      return false
    }
  }

  /// True when a patch changes the day of receipt, and that is settled.
  ///
  /// - Parameter context: of the day on which it is judged.
  static func movesReceipt(_ patch: JSONValue, of record: Case, _ context: Lifecycle.Context) -> Bool {
    guard case .object(let members) = patch, case .object(let source)? = members["source"],
      let day = source["received_on"]
    else { return false }
    return day != .string(record.facts.source.receivedOn.description)
      && Lifecycle.receiptIsSettled(record, on: context.today)
  }

  /// What a patch carries beside the day of receipt, as pointers.
  static func besideReceipt(_ patch: JSONValue) -> [String] {
    guard case .object(let members) = patch else { return [""] }
    return members.members.flatMap { member -> [String] in
      guard member.name == "source", case .object(let source) = member.value else { return ["/\(member.name)"] }
      return source.members.filter { $0.name != "received_on" }.map { "/source/\($0.name)" }
    }
  }

  /// The case with corrected facts; clocks follow the corrected dates.
  ///
  /// - Parameter movesReceipt: true when a settled day of receipt may change.
  static func apply(
    _ patch: JSONValue, to record: Case, _ context: Lifecycle.Context, movesReceipt: Bool = false
  ) throws(Failure) -> Case {
    let recorded = CaseBody.json(record.facts)
    var merged = recorded.merging(patch: patch)
    if case .object(var members) = merged, case .object(var subject)? = members["subject"] {
      // Whether the identifier is missing follows from the patched numbers, unless the patch says it.
      let says = patched(patch, "subject", "identifier_missing")
      if !says {
        subject["identifier_missing"] = .bool(
          isAbsent(subject["nip"]) && isAbsent(subject["nik"]) && wasMissing(record))
      }
      // The cohort follows from the NIP, unless the patch says it.
      if !patched(patch, "subject", "appointment_year"), patched(patch, "subject", "nip") {
        subject["appointment_year"] = nil
      }
      members["subject"] = .object(subject)
      // A contest belongs to its election.
      if patchedRoot(patch, "election"), !patchedRoot(patch, "contest") { members["contest"] = nil }
      merged = .object(members)
    }
    let reader = try ObjectReader(merged, recorded: recorded)
    let draft = CaseBody.draft(reader, reportedBy: record.facts.source.agency)
    reader.finish()
    try reader.errors.check()
    guard draft.source.agency == record.facts.source.agency else { throw .invalid("/source/agency", .notAllowed) }
    return try Lifecycle.correct(
      record, to: try context.reference.facts(from: draft, before: record.facts, until: context.lastDay), context,
      movesReceipt: movesReceipt)
  }

  /// The names of the facts a patch that is asked for would change; errors point into `prefix`.
  ///
  /// - Throws: what applying it throws; `invalid` when it changes a settled day of receipt and carries anything else.
  static func changes(_ patch: JSONValue, in record: Case, _ context: Lifecycle.Context, at prefix: String)
    throws(Failure) -> [String]
  {
    do throws(Failure) {
      let movesReceipt = movesReceipt(patch, of: record, context)
      let others = movesReceipt ? besideReceipt(patch) : []
      guard others.isEmpty else {
        throw Failure.invalid(others.map { FieldError(pointer: $0, .notAllowed, receiptAlone) })
      }
      let corrected = try apply(patch, to: record, context, movesReceipt: movesReceipt)
      return Facts.changes(from: record.facts, to: corrected.facts)
    } catch {
      var failure = error
      failure.errors = failure.errors.map { FieldError(pointer: prefix + ($0.pointer ?? ""), $0.code, $0.detail) }
      throw failure
    }
  }

  private static let receiptAlone = LocalizedText(
    en: "Ask for another day of receipt by itself: another agency decides on it than on the rest.",
    id: "Minta perubahan hari penerimaan secara terpisah: lembaga yang memutuskannya berbeda.")

  private static func group(_ name: String) -> FieldGroup {
    if name == "act" { return .narrative }
    // Whether an identifier is missing tells about the subject as its numbers do. Employment and cohort are core, but a
    // patch of them is judged against the NIP: the judgement would tell of it.
    let toldBySubject = ["subject", "subject.identifier_missing", "subject.employment", "subject.appointment_year"]
    if toldBySubject.contains(name) { return .subject }
    // What is no fact is left to the reader of the merged body, which knows every field.
    return Facts.isFact(name) ? Facts.group(of: name) : .core
  }

  private static func patched(_ patch: JSONValue, _ object: String, _ name: String) -> Bool {
    guard case .object(let members) = patch, case .object(let inner)? = members[object] else { return false }
    return inner[name] != nil
  }

  private static func patchedRoot(_ patch: JSONValue, _ name: String) -> Bool {
    guard case .object(let members) = patch else { return false }
    return members[name] != nil
  }

  private static func isAbsent(_ value: JSONValue?) -> Bool { value == nil || value == .null }
  private static func wasMissing(_ record: Case) -> Bool {
    record.facts.subject.nip == nil && record.facts.subject.nik == nil
  }
}
