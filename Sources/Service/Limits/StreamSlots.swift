internal import Domain
internal import Synchronization

/// How many long streams (exports, imports, reconciliations) run at the same time, in all and for one agency.
public final class StreamSlots: Sendable {
  private let taken = Mutex<[KeyOwner: Int]>([:])
  private let countMax: Int
  private let ownerCountMax: Int

  /// - Parameters:
  ///   - countMax: streams of all.
  ///   - ownerCountMax: streams of one owner.
  public init(countMax: Int, ownerCountMax: Int) {
    self.countMax = countMax
    self.ownerCountMax = ownerCountMax
  }

  /// Takes a slot, which is free again once nothing holds it.
  ///
  /// - Throws: `too_many_requests` when the owner has all of its own; `busy` when none is left.
  func take(_ owner: KeyOwner) throws(Failure) -> StreamSlot {
    let refusal: Failure? = taken.withLock { taken in
      let own = taken[owner] ?? 0
      if own >= ownerCountMax { return .ownStreamsTaken }
      if taken.values.reduce(0, +) >= countMax { return .streamsTaken }
      taken[owner] = own + 1
      return nil
    }
    if let refusal { throw refusal }
    return StreamSlot(self, owner)
  }

  /// How many are taken.
  var runningCount: Int { taken.withLock { $0.values.reduce(0, +) } }

  fileprivate func giveBack(_ owner: KeyOwner) {
    taken.withLock { taken in
      let own = taken[owner] ?? 0
      taken[owner] = own > 1 ? own - 1 : nil
    }
  }
}

/// The right to one long stream; given back when it is let go, however the stream ends.
public final class StreamSlot: Sendable {
  private let slots: StreamSlots
  let owner: KeyOwner

  fileprivate init(_ slots: StreamSlots, _ owner: KeyOwner) {
    self.slots = slots
    self.owner = owner
  }

  deinit { slots.giveBack(owner) }

  /// Keeps the slot up to here.
  public func keep() {}
}

extension Failure {
  fileprivate static let ownStreamsTaken = Failure(
    .tooManyRequests,
    en: "Your agency runs as many exports, imports and reconciliations as it may; wait for one to end.",
    inIndonesian:
      "Lembaga Anda sudah menjalankan jumlah maksimum ekspor, impor dan rekonsiliasi; tunggu sampai satu selesai.")
  fileprivate static let streamsTaken = Failure(
    .busy, en: "Too many exports, imports and reconciliations are running; try again shortly.",
    inIndonesian: "Terlalu banyak ekspor, impor dan rekonsiliasi berjalan; coba lagi sebentar lagi.")
}
