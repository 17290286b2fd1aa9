internal import Domain
internal import Synchronization

/// The bytes that are on their way: what budgets have left is not given away twice.
public final class UploadRoom: Sendable {
  /// A part of a budget, given back when it is let go.
  public final class Share: Sendable {
    private let budget: ByteBudget
    private let bytes: Int64
    private let room: UploadRoom

    fileprivate init(_ budget: ByteBudget, _ bytes: Int64, _ room: UploadRoom) {
      (self.budget, self.bytes, self.room) = (budget, bytes, room)
    }

    deinit { room.giveBack(bytes, of: budget) }

    /// Keeps it up to here.
    public func keep() {}
  }

  private let reserved = Mutex<[ByteBudget: Int64]>([:])

  public init() {}

  /// Sets room aside among what the key of whoever asks may store.
  ///
  /// - Returns: nil where nothing bounds that.
  /// - Throws: `too_many_requests` where less is left.
  func reserve(_ bytes: Int, by asker: Asker, in store: any Store) throws(Failure) -> Share? {
    guard let budget = asker.caller?.budget else { return nil }
    return try reserve(bytes, of: budget, at: asker.now) { store.use(of: budget, at: asker.now) }
  }

  /// - Throws: `too_many_requests` where the budget has less left.
  ///
  /// - Parameter use: how the budget stands now.
  private func reserve(_ bytes: Int, of budget: ByteBudget, at now: Timestamp, _ use: () -> ByteUse) throws(Failure)
    -> Share
  {
    let spent = reserved.withLock { reserved -> ByteUse? in
      let (sum, use) = (reserved[budget, default: 0] + Int64(bytes), use())
      guard use.usedBytes + sum <= use.bytesMax else { return use }
      reserved[budget] = sum
      return nil
    }
    if let spent { throw .bytesSpent(spent, at: now) }
    return Share(budget, Int64(bytes), self)
  }

  private func giveBack(_ bytes: Int64, of budget: ByteBudget) {
    reserved.withLock { reserved in
      let left = reserved[budget, default: 0] - bytes
      reserved[budget] = left > 0 ? left : nil
    }
  }
}
