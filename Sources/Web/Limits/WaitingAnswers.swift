internal import Domain
internal import HTTPServer
internal import Synchronization

/// The memory of answers that are made and that their clients have not taken yet: so much of one agency, so much of all.
/// Whoever asks without a key counts as one more owner.
///
/// What is counted is what waits in the server after the system has taken what it can. It is known when a request comes:
/// then an owner whose clients leave too much lying is refused, before anything is read or written for it. What is made of
/// requests that were on their way meanwhile is judged once more before it is handed over.
final class WaitingAnswers: Sendable {
  private let held = Mutex<[KeyOwner?: Int]>([:])
  private let total = Atomic<Int>(0)
  private let bytesMax: Int
  private let ownerBytesMax: Int

  init(bytesMax: Int, ownerBytesMax: Int) {
    self.bytesMax = bytesMax
    self.ownerBytesMax = ownerBytesMax
  }

  /// How many bytes wait, of all.
  var bytes: Int { total.load(ordering: .relaxed) }

  /// - Parameter bytes: what is to be handed over; nothing when that is not known yet.
  /// - Throws: `too_many_requests` when the owner has no room for it, `busy` when there is none at all.
  func requireRoom(for owner: KeyOwner?, bytes: Int = 1) throws(Failure) {
    let all = total.load(ordering: .relaxed)
    // As a rule next to nothing waits, and nobody needs to look whose it is.
    guard all + bytes > ownerBytesMax else { return }
    if held.withLock({ $0[owner] ?? 0 }) + bytes > ownerBytesMax { throw .ownAnswersWait }
    if all + bytes > bytesMax { throw .answersWait }
  }

  fileprivate func count(_ bytes: Int, of owner: KeyOwner?) {
    total.add(bytes, ordering: .relaxed)
    held.withLock { held in
      let own = (held[owner] ?? 0) + bytes
      held[owner] = own > 0 ? own : nil
    }
  }
}

/// The part of one owner.
struct OwnAnswers: AnswerAccount {
  let all: WaitingAnswers
  let owner: KeyOwner?

  func count(_ bytes: Int) { all.count(bytes, of: owner) }
}

extension Failure {
  static let ownAnswersWait = Failure(
    .tooManyRequests, en: "Your agency's clients leave too many answers unread; read or close them first.",
    inIndonesian: "Klien lembaga Anda belum membaca terlalu banyak jawaban; baca atau tutup dahulu.")
  static let answersWait = Failure(
    .busy, en: "Too many answers wait for their clients; try again shortly.",
    inIndonesian: "Terlalu banyak jawaban menunggu kliennya; coba lagi sebentar lagi.")
}
