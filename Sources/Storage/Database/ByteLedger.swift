internal import Domain
internal import GRDB
internal import Synchronization

/// What each budget has spent, as last committed. Only the writer's thread charges; anybody may look.
final class ByteLedger: Sendable {
  private struct Entry {
    var day: Int
    var bytes: Int64
  }

  private struct State {
    var entries: [String: Entry] = [:]
    /// The newest day on which something was stored, and what the disk had left when that day's first write came.
    var day = Int.min
    var roomBytes: Int64 = 0
  }

  private let path: String
  private let bytesPerDay: Int64
  private let state: Mutex<State>

  /// Reads what was committed.
  init(_ database: Database, _ path: String, bytesPerDay: Int) throws {
    var state = State()
    let sql = "SELECT substr(name, ?), day, last, room_bytes FROM counter WHERE day IS NOT NULL"
    for row in try Row.fetchAll(database, sql: sql, arguments: [Counter.bytePrefix.utf8.count + 1]) {
      let (day, room): (Int, Int64) = (row[1], row[3])
      state.entries[row[0]] = Entry(day: day, bytes: row[2])
      if day > state.day { (state.day, state.roomBytes) = (day, room) }
      // The first row of a day has seen the most room.
      if day == state.day { state.roomBytes = max(state.roomBytes, room) }
    }
    self.path = path
    self.bytesPerDay = Int64(bytesPerDay)
    self.state = Mutex(state)
  }

  /// The smaller of the setting and half the room that was free when the day began.
  static func allowance(_ setting: Int64, roomBytes: Int64) -> Int64 { min(setting, roomBytes / 2) }

  /// How a budget stands at `now`.
  func use(of budget: ByteBudget, at now: Timestamp) -> ByteUse {
    let today = LegalDate(inJakarta: now)
    return state.withLock { state in
      begin(today, &state)
      let entry = state.entries[budget.name]
      switch budget {
      case .day:
        return ByteUse(
          usedBytes: entry.map { $0.day >= today.day ? $0.bytes : 0 } ?? 0,
          bytesMax: Self.allowance(bytesPerDay, roomBytes: state.roomBytes),
          renewedAt: today.adding(days: 1).startInJakarta)
      case .key(_, let bytesMax): return ByteUse(usedBytes: entry?.bytes ?? 0, bytesMax: bytesMax, renewedAt: nil)
      }
    }
  }

  /// Adds the bytes of the job that has just run to what its batch spends.
  ///
  /// - Throws: `too_many_requests` when that is more than the budget has left; nothing is spent then.
  func charge(_ budget: ByteBudget?, _ pending: inout Pending, at now: Timestamp) throws(Failure) {
    guard let budget, pending.jobBytes > 0 else { return }
    let spent = pending.spent[budget, default: 0] + pending.jobBytes
    let use = use(of: budget, at: now)
    guard use.usedBytes + spent <= use.bytesMax else { throw .bytesSpent(use, at: now) }
    pending.spent[budget] = spent
  }

  /// True when a write may well be more than the budget has left: the longest import batch still fits into the rest else.
  func isNearlySpent(_ budget: ByteBudget?, at now: Timestamp) -> Bool {
    guard let budget else { return false }
    let use = use(of: budget, at: now)
    return use.usedBytes + Self.nearBytes > use.bytesMax
  }

  private static let nearBytes: Int64 = 64 << 20

  /// The rows that a batch writes: budget, day, bytes and room.
  func rows(_ spent: [ByteBudget: Int64], at now: Timestamp) -> [(String, day: Int, bytes: Int64, room: Int64)] {
    let today = LegalDate(inJakarta: now).day
    return spent.map { budget, bytes in
      (
        budget.name, day: today, bytes: use(of: budget, at: now).usedBytes + bytes,
        room: state.withLock { $0.roomBytes }
      )
    }
  }

  /// Takes over what was committed.
  func commit(_ spent: [ByteBudget: Int64], at now: Timestamp) {
    for row in rows(spent, at: now) {
      state.withLock { $0.entries[row.0] = Entry(day: row.day, bytes: row.bytes) }
    }
  }

  /// Looks at the disk when a day begins. A clock that is set back does not begin a day anew.
  private func begin(_ today: LegalDate, _ state: inout State) {
    guard today.day > state.day else { return }
    state.day = today.day
    // Where the room cannot be told, the setting alone bounds.
    state.roomBytes = DiskSpace(of: path)?.freeBytes ?? .max
  }
}
