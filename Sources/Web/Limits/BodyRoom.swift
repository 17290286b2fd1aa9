internal import Domain
internal import Synchronization

/// The room for bodies of requests that are being taken or worked on: so many of one agency, so many bytes of it, and so
/// many bytes of all. One agency's slow or long bodies must neither fill what may be in flight nor the memory.
final class BodyRoom: Sendable {
  private struct Taken {
    var count = 0
    var bytes = 0
  }

  private let taken = Mutex<[KeyOwner: Taken]>([:])
  private let countMax: Int
  private let ownerBytesMax: Int
  private let bytesMax: Int

  /// - Parameters:
  ///   - countMax: bodies of one owner.
  ///   - ownerBytesMax: bytes of one owner that are held whole; what is read piece by piece takes none.
  ///   - bytesMax: of all.
  init(countMax: Int, ownerBytesMax: Int, bytesMax: Int) {
    self.countMax = countMax
    self.ownerBytesMax = ownerBytesMax
    self.bytesMax = bytesMax
  }

  /// Takes a place for a body, which is free again once nothing holds it.
  ///
  /// - Throws: `too_many_requests` when the owner has all of its own.
  func take(_ owner: KeyOwner) throws(Failure) -> BodyPlace {
    let isTaken = taken.withLock { taken in
      guard taken[owner, default: Taken()].count < countMax else { return false }
      taken[owner, default: Taken()].count += 1
      return true
    }
    guard isTaken else { throw .tooManyRequests }
    return BodyPlace(self, owner)
  }

  fileprivate func reserve(_ bytes: Int, for owner: KeyOwner) throws(Failure) {
    let refusal: Failure? = taken.withLock { taken in
      if taken[owner, default: Taken()].bytes + bytes > ownerBytesMax { return .ownBodiesTaken }
      if taken.values.reduce(0, { $0 + $1.bytes }) + bytes > bytesMax { return .bodiesTaken }
      taken[owner, default: Taken()].bytes += bytes
      return nil
    }
    if let refusal { throw refusal }
  }

  fileprivate func giveBack(_ bytes: Int, of owner: KeyOwner) {
    taken.withLock { taken in
      guard var own = taken[owner] else { return }
      own.count -= 1
      own.bytes -= bytes
      taken[owner] = own.count > 0 ? own : nil
    }
  }
}

/// The place of one body; given back when it is let go, however the request ends.
final class BodyPlace: Sendable {
  private let room: BodyRoom
  private let owner: KeyOwner
  private let bytes = Atomic<Int>(0)

  fileprivate init(_ room: BodyRoom, _ owner: KeyOwner) { (self.room, self.owner) = (room, owner) }

  deinit { room.giveBack(bytes.load(ordering: .relaxed), of: owner) }

  /// Takes room for a body that is held whole, before any of it is read.
  ///
  /// - Throws: `too_many_requests`, `busy`.
  func reserve(_ count: Int) throws(Failure) {
    try room.reserve(count, for: owner)
    bytes.add(count, ordering: .relaxed)
  }

  /// Keeps the place up to here.
  func keep() {}
}

extension Failure {
  static let ownBodiesTaken = Failure(
    .tooManyRequests, en: "Your agency has as many bytes of requests on their way as it may; try again shortly.",
    inIndonesian: "Lembaga Anda sedang mengirim data sebanyak yang diperbolehkan; coba lagi sebentar lagi.")
  static let bodiesTaken = Failure(
    .busy, en: "Too many requests are on their way; try again shortly.",
    inIndonesian: "Terlalu banyak permintaan sedang dikirim; coba lagi sebentar lagi.")
}
