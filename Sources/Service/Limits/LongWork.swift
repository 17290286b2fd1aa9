public import Domain

/// What long work may take: so much at the same time, and so much within an hour.
public struct LongWork: Sendable {
  private let slots: StreamSlots
  /// What it costs, by owner.
  private let costs: Rate<KeyOwner>

  /// - Parameter costPerHour: units of one owner.
  public init(slots: StreamSlots, costPerHour: Int) {
    self.slots = slots
    costs = Rate(Allowance(.cost, costPerHour, perSeconds: 3_600))
  }

  /// How many streams run now.
  public var runningCount: Int { slots.runningCount }

  /// The right to one long stream, and what that costs.
  ///
  /// - Throws: `too_many_requests`, `busy`.
  public func begin(by asker: Asker) throws(Failure) -> StreamSlot {
    let slot = try slots.take(try asker.owner())
    try pay(.stream, of: slot.owner, at: asker.now)
    return slot
  }

  /// Long work that goes on.
  ///
  /// - Throws: `too_many_requests` when the owner has used up what they may ask.
  public func pay(units: Int, by asker: Asker, at now: Timestamp) throws(Failure) {
    try pay(units, of: try asker.owner(), at: now)
  }

  /// What long work costs in units of some 30 ms with 100,000 cases.
  enum Cost: Int {
    /// A statistic that must be counted; one that is known already costs nothing.
    case figure = 1
    /// An export, an import or a reconciliation, however long it is: how many run at once is bounded, too. The lines of an
    /// import cost beside.
    case stream = 10
  }

  func pay(_ cost: Cost, of owner: KeyOwner, at now: Timestamp) throws(Failure) {
    try pay(cost.rawValue, of: owner, at: now)
  }

  private func pay(_ units: Int, of owner: KeyOwner, at now: Timestamp) throws(Failure) {
    guard let wait = costs.take(units, by: owner, at: now) else { return }
    throw Failure(
      .tooManyRequests, en: "Your agency has asked for as much long work as it may in this time.",
      inIndonesian: "Lembaga Anda sudah meminta pekerjaan panjang sebanyak yang diperbolehkan dalam kurun waktu ini.",
      retryAfterSeconds: wait, allowance: costs.allowance)
  }
}
