public import Domain

/// The store as the services use it: short questions at once, long ones in turn and within limits, changes once.
public final class Records: Sendable {
  let store: any Store
  /// What long work may take.
  let work: LongWork
  private let requireRoom: @Sendable (KeyOwner) throws(Failure) -> Void

  /// - Parameter requireRoom: throws `too_many_requests` or `busy` when too many answers wait for their clients.
  public init(
    store: any Store, work: LongWork, requireRoom: @escaping @Sendable (KeyOwner) throws(Failure) -> Void
  ) {
    self.store = store
    self.work = work
    self.requireRoom = requireRoom
  }

  /// The reference data as last committed.
  var reference: Reference { store.reference }

  /// Answers a short question on the thread that asks.
  func read<Value>(by asker: Asker, _ body: (any CaseReads) throws -> Value) throws -> Value {
    try store.read(on: asker.reader, body)
  }

  /// Reads an answer on a thread of the lane of long reading.
  ///
  /// - Throws: `too_many_requests`, `busy` before anything is read, when meanwhile too many answers wait for their clients.
  func readLong<Value: Sendable>(by asker: Asker, _ body: @escaping @Sendable (any CaseReads) throws -> Value)
    async throws -> Value
  {
    let owner = try asker.owner()
    return try await store.readLong(for: owner) { [requireRoom] reads in
      try requireRoom(owner)
      return try body(reads)
    }
  }

  /// Reads a part of a streamed answer there: what has begun goes on.
  func readPart<Value: Sendable>(by asker: Asker, _ body: @escaping @Sendable (any CaseReads) throws -> Value)
    async throws -> Value
  {
    try await store.readLong(for: asker.owner(), body)
  }

  /// Reads a list piece by piece: the first piece, which is all of it as a rule, at once, and further ones on the lane of
  /// long reading.
  func readPieces<List: PiecewiseList>(of list: List, by asker: Asker) async throws -> List {
    var list = list
    try read(by: asker) { try list.readPiece($0) }
    while !list.isOver {
      list = try await readLong(by: asker) { [list] reads in
        var list = list
        try list.readPiece(reads)
        return list
      }
    }
    return list
  }

  /// Counts from the states of all cases.
  ///
  /// - Throws: `too_many_requests` when the agency has used up what it may ask.
  func readStates<Value: Sendable>(
    by asker: Asker, _ body: @escaping @Sendable (CaseStates, any CaseReads) throws -> Value
  ) async throws -> Value {
    let owner = try asker.owner()
    try work.pay(.figure, of: owner, at: asker.now)
    return try await store.readStates(for: owner, body)
  }

  /// Runs a change once: a retry with the same key gets what the first one led to.
  ///
  /// - Parameters:
  ///   - replay: the result anew, from what was remembered.
  ///   - change: makes the change, and says what to remember.
  func once<Value: Sendable>(
    by asker: Asker, _ intent: Intent,
    replay: @escaping @Sendable (StoredReply, any CaseWrites) throws -> Value,
    change: @escaping @Sendable (any CaseWrites) throws -> (Value, StoredReply)
  ) async throws -> Done<Value> {
    let (owner, now) = (try asker.owner(), asker.now)
    return try await store.write(
      by: owner, spending: asker.caller?.budget, dryRun: intent.dryRun, noting: asker.receipts
    ) {
      transaction in
      if let key = intent.key, !intent.dryRun, let earlier = try transaction.reply(owner, key) {
        guard try transaction.isReply(earlier, to: intent.digests) else { throw Failure.idempotencyKeyReused }
        return Done(value: try replay(earlier, transaction), isReplayed: true)
      }
      var (value, reply) = try transaction.tellingExisting(to: owner) { try change(transaction) }
      reply.requestDigest = intent.digest
      if let key = intent.key, !intent.dryRun { try transaction.remember(reply, owner, key, at: now) }
      return Done(value: value, isReplayed: false)
    }
  }
}

/// A list that is read in pieces, each a few milliseconds of work.
protocol PiecewiseList: Sendable {
  /// Whether everything is read, or the page is full.
  var isOver: Bool { get }
  mutating func readPiece(_ reads: any CaseReads) throws
}

extension CaseReads {
  /// Runs a change, and lets a refusal name the report that exists where its caller may see whom that is about.
  fileprivate func tellingExisting<Value>(to owner: KeyOwner, _ change: () throws -> Value) throws -> Value {
    do {
      return try change()
    } catch var failure as Failure {
      if let id = failure.existing {
        let projection: Projection? =
          if case .agency(let agency) = owner {
            try stub(id).flatMap { Visibility.projection(of: $0, for: agency) }
          } else { nil }
        if projection?.contains(.subject) != true { failure.existing = nil }
      }
      throw failure
    }
  }
}

extension Lifecycle.Context {
  /// The same by the reference data of the write: rules may have changed since the request came.
  func renewed(by transaction: any CaseWrites) throws -> Lifecycle.Context {
    var context = self
    context.reference = try transaction.currentReference()
    return context
  }
}

extension Failure {
  static let idempotencyKeyReused = Failure(
    .idempotencyKeyReused, en: "This Idempotency-Key was used for another request.",
    inIndonesian: "Idempotency-Key ini sudah dipakai untuk permintaan lain.")
}
