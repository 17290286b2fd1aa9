internal import Domain
internal import Foundation
internal import JSON
internal import SealedReporters

/// One run of `netral sync`: the snapshot when there is no replica yet, the feed, the reconciliation.
///
/// It may be ended at any point, also by force: each part is kept together with how far it reaches, in one transaction.
public struct SyncJob {
  let transport: CurlTransport
  let file: ReplicaFile
  let retries: Int
  let progress: ProgressLine
  /// Looks up the leaf of each case before it is stored; nil where nobody watches.
  let places: LeafPlaces?
  /// The keys that were pinned; nil where nobody watches.
  let pins: Pins?
  /// Takes the lines of the differences that are left.
  let tell: ([String]) throws -> Void

  /// - Parameters:
  ///   - retries: how often to ask again after a fault that may pass; the count begins anew with every advance.
  ///   - witness: watches over the record: each case is held against its leaf.
  ///   - tell: takes the lines of the differences that are left.
  public init(
    transport: CurlTransport, file: ReplicaFile, retries: Int, progress: ProgressLine, witness: WitnessJob? = nil,
    tell: @escaping ([String]) throws -> Void
  ) {
    (self.transport, self.file, self.retries, self.progress) = (transport, file, retries, progress)
    (places, pins, self.tell) = (witness.map(LeafPlaces.init), witness?.pins, tell)
  }

  /// What the service thinks of the replica.
  public struct Verdict {
    public let replica: Replica
    public let isInAgreement: Bool
    /// For people.
    public let summary: [String]
  }

  /// - Parameter settle: looks at a replica that was compared with the service, before it takes the place of another one.
  /// - Throws: `SyncFault`, `ReplicaFailure`, `AccountFailure`, `SealingFailure`, what `tell` and `settle` throw.
  public func run(isFresh: Bool, settle: (Replica) throws -> Void) throws -> Verdict {
    let origin = ReplicaOrigin(server: transport.server, agency: try agency())
    try places?.begin(for: AgencyCode(rawValue: origin.agency))
    try requirePinned(of: origin.agency)
    if let replica = try file.open() {
      let held = try replica.state().origin
      guard held.agency == origin.agency else {
        throw ReplicaFailure.unusable(
          file.path, reason: "is a replica of \(held.agency), and the key is one of \(origin.agency)")
      }
      guard isFresh || held.server == origin.server else {
        throw ReplicaFailure.unusable(
          file.path, reason: "is a replica of \(held.server); if that has moved, make it anew with --fresh")
      }
      if !isFresh, let verdict = try update(replica) {
        try settle(replica)
        // One that was begun by --fresh and given up holds the same persons' data, and nobody needs it.
        if verdict.isInAgreement { try file.removePartial() }
        return verdict
      }
      try replica.close()
    }
    let verdict = try make(origin)
    do {
      try settle(verdict.replica)
    } catch let failure as AccountFailure {
      // Nobody is to go on with what the record does not hold.
      try file.removePartial()
      throw failure
    }
    guard verdict.isInAgreement else { return verdict }
    let replica = try file.putInPlace(verdict.replica)
    return Verdict(replica: replica, isInAgreement: true, summary: verdict.summary)
  }

  /// The agency the key belongs to.
  func agency() throws -> String {
    try asking {
      let answer = try transport.send(CurlTransport.Request(target: "/v1/whoami"))
      guard let caller = try answer.nextObject() else { throw try answer.cut() }
      guard case .string(let agency) = caller["agency"] else {
        throw SyncFault.refused("the key is an operator's, which sees no case", code: nil)
      }
      return agency
    }
  }

  // MARK: Making and updating

  /// Makes a replica beside the file, or goes on with one that an earlier run has begun.
  private func make(_ origin: ReplicaOrigin) throws -> Verdict {
    let begun = try begun(origin)
    let partial = try begun ?? file.makePartial(for: origin)
    do {
      if let verdict = try complete(partial) { return verdict }
    } catch SyncFault.refused(let text, let code?)
      where begun != nil && ["sequence_ahead", "sequence_gone", "not_found"].contains(code)
    {
      progress.warn("\(text) The snapshot is begun anew.")
    }
    try partial.close()
    guard let verdict = try complete(try file.makePartial(for: origin)) else {
      throw SyncFault.passing("the server changes the form of cases while they are fetched", retryAfterSeconds: nil)
    }
    return verdict
  }

