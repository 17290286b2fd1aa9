internal import Domain
internal import Foundation
internal import JSON
internal import Merkle

/// Holds a replica against the record that a witness has accepted: every case stands in its place, and an agency that
/// sees all cases finds every version that the record has.
struct Accounting {
  private static let batch = 1_000

  let replica: Replica
  let client: RecordClient
  let disk: any WitnessDisk
  let accepted: AnnouncedCheckpoint

  /// - Returns: what is withheld and was not known to be.
  /// - Throws: `AccountFailure`, `SyncFault`, `WitnessFailure`, `ReplicaFailure`.
  func run() throws -> [WithheldLeaf] {
    let begin = try replica.accounted(ofEpoch: accepted.epoch)
    try placeCases()
    let state = try replica.state()
    guard Visibility.row(AgencyCode(rawValue: state.origin.agency)).rows.contains(.always), let seq = state.seq else {
      return []
    }
    return try accountForLeaves(from: begin, upTo: seq)
  }

  /// Finds the leaf of each case that came, as far as the accepted record reaches. The others are found the next time.
  private func placeCases() throws {
    while case let found = try replica.leavesOutOfPlace(below: accepted.size, limit: Self.batch), !found.isEmpty {
      for (id, leaf) in found {
        guard try hash(leaf.index) == leaf.hash else {
          throw AccountFailure("case \(id) is shown with a leaf \(leaf.index) that the record does not have there")
        }
      }
      try replica.putInPlace(found)
    }
  }

  /// Goes through the leaves in their order, up to the first event that the replica has not taken in yet.
  private func accountForLeaves(from begin: Int64, upTo seq: Int64) throws -> [WithheldLeaf] {
    var (next, new): (Int64, [WithheldLeaf]) = (begin, [])
    while next < accepted.size {
      let lines = try client.page("/v1/record/leaves", from: next, isProven: true)
      let hashes = try disk.hashes(next..<min(accepted.size, next + Int64(lines.count)), ofEpoch: accepted.epoch)
      var (withheld, isBehind): ([WithheldLeaf], Bool) = ([], false)
      let start = next
      for (line, hash) in zip(lines, hashes) {
        let leaf = try shown(line, at: next, hash)
        if let of = leaf.seq, of > seq {
          isBehind = true
          break
        }
        if let kept = try account(for: leaf) { withheld.append(kept) }
        next += 1
      }
      try replica.keep(accounted: next, withheld: withheld)
      new += withheld
      if isBehind { break }
      guard next > start else { throw AccountFailure("leaf \(next) of \(accepted.size) is not listed") }
    }
    return new
  }

  private func shown(_ line: JSONSource, at index: Int64, _ hash: Hash) throws -> ShownLeaf {
    let leaf = try ShownLeaf(line: line)
    guard leaf.index == index else { throw AccountFailure("leaf \(index) of \(accepted.size) is not listed") }
    guard leaf.hash == hash else { throw AccountFailure("leaf \(index) is shown as another one than it is") }
    return leaf
  }

  /// - Returns: the leaf of a version that this agency sees no case of.
  private func account(for leaf: ShownLeaf) throws -> WithheldLeaf? {
    guard leaf.isVersion, let seq = leaf.seq else { return nil }
    var withheld = WithheldLeaf(index: leaf.index, seq: seq, agency: leaf.agency, caseID: nil)
    guard let core = leaf.disclosed["core"] else { return withheld }
    guard case .string(let id)? = core["case"], case .number(let version)? = core["version"],
      core["seq"] == .number(JSONNumber(Int(seq)))
    else { throw AccountFailure("leaf \(leaf.index) does not say which version of which case it is") }
    if let known = try replica.version(of: id), let version = version.int, known >= version { return nil }
    withheld.caseID = id
    return withheld
  }

  private func hash(_ index: Int64) throws -> [UInt8]? {
    try disk.hashes(index..<index + 1, ofEpoch: accepted.epoch).first?.bytes
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
  /// - Throws: `AccountFailure`, after what was found is in a file beside the state; `SyncFault`, `WitnessFailure`,
  ///   `ReplicaFailure`.
  public func account(for replica: Replica) throws -> Account {
    guard let accepted = try state.kept()?.announced else { return Account(isComplete: true, summary: []) }
    do {
      let new = try Accounting(replica: replica, client: client, disk: state, accepted: accepted).run()
      let count = try replica.withheldCount()
      let lines = new.map { leaf in
        let of = leaf.caseID.map { ": case \($0)" } ?? ""
        return "kept back     leaf \(leaf.index), sequence \(leaf.seq), of \(leaf.agency ?? "nobody")\(of)"
      }
      let reached = try replica.accounted(ofEpoch: accepted.epoch)
      let head = "accounted     \(reached == 0 ? "for the cases shown" : "for \(reached) leaves")"
      let total = count > new.count ? ["kept back     \(count - new.count) leaves that were named before"] : []
      return Account(isComplete: new.isEmpty, summary: [head] + lines + total)
    } catch let failure as AccountFailure {
      try leaveEvidence(of: failure)
      throw failure
    }
  }

  /// Writes what shows a failure beside the state.
  public func leaveEvidence(of failure: AccountFailure) throws {
    let note = try state.kept()?.announced.note
    let path = try state.write(at: Date()) { failure.document(foundAt: $0, checkpoint: note) }
    progress.warn("the evidence is in \(path): send it to the other agencies")
  }
}
