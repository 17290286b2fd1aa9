internal import Domain
internal import Synchronization

/// Files that come in parts: what has come of each. They are held in memory, and with them the keys under which the parts
/// stand on the disk: a start forgets them.
public final class Deliveries: Sendable {
  /// Files of one agency that may be on their way.
  private static let countMax = 16
  /// How long one is held that nothing comes of.
  private static let heldMilliseconds: Int64 = 3_600_000

  private let all = Mutex<[Delivery.Place: Delivery]>([:])

  public init() {}

  /// How many bytes of a file have come.
  func receivedBytes(_ place: Delivery.Place) -> Int { all.withLock { $0[place] }?.receivedBytes ?? 0 }

  /// A file of which the first part has come.
  func delivery(_ place: Delivery.Place) -> Delivery? { all.withLock { $0[place] } }

  var places: [Delivery.Place] { all.withLock { Array($0.keys) } }

  /// Takes one in that begins, in place of what has come of the same file before.
  ///
  /// - Throws: `too_many_requests` when the agency has too many on their way.
  func begin(_ delivery: Delivery) throws(Failure) {
    let (earlier, isTaken) = all.withLock { all -> (Delivery?, Bool) in
      let earlier = all.removeValue(forKey: delivery.place)
      guard all.keys.count(where: { $0.agency == delivery.place.agency }) < Self.countMax else {
        return (earlier, false)
      }
      all[delivery.place] = delivery
      return (earlier, true)
    }
    earlier?.end()
    if !isTaken { throw .tooManyDeliveries(Self.countMax) }
  }

  /// Lets one go, unless another one has taken its place.
  func end(_ delivery: Delivery) {
    all.withLock { if $0[delivery.place] === delivery { $0[delivery.place] = nil } }
    delivery.end()
  }

  func end(_ place: Delivery.Place) {
    if let delivery = delivery(place) { end(delivery) }
  }

  /// Lets those go of which nothing has come for too long, and gives back the room that they were to take.
  func sweep(at now: Timestamp) {
    for delivery in all.withLock({ Array($0.values) })
    where delivery.isIdle(since: now.milliseconds - Self.heldMilliseconds) {
      end(delivery)
    }
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
    var isServed = false
    var isAppending = false
    /// Requests that wait until bytes of another one are in.
    var waiting: [CheckedContinuation<Void, Never>] = []
    var budget: ByteBudget?
    var share: UploadRoom.Share?
    /// All of it has come, and is looked at: nothing more is taken.
    var isFinishing = false
    var isOver = false
  }

  let place: Place
  /// Of the whole file; nil where nobody has said.
  let totalBytes: Int?
  let file: any IncomingFile
  private let state: Mutex<State>

  init(
    _ place: Place, totalBytes: Int?, _ file: any IncomingFile, _ budget: ByteBudget?, _ share: UploadRoom.Share?,
    at now: Timestamp
  ) {
    (self.place, self.totalBytes, self.file) = (place, totalBytes, file)
    state = Mutex(State(usedAt: now, budget: budget, share: share))
  }

  /// Bytes that have come, in a row from the first one, and that may be gone on from.
  var receivedBytes: Int { state.withLock { $0.isOver ? 0 : $0.receivedBytes } }

  func isIdle(since milliseconds: Int64) -> Bool {
    state.withLock { !$0.isServed && !$0.isFinishing && $0.usedAt.milliseconds < milliseconds }
  }

  /// Takes the turn from whatever request has it, and says where it goes on.
  ///
  /// - Throws: `upload_conflict` when all of it has come already.
  func takeTurn(at now: Timestamp) async throws -> (turn: Int, receivedBytes: Int) {
    let turn = try state.withLock { state throws(Failure) -> Int in
      guard !state.isFinishing, !state.isOver else {
        throw .uploadConflict(received: state.isOver ? 0 : state.receivedBytes)
      }
      state.turn += 1
      (state.usedAt, state.isServed) = (now, true)
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

  /// Says whose bytes it is counted among, when a key with another budget goes on with it.
  func count(among budget: ByteBudget?, _ reserve: () throws(Failure) -> UploadRoom.Share?) throws(Failure) {
    if state.withLock({ $0.budget == budget }) { return }
    let share = try reserve()
    state.withLock { ($0.budget, $0.share) = (budget, share) }
  }

  /// Takes bytes in behind those that have come.
  ///
  /// - Throws: `upload_conflict` when another request has taken the turn; `storage_unavailable`.
  func append(_ bytes: [UInt8], turn: Int, at now: Timestamp) async throws {
    try state.withLock { state throws(Failure) in
      guard state.turn == turn, !state.isOver, !state.isFinishing else {
        throw .uploadConflict(received: state.isOver ? 0 : state.receivedBytes)
      }
      (state.isAppending, state.usedAt) = (true, now)
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

  /// Whether a request may look at the file as a whole: the one that has the turn, once.
  ///
  /// - Parameter totalBytes: of the file; nil: it ends with this request.
  func mayFinish(turn: Int, _ totalBytes: Int?) -> Bool {
    state.withLock { state in
      guard state.turn == turn, !state.isOver, !state.isFinishing, state.receivedBytes > 0,
        state.receivedBytes == totalBytes ?? state.receivedBytes
      else { return false }
      state.isFinishing = true
      return true
    }
  }

  /// Says that a request brings nothing more.
  ///
  /// - Returns: whether it had the turn.
  func pause(turn: Int, at now: Timestamp) -> Bool {
    state.withLock { state in
      guard state.turn == turn, !state.isFinishing else { return false }
      (state.isServed, state.usedAt) = (false, now)
      return true
    }
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