  /// The replica that an earlier run has begun, if it is worth going on with.
  private func begun(_ origin: ReplicaOrigin) throws -> Replica? {
    guard let replica = try file.openPartial() else { return nil }
    let isUsable = try replica.isCurrent() && replica.state().origin == origin && replica.wasInAgreement() != false
    if !isUsable { try replica.close() }
    return isUsable ? replica : nil
  }

  private func complete(_ replica: Replica) throws -> Verdict? {
    if try replica.state().seq == nil { try asking(about: replica) { try takeSnapshot(replica) } }
    return try update(replica)
  }

  /// Brings a replica up to date and has it certified; nil when the service now has another form of cases than the one
  /// under which the replica was begun, or tables are missing in it: everything is to be fetched again then.
  private func update(_ replica: Replica) throws -> Verdict? {
    guard try replica.isCurrent() else {
      progress.note("the replica is one of an earlier release: all cases are fetched again")
      return nil
    }
    // What this run has taken in with less than its proof shows is judged when the feed is taken in.
    if let places, !places.knowsReduced, try replica.unproven() != nil {
      progress.note(Self.withoutProofs)
      return nil
    }
    guard try takeChanges(replica) else {
      progress.note("the form of cases has changed: all of them are fetched again")
      return nil
    }
    if let places, let id = try replica.unproven() {
      try places.requireNotReduced(id)
      progress.note(Self.withoutProofs)
      return nil
    }
    try takeReference(replica)
    return try Reconciliation(job: self, replica: replica).run()
  }

  private static let withoutProofs =
    "it holds cases that were taken in without proofs: all of them are fetched again"

  // MARK: Snapshot

  /// Asks for the snapshot, or for the rest of it, and keeps what comes.
  private func takeSnapshot(_ replica: Replica) throws {
    let begun = try replica.state().snapshot
    var query = places == nil ? [] : [Self.asksForProof]
    if let begun { query += ["seq=\(begun.seq)"] + (begun.lastCaseID.map { ["after=\($0)"] } ?? []) }
    let target = "/v1/exports/cases" + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
    let answer = try transport.send(CurlTransport.Request(target: target, isCompressed: true))
    guard let first = try answer.nextObject() else { throw try answer.cut() }
    guard let head = try first.object("snapshot") else { throw unexpected("a snapshot without its first line") }
    var snapshot = ReplicaState.Snapshot(
      seq: try head.int64("seq"), cases: try head.int("count"),
      representation: try begun?.representation ?? head.representation(), lastCaseID: begun?.lastCaseID)
    guard begun == nil || begun?.seq == snapshot.seq else { throw unexpected("another snapshot than was asked for") }
    try requireKnown(snapshot.representation)

    let heldBefore = try replica.caseCount()
    var (batch, received, end): ([ReceivedCase], Int, JSONSource?) = ([], 0, nil)
    progress.begin("snapshot", heldBefore, of: snapshot.cases)
    func keep() throws {
      guard !batch.isEmpty else { return }
      try places?.require(batch)
      try watch(of: replica)?.require(batch)
      places?.note(batch)
      snapshot.lastCaseID = batch.last?.id
      try replica.apply(batch, of: snapshot)
      batch.removeAll(keepingCapacity: true)
    }
    while end == nil, let line = try answer.nextObject() {
      if let record = try line.receivedCase(provenTo: places?.agency, isPast: true) {
        batch.append(record)
        received += 1
        if batch.count == Self.batchCount { try keep() }
        progress.advance(to: heldBefore + received)
      } else {
        end = try line.object("end")
        guard end != nil else { throw unexpected("a line that a snapshot does not have") }
      }
    }
    // What came before a cut is good: each whole line is a case.
    try keep()
    guard let end else { throw try answer.cut() }
    guard try end.int64("seq") == snapshot.seq, try end.int("cases") == received else {
      throw unexpected("fewer or more cases than it counts")
    }
    if snapshot.lastCaseID == nil { try replica.apply([], of: snapshot) }
    try replica.finishSnapshot()
    progress.end()
  }

  /// Lines in a transaction. More would save little, and cost memory.
  private static let batchCount = 1_000

  // MARK: Feed

