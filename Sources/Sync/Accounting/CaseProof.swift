internal import Domain
internal import JSON
internal import Merkle

/// What a case is shown with, held against what its leaf commits to.
///
/// Whatever is shown of facts, references, progress and clocks must be what is disclosed, and all of it; and what is
/// withheld must be what the policy withholds. Who imported the case, who is awaited, whether it is disputed and when it was
/// created, the leaf of a version does not disclose.
struct CaseProof {
  /// The leaf, which is yet to be found in its place.
  let leaf: ShownLeaf
  /// That more is withheld than the policy withholds; nil where that is not so. A later correction may say that a case was on
  /// record about the wrong person: then the version that it made must come, too.
  let reduction: AccountFailure?

  /// Members of a case that no leaf of its newest version says.
  private static let untold: Set<String> = [
    "imported_by", "unconfirmed", "disputed", "redacted", "created_at", "clocks",
  ]
  /// Under which names the numbers of letters stand in the group `references`.
  private static let letters: [(name: String, object: String?, member: String)] = [
    ("recommendation_letter", "recommendation", "letter_number"), ("decree", "decision", "decree_number"),
    ("block_letter", "block", "letter_number"), ("block_proof", "block", "proof"), ("idis", nil, "idis_reference"),
  ]

  /// - Parameters:
  ///   - record: the case as it came.
  ///   - proof: what came with it.
  ///   - agency: to whom it is shown.
  ///   - isPast: whether the case may have changed since, as one of a snapshot may.
  /// - Throws: `AccountFailure`, `SyncFault` for what is no proof.
  init(of record: JSONObject, _ proof: JSONSource, to agency: AgencyCode, isPast: Bool = false) throws {
    leaf = try ShownLeaf(proof: proof)
    guard leaf.isVersion, let core = leaf.disclosed["core"] else {
      throw AccountFailure("leaf \(leaf.index) is not disclosed as a version of a case")
    }
    let recorded = Self.recorded(core, leaf.disclosed)
    if let place = Self.difference(recorded, Self.shown(record), at: "") {
      throw AccountFailure("\(place) of case \(core.text("case")) is not what leaf \(leaf.index) holds")
    }
    guard ShownClock.all(in: record) == ShownClock.all(of: core) else {
      throw AccountFailure("clocks of case \(core.text("case")) are not what leaf \(leaf.index) holds")
    }
    // Of a case that was erased nothing is left to be withheld, and its leaf says so.
    if Self.isErased(core) {
      reduction = nil
      return
    }
    // Who withholds a group says so, and then none of it is shown.
    let hidden = leaf.groups.intersection(["subject", "narrative", "reporter", "evidence"]).subtracting(
      leaf.disclosed.keys)
    let redacted = Self.items(record["redacted"]).map(Self.text)
    // A case without files has no such group.
    let unnamed: Set = leaf.groups.contains("evidence") ? [] : ["evidence"]
    guard hidden == Set(redacted).subtracting(unnamed), leaf.disclosed["facts"] != nil,
      leaf.disclosed["references"] != nil
    else { throw AccountFailure("leaf \(leaf.index) is not disclosed as far as its case is shown") }
    let policy = Self.projection(of: recorded, for: agency)?.redacted ?? redacted
    let which = redacted.isEmpty ? "nothing" : redacted.joined(separator: ", ")
    let failure = AccountFailure(
      "case \(core.text("case")) withholds \(which), which is not what the policy withholds from \(agency.rawValue)")
    guard policy == redacted || isPast && Set(policy).isSubset(of: redacted) else { throw failure }
    reduction = policy == redacted ? nil : failure
  }

  /// What the policy shows of a case as it is recorded; nil where it shows none, or its facts are not known.
  private static func projection(of recorded: JSONObject, for agency: AgencyCode) -> Projection? {
    guard case .object(let source)? = recorded["source"], case .object(let institution)? = recorded["institution"],
      let kind = InstitutionKind(rawValue: institution.text("kind"))
    else { return nil }
    let milestones = if case .object(let milestones)? = recorded["milestones"] { milestones } else { JSONObject() }
    return Visibility.projection(
      of: VisibilityBasis(
        owner: AgencyCode(rawValue: source.text("agency")), institutionKind: kind,
        verified: milestones[Milestone.verified.rawValue] != nil,
        recommended: milestones[Milestone.recommended.rawValue] != nil), for: agency)
  }

  // MARK: What is recorded

  /// Whether the leaf is that of the erasure, after which a case has no version.
  private static func isErased(_ core: JSONObject) -> Bool { core.text("what") == EventKind.erasure.rawValue }

  private static func recorded(_ core: JSONObject, _ disclosed: [String: JSONObject]) -> JSONObject {
    var record = JSONObject()
    for name in ["facts", "subject", "narrative", "reporter"] { record = record.merging(disclosed[name]) }
    if case .object(let progress)? = core["progress"] { record = record.merging(progress) }
    (record["evidence_seq"], record["evidence"]) = (nil, disclosed["evidence"]?["evidence"])
    for (name, value) in disclosed["references"]?.members ?? [] {
      if let letter = letters.first(where: { $0.name == name }) {
        let member = JSONObject([(letter.member, value)])
        record = record.merging(letter.object.map { JSONObject([($0, .object(member))]) } ?? member)
      } else {
        record = record.merging(JSONObject([(name, value)]))
      }
    }
    (record["clocks"], record["clocks_recorded"]) = (nil, nil)
    for (name, member) in [("id", "case"), ("number", "number"), ("version", "version"), ("seq", "seq")] {
      record[name] = core[member]
    }
    if isErased(core), let instant = Timestamp(core.text("recorded_at")) {
      record["erased_on"] = .string(LegalDate(inJakarta: instant).description)
    }
    record["stage"] = core["stage"]
    record["updated_at"] = core["recorded_at"]
    record["final"] = Stage(rawValue: core.text("stage")).map { .bool($0.isFinal) }
    return record
  }

  private static func shown(_ record: JSONObject) -> JSONObject {
    JSONObject(record.members.filter { !untold.contains($0.name) })
  }

  // MARK: Comparing

  /// Where two values differ; nil where they say the same. What is null, empty or left out says nothing.
  private static func difference(_ recorded: JSONObject, _ shown: JSONObject, at place: String) -> String? {
    for name in recorded.members.map(\.name) + shown.members.map(\.name) {
      let (one, other) = (recorded[name] ?? .null, shown[name] ?? .null)
      let inner = place.isEmpty ? name : "\(place).\(name)"
      if case .object(let one) = one, case .object(let other) = other {
        if let found = difference(one, other, at: inner) { return found }
      } else if one != other, !(saysNothing(one) && saysNothing(other)) {
        return inner
      }
    }
    return nil
  }

  private static func saysNothing(_ value: JSONValue) -> Bool {
    switch value {
    case .null: true
    case .array(let items): items.isEmpty
    case .object(let object): object.members.allSatisfy { saysNothing($0.value) }
    case .bool, .number, .string: false
    }
  }

  private static func items(_ value: JSONValue?) -> [JSONValue] {
    if case .array(let items)? = value { items } else { [] }
  }

  private static func text(_ value: JSONValue?) -> String { if case .string(let text)? = value { text } else { "" } }
}

extension JSONObject {
  /// The members of both, those of objects of one name together.
  fileprivate func merging(_ other: JSONObject?) -> JSONObject {
    var merged = self
    for (name, value) in other?.members ?? [] {
      if case .object(let one)? = merged[name], case .object(let two) = value {
        merged[name] = .object(one.merging(two))
      } else {
        merged[name] = value
      }
    }
    return merged
  }
}
