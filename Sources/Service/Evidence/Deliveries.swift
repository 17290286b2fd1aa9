internal import Domain
internal import Synchronization

/// Files that come in parts: what has come of each. They are held in memory, and with them the keys under which the parts
/// stand on the disk: a start forgets them.
final class Deliveries: Sendable {
  /// Files of one agency that may be on their way.
  private static let countMax = 16
  /// How long one is held that nothing comes of.
  private static let heldMilliseconds: Int64 = 3_600_000

  private let all = Mutex<[Delivery.Place: Delivery]>([:])

  /// How many bytes of a file have come.
  func receivedBytes(_ place: Delivery.Place) -> Int { all.withLock { $0[place] }?.receivedBytes ?? 0 }

  /// A file of which the first part has come.
  func delivery(_ place: Delivery.Place) -> Delivery? { all.withLock { $0[place] } }

  /// Takes one in that begins, in place of what has come of the same file before.
  ///
  /// - Throws: `too_many_requests` when the agency has too many on their way.
  func begin(_ delivery: Delivery, at now: Timestamp) throws(Failure) {
    let (gone, isTaken) = all.withLock { all -> ([Delivery], Bool) in
      var gone = all.filter { now.milliseconds - $0.value.usedAt.milliseconds > Self.heldMilliseconds }.map(\.key)
      gone.append(delivery.place)
      let ended = gone.compactMap { all.removeValue(forKey: $0) }
      guard all.keys.count(where: { $0.agency == delivery.place.agency }) < Self.countMax else { return (ended, false) }
      all[delivery.place] = delivery
      return (ended, true)
    }
    for one in gone { one.end() }
    if !isTaken { throw .tooManyDeliveries(Self.countMax) }
  }

  /// Lets one go, unless another one has taken its place.
  func end(_ delivery: Delivery) {
    all.withLock { if $0[delivery.place] === delivery { $0[delivery.place] = nil } }
    delivery.end()
  }
}

/// A file that comes, whole or in parts. Of several requests that bring it, the newest does.
public final class Delivery: Sendable {
  struct Place: Hashable {
    let agency: AgencyCode
    let sha256: String
  }

  private struct State {
    var receivedBytes = 0
    var usedAt: Timestamp
    /// Which request brings the file now.
    var turn = 0
    var isAppending = false
    /// Requests that wait until bytes of another one are in.
    var waiting: [CheckedContinuation<Void, Never>] = []
    var share: UploadRoom.Share?
    var isOver = false
  }

  let place: Place
  /// Of the whole file; nil where nobody has said.
  let totalBytes: Int?
  let file: any IncomingFile
  private let state: Mutex<State>

  init(_ place: Place, totalBytes: Int?, _ file: any IncomingFile, share: UploadRoom.Share?, at now: Timestamp) {
    (self.place, self.totalBytes, self.file) = (place, totalBytes, file)
    state = Mutex(State(usedAt: now, share: share))
  }

  /// Bytes that have come, in a row from the first one.
  var receivedBytes: Int { state.withLock { $0.receivedBytes } }
  var usedAt: Timestamp { state.withLock { $0.usedAt } }

  /// Takes the turn from whatever request has it, and says where it goes on.
  func takeTurn(at now: Timestamp) async -> (turn: Int, receivedBytes: Int) {
    let turn = state.withLock { state in
      state.turn += 1
      state.usedAt = now
      return state.turn
    }
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        if state.isAppending { state.waiting.append(continuation) }
        return !state.isAppending
      }
      if isFree { continuation.resume() }
    }
    return (turn, receivedBytes)
  }

  /// Takes bytes in behind those that have come.
  ///
  /// - Throws: `upload_conflict` when another request has taken the turn; `storage_unavailable`.
  func append(_ bytes: [UInt8], turn: Int) async throws {
    try state.withLock { state throws(Failure) in
      guard state.turn == turn, !state.isOver else { throw .uploadConflict(received: state.receivedBytes) }
      state.isAppending = true
    }
    var failure: (any Error)?
    do { try await file.append(bytes) } catch { failure = error }
    let waiting = state.withLock { state in
      state.isAppending = false
      if failure == nil { state.receivedBytes += bytes.count }
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
    if let failure { throw failure }
  }

  /// Gives back the room that it was to take.
  func end() {
    state.withLock { state in
      state.isOver = true
      state.share = nil
    }
  }
}

extension Failure {
  static func uploadConflict(received count: Int) -> Failure {
    var failure = Failure(
      .uploadConflict, en: "\(count) bytes of this file have come: go on from there, or send all of it.",
      inIndonesian: "\(count) byte berkas ini sudah diterima: lanjutkan dari sana, atau kirim seluruhnya.")
    failure.receivedBytes = count
    return failure
  }

  fileprivate static func tooManyDeliveries(_ max: Int) -> Failure {
    Failure(
      .tooManyRequests, en: "\(max) files of this agency are on their way: bring one of them to its end first.",
      inIndonesian: "\(max) berkas lembaga ini sedang dikirim: selesaikan salah satunya dahulu.", retryAfterSeconds: 60)
  }
}