  /// Takes what has changed since, page by page, until the head; false when cases now have another form than in the
  /// replica.
  private func takeChanges(_ replica: Replica) throws -> Bool {
    let state = try replica.state()
    guard let first = state.seq else { throw unexpected("no sequence") }
    var (reached, isAtHead, hasBegun) = (first, false, false)
    while !isAtHead {
      let page = try asking { try self.page(after: reached) }
      guard page.representation == state.snapshot?.representation else { return false }
      try requireKnown(page.representation)
      try watch(of: replica)?.require(page.sealingKeys)
      guard page.next <= page.head, page.next > reached || (page.next == reached && page.next == page.head) else {
        throw unexpected("a page of the feed that leads nowhere")
      }
      if page.next > reached {
        let records = page.changes.compactMap(\.record)
        try places?.require(records)
        try watch(of: replica)?.require(records)
        try replica.apply(page.changes, upTo: page.next)
      }
      if !hasBegun { progress.begin("changes", of: Int(page.head - first)) }
      (reached, isAtHead, hasBegun) = (page.next, page.next >= page.head, true)
      progress.advance(to: Int(reached - first))
    }
    progress.end()
    return true
  }

  private struct Page {
    var changes: [ReceivedChange] = []
    var next: Int64
    var head: Int64
    var representation: Int
    var sealingKeys: [SealingPublicKey]
  }

  /// A page of the feed, whole or not at all.
  private func page(after seq: Int64) throws -> Page {
    let target = "/v1/changes?after=\(seq)&limit=1000" + (places == nil ? "" : "&\(Self.asksForProof)")
    let answer = try transport.send(CurlTransport.Request(target: target))
    var changes: [ReceivedChange] = []
    while let line = try answer.nextObject() {
      if line["next_after"] != nil {
        return Page(
          changes: changes, next: try line.int64("next_after"), head: try line.int64("head"),
          representation: try line.representation(), sealingKeys: try line.sealingKeys("sealing_keys"))
      }
      let id = try line.text("case_id")
      guard let record = try line.receivedCase(provenTo: places?.agency) else {
        changes.append(.drop(id: id))
        continue
      }
      guard record.id == id else { throw unexpected("a change with another case than it names") }
      changes.append(.put(record))
    }
    throw try answer.cut()
  }

  // MARK: Sealing keys

  private func watch(of replica: Replica) throws -> SealingWatch? {
    try pins.map { SealingWatch(try replica.state().origin.agency, $0) }
  }

  /// Asks for the keys before anything is fetched. A service of an earlier release has none.
  private func requirePinned(of agency: String) throws {
    guard let pins else { return }
    let keys = try asking { () throws -> [SealingPublicKey] in
      do {
        let target = "/v1/agencies/\(agency)/sealing-key"
        let answer = try transport.send(CurlTransport.Request(target: target))
        guard let object = try answer.nextObject() else { throw try answer.cut() }
        return try object.sealingKeys("keys")
      } catch SyncFault.refused(_, "not_found") {
        return []
      }
    }
    try SealingWatch(agency, pins).require(keys)
  }

  // MARK: Reference data

  /// Takes the reference data as they are now, a kind at a time.
  private func takeReference(_ replica: Replica) throws {
    for (kind, table) in ReplicaSchema.reference {
      do {
        let rows = try asking {
          try transport.send(CurlTransport.Request(target: "/v1/reference/\(kind.rawValue)?format=ndjson")).allLines()
        }
        try replica.replaceReference(table, with: rows)
      } catch SyncFault.refused(_, "not_found") {
        // A service of an earlier release does not know this kind.
      }
    }
  }

  /// A case can be held against its leaf by who knows what each of its members is.
  private func requireKnown(_ representation: Int) throws {
    guard places != nil, representation != Self.knownRepresentation else { return }
    throw SyncFault.refused(
      "the service writes cases in form \(representation), and this program can prove those of form "
        + "\(Self.knownRepresentation): use one of the service's release", code: nil)
  }

  /// Asked for only where somebody watches: a service of an earlier release refuses what it does not know.
  private static let asksForProof = "proof=true"

  /// The form of cases of this release (``EntityTag`` of the service).
  private static let knownRepresentation = 4

  // MARK: Asking again

  /// Asks, and asks again after a fault that may pass.
  ///
  /// - Parameter replica: as long as it grows, the count of tries begins anew.
  func asking<Value>(about replica: Replica? = nil, _ body: () throws -> Value) throws -> Value {
    try Patience(retries: retries, progress: progress).asking(reached: { try replica?.state() }, body)
  }

  func unexpected(_ what: String) -> SyncFault { .refused("the server sends \(what)", code: nil) }
}
