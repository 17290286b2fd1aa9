internal import Domain
internal import GRDB
internal import Merkle
internal import Service

/// Opening leaves to those who may see what they commit to.
extension Transaction {
  func proof(ofEvent seq: Int64) throws -> LeafProof? {
    guard let event = try loggedEvents(after: seq - 1, limit: 1).first, event.document.seq == seq,
      let index = event.leaf, let commitments = event.commitments,
      let salts = try fetchOne("SELECT salts FROM leaf WHERE leaf_index = ?", [index], { LeafSalts($0[0] as [UInt8]) })
    else { return nil }
    let core = salts.disclosure(of: event.document.core)
    var openings = [LeafProof.Opening(group: .core, isState: false, text: core.text)]
    var parts = event.parts
    for (seq, wanted) in [
      (event.factsSeq, CasePart.facts), (event.referencesSeq, [CasePart.references]),
    ] where event.document.state != nil && seq != event.document.seq {
      if let seq, let first = wanted.first, let last = wanted.last {
        parts += try self.parts(first, last, at: seq, of: event.document.id)
      }
    }
    if let seq = try event.evidenceSeq, seq != event.document.seq {
      parts += try self.parts(.evidence, .evidence, at: seq, of: event.document.id)
    }
    for part in parts {
      guard let group = part.part.openedBy, let value = part.content else {
        continue
      }
      openings.append(
        LeafProof.Opening(group: group, isState: part.group.lasts, text: part.disclosure(of: value).text))
    }
    return LeafProof(
      index: index, agency: AgencyCode(rawValue: event.document.agency), seq: seq,
      groups: commitments.all.map { ("\($0.group.name)", $0.digest) }, openings: openings)
  }

  func provenLeaves(from index: Int64, limit: Int) throws -> [LoggedLeaf] {
    var rows = try LoggedRows(self)
    let leaves = try leaves(after: index - 1, limit: limit)
    let sequences = leaves.compactMap(\.seq)
    var events: [Int64: LoggedEvent] = [:]
    if let first = sequences.min(), let last = sequences.max() {
      let read = try loggedEvents(after: first - 1, limit: Int(last - first) + 1, withParts: false)
      events = Dictionary(read.map { ($0.document.seq, $0) }) { first, _ in first }
    }
    return try leaves.map { leaf in
      guard let kind = LeafKind(rawValue: leaf.kind), let hash = Hash(leaf.hash) else {
        throw DatabaseError(message: "leaf \(leaf.index) is malformed")
      }
      var logged = LoggedLeaf(
        index: leaf.index, kind: kind, agency: leaf.agency.map { AgencyCode(rawValue: $0) }, seq: leaf.seq, hash: hash,
        content: leaf.content)
      if let event = leaf.seq.flatMap({ events[$0] }), let commitments = event.commitments {
        let what = EventKind(rawValue: event.document.what)
        logged.proof = leaf.proof(of: event.document.core, commitments, what.map { ($0, event.document.id) })
      } else if kind != .event {
        logged.proof = leaf.proof(of: leaf.content ?? [], try rows.commitments(of: leaf, kind), nil)
      }
      return logged
    }
  }
}

extension StoredLeaf {
  fileprivate func proof(
    of core: [UInt8], _ commitments: Commitments, _ event: (what: EventKind, case: CaseID)?
  ) -> LoggedLeaf.Proof {
    LoggedLeaf.Proof(
      groups: commitments.all.map { ("\($0.group.name)", $0.digest) }, core: salts.disclosure(of: core).text,
      event: event)
  }
}

extension CasePart {
  /// Who sees the group may open it; nil for what nobody opens.
  fileprivate var openedBy: FieldGroup? {
    switch self {
    case .core, .references, .letters: .core
    case .subject: .subject
    case .narrative: .narrative
    case .reporter: .reporter
    case .evidence: .evidence
    case .digest, .correction: nil
    case .coreTexts, .subjectTexts, .narrativeTexts, .evidenceTexts, .reporterTexts, .notesTexts: textGroup
    }
  }
}
