internal import Domain
internal import Foundation
internal import JSON
internal import Merkle

/// Goes through the leaves of the record that a witness has accepted: every version of a case that this agency is to see
/// must be in its replica, in this version or a later one.
struct Accounting {
  /// Leaves that are listed at once with what they commit to.
  private static let pageLeaves = 1_000
  /// Withheld leaves that are asked for again in a run.
  private static let repeatedMax = 100

  let replica: Replica
  let client: RecordClient
  let disk: any WitnessDisk
  let accepted: AnnouncedCheckpoint
  private let seq: Int64
  private let isSeeingAll: Bool

  /// - Throws: `ReplicaFailure`.
  init(_ replica: Replica, _ client: RecordClient, _ disk: any WitnessDisk, _ accepted: AnnouncedCheckpoint) throws {
    (self.replica, self.client, self.disk, self.accepted) = (replica, client, disk, accepted)
    let state = try replica.state()
    seq = state.seq ?? 0
    isSeeingAll = Visibility.row(AgencyCode(rawValue: state.origin.agency)).rows.contains(.always)
  }

  /// - Returns: what is withheld and was not known to be.
  /// - Throws: `AccountFailure`, `SyncFault`, `WitnessFailure`, `ReplicaFailure`.
  func run() throws -> [WithheldLeaf] {
    let (begin, before) = try replica.accounted(ofEpoch: accepted.epoch)
    try repeatWithheld()
    let (end, new) = try goThrough(from: begin)
    // What an earlier run has seen signed was recorded before the feed of this one was asked for.
    guard end >= before else {
      throw AccountFailure(
        "the feed ends at sequence \(seq), and leaf \(end) of a later one was signed in an earlier run")
    }
    try replica.keep(accepted: accepted.size)
    return new
  }

  /// Up to the first event that the replica has not taken in yet.
  private func goThrough(from begin: Int64) throws -> (end: Int64, new: [WithheldLeaf]) {
    var (next, new): (Int64, [WithheldLeaf]) = (begin, [])
    while next < accepted.size {
      let leaves = try self.leaves(from: next, limit: Self.pageLeaves)
      let reached = leaves.prefix { ($0.seq ?? 0) <= seq }
      let withheld = try reached.compactMap(account)
      next += Int64(reached.count)
      new += try replica.keep(accounted: next, withheld: withheld)
      if reached.count < leaves.count { break }
    }
    return (next, new)
  }

  /// What was withheld may be shown by now.
  private func repeatWithheld() throws {
    for index in try replica.withheldLeaves(limit: Self.repeatedMax) where index < accepted.size {
      for leaf in try leaves(from: index, limit: 1) where try account(for: leaf) == nil {
        try replica.forgetWithheld(index)
      }
    }
  }

  /// Some leaves as they are listed, each held against the hash that the witness keeps.
  private func leaves(from first: Int64, limit: Int) throws -> [ShownLeaf] {
    let lines = try client.page("/v1/record/leaves", from: first, limit: limit, isProven: true)
    let end = min(accepted.size, first + Int64(min(lines.count, limit)))
    guard end > first else { throw AccountFailure("leaf \(first) of \(accepted.size) is not listed") }
    return try zip(lines, disk.hashes(first..<end, ofEpoch: accepted.epoch)).enumerated().map { offset, found in
      let (line, hash) = found
      let index = first + Int64(offset)
      let leaf = try ShownLeaf(line: line)
      guard leaf.index == index else { throw AccountFailure("leaf \(index) of \(accepted.size) is not listed") }
      guard leaf.hash == hash else { throw AccountFailure("leaf \(index) is shown as another one than it is") }
      return leaf
    }
  }

  /// - Returns: the leaf of a version that this agency should see, and does not.
  private func account(for leaf: ShownLeaf) throws -> WithheldLeaf? {
    guard leaf.isVersion, let seq = leaf.seq else { return nil }
    var withheld = WithheldLeaf(index: leaf.index, seq: seq, agency: leaf.agency, caseID: nil)
    guard let core = leaf.disclosed["core"] else { return isSeeingAll ? withheld : nil }
    guard case .string(let id)? = core["case"], case .number(let number)? = core["version"], let version = number.int,
      core["seq"] == .number(JSONNumber(Int(seq)))
    else { throw AccountFailure("leaf \(leaf.index) does not say which version of which case it is") }
    withheld.caseID = id
    guard let held = try replica.standing(of: id), held.version >= version else { return withheld }
    guard held.version > version || held.leaf == ReceivedLeaf(index: leaf.index, hash: leaf.hash.bytes) else {
      throw AccountFailure("version \(version) of case \(id) was shown with another leaf than \(leaf.index)")
    }
    return nil
  }
}

extension WitnessJob {
  /// What an agency can say of the record beyond its tree.
  public struct Account {
    /// Whether nothing is withheld that was not known before.
    public let isComplete: Bool
    /// For people.
    public let summary: [String]
  }

  /// Holds a replica against what was accepted in ``run()``.
  ///
  /// - Throws: `AccountFailure`, `SyncFault`, `WitnessFailure`, `ReplicaFailure`.
  public func account(for replica: Replica) throws -> Account {
    guard let accepted = try state.kept()?.announced else { return Account(isComplete: true, summary: []) }
    let new = try Accounting(replica, client, state, accepted).run()
    let count = try replica.withheldCount()
    let lines = new.map { leaf in
      let of = leaf.caseID.map { ": case \($0)" } ?? ""
      return "kept back     leaf \(leaf.index), sequence \(leaf.seq), of \(leaf.agency ?? "nobody")\(of)"
    }
    let head = "accounted     for \(try replica.accounted(ofEpoch: accepted.epoch).reached) leaves"
    let total = count > new.count ? ["kept back     \(count - new.count) leaves that were named before"] : []
    return Account(isComplete: new.isEmpty, summary: [head] + lines + total)
  }

  /// Writes what shows a failure beside the state.
  public func leaveEvidence(of failure: AccountFailure) throws {
    let note = try state.kept()?.announced.note
    let path = try state.write(at: Date()) { failure.document(foundAt: $0, checkpoint: note) }
    progress.warn("the evidence is in \(path): send it to the other agencies")
  }
}
