internal import Domain
internal import JSON

/// The facts of a report after a merge patch (RFC 7396).
enum FactsPatch {
  /// Reads the facts as they are after a patch; what is on record may stay as it is.
  static func merge(_ patch: JSONValue, _ facts: Facts) throws(Failure) -> CaseDraft {
    let recorded = CaseBody.json(facts)
    var merged = recorded.merging(patch: patch)
    if case .object(var members) = merged, case .object(var subject)? = members["subject"] {
      // Whether the identifier is missing follows from the patched numbers, unless the patch says it.
      if !names(patch, "subject", "identifier_missing") {
        let wasMissing = facts.subject.nip == nil && facts.subject.nik == nil
        subject["identifier_missing"] = .bool(isAbsent(subject["nip"]) && isAbsent(subject["nik"]) && wasMissing)
      }
      // The cohort follows from the NIP, unless the patch says it.
      if !names(patch, "subject", "appointment_year"), names(patch, "subject", "nip") {
        subject["appointment_year"] = nil
      }
      members["subject"] = .object(subject)
      // Who gives a reporter anew, in clear or sealed, takes the other one away.
      if case .object(var reporter)? = members["reporter"] {
        if names(patch, "reporter", "name") || names(patch, "reporter", "contact"),
          !names(patch, "reporter", "sealed")
        {
          reporter["sealed"] = nil
        } else if names(patch, "reporter", "sealed") {
          for name in ["name", "contact"] where !names(patch, "reporter", name) { reporter[name] = nil }
        }
        members["reporter"] = .object(reporter)
      }
      // A contest belongs to its election.
      if names(patch, "election"), !names(patch, "contest") { members["contest"] = nil }
      merged = .object(members)
    }
    let reader = try ObjectReader(merged, recorded: recorded)
    let draft = CaseBody.draft(reader, reportedBy: facts.source.agency)
    reader.finish()
    try reader.errors.check()
    return draft
  }

  private static func names(_ patch: JSONValue, _ object: String, _ name: String) -> Bool {
    guard case .object(let members) = patch, let inner = members[object] else { return false }
    return names(inner, name)
  }

  private static func names(_ patch: JSONValue, _ name: String) -> Bool {
    guard case .object(let members) = patch else { return false }
    return members[name] != nil
  }

  private static func isAbsent(_ value: JSONValue?) -> Bool { value == nil || value == .null }
}
