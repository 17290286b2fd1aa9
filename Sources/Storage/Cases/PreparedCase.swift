internal import Domain
internal import Service
internal import Synchronization

/// A history with the parts that each of its events brings, its keys, and how its person and its report are found. The parts
/// are sealed by the thread that writes: measured, the event loops have less to spare.
struct PreparedCase: PreparedHistory {
  let history: CaseHistory
  /// As many as the history has entries.
  let parts: [BroughtParts]
  let keys: DrawnKeys
  let names: ReportNames

  /// On a thread that may wait for no disk.
  ///
  /// - Returns: nil when no keys are ready.
  init?(ready history: CaseHistory, _ vault: Vault) {
    guard let person = vault.drawReady() else { return nil }
    guard let reporter = vault.drawReady() else {
      vault.giveBack([person])
      return nil
    }
    self.init(history, DrawnKeys(DataKeys(person: person, reporter: reporter), vault), vault)
  }

  /// - Throws: `Failure` where no keys can be made.
  init(_ history: CaseHistory, _ vault: Vault) throws {
    let numbers = DataKeys(person: try vault.draw(), reporter: try vault.draw())
    self.init(history, DrawnKeys(numbers, vault), vault)
  }

  private init(_ history: CaseHistory, _ keys: DrawnKeys, _ vault: Vault) {
    var salts = Salts(drawing: 5)
    self.history = history
    self.keys = keys
    names = ReportNames(history.record.facts, vault)
    parts = history.entries.indices.map { Self.brought(by: history, at: $0, &salts) }
  }

  private static func brought(by history: CaseHistory, at index: Int, _ salts: inout Salts) -> BroughtParts {
    let entry = history.entries[index]
    guard index > 0 else {
      return BroughtParts(entry.event.texts, entry.record, hasFacts: true, hasReferences: true, &salts)
    }
    let earlier = history.entries[index - 1].record
    return BroughtParts(
      entry.event.texts, entry.record.version == earlier.version ? nil : entry.record,
      hasFacts: !entry.record.hasFacts(of: earlier), hasReferences: !References.areSame(entry.record, earlier), &salts)
  }
}

/// A history for which nothing could be done before the write.
struct UnpreparedCase: PreparedHistory {
  let history: CaseHistory
}

/// Keys of a case that is not stored yet; they are given back unless it is.
final class DrawnKeys: Sendable {
  let numbers: DataKeys
  private let vault: Vault
  private let isUsed = Mutex(false)

  fileprivate init(_ numbers: DataKeys, _ vault: Vault) { (self.numbers, self.vault) = (numbers, vault) }

  /// From here on they may have sealed what is stored.
  func use() -> DataKeys {
    isUsed.withLock { $0 = true }
    return numbers
  }

  /// What they have sealed was undone.
  func undo() { isUsed.withLock { $0 = false } }

  deinit {
    if isUsed.withLock({ !$0 }) { vault.giveBack([numbers.person, numbers.reporter]) }
  }
}

/// How the person and the report that facts are about are found.
struct ReportNames: Sendable {
  let person: String
  let report: String

  init(_ facts: Facts, _ vault: Vault) {
    person = vault.digests.digest(.person, facts.personIdentifier)
    report = vault.digests.digest(.report, PlainText.folded(facts.source.agencyRef))
  }
}
