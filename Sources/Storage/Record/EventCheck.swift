internal import Domain
internal import GRDB
internal import Merkle
internal import Service

/// Events beside their leaves, both in their order.
struct EventCheck {
  /// What the version before has told.
  private struct Before {
    var factsSeq: Int64
    var referencesSeq: Int64
    var commitments: Commitments?
  }

  private static let pageEvents = 1_000
  private static let facts: Set<LeafGroup> = [.facts, .subject, .narrative, .reporter]

  private let transaction: Transaction
  /// Sequences that restorations have passed over: the last one of each gap, by the first one.
  private var gaps: [Int64: Int64]
  /// Cases whose personal values were erased.
  private let erased: Set<Int64>
  private var page: ArraySlice<LoggedEvent> = []
  private var before: [Int64: Before] = [:]
  /// The last event that was read.
  private var read: Int64 = 0
  /// The sequence that the next event has, unless there is a gap.
  private var next: Int64 = 1
  private var partCount: Int64 = 0
  private var newestCase: Int64 = 0
  private var traces: TraceCheck

  init(_ transaction: Transaction) throws {
    self.transaction = transaction
    traces = TraceCheck(transaction)
    let gaps = try transaction.fetch("SELECT first, last FROM sequence_gap", []) { ($0[0] as Int64, $0[1] as Int64) }
    self.gaps = Dictionary(gaps, uniquingKeysWith: { first, _ in first })
    erased = Set(
      try transaction.fetch("SELECT case_key FROM event WHERE what = '\(EventKind.erasure.rawValue)'", []) { $0[0] })
  }

  /// What the leaf of an event commits to by the rows.
  ///
  /// - Parameter firstHead: the newest sequence when the log began.
  mutating func commitments(of leaf: StoredLeaf, _ firstHead: Int64) throws -> Commitments {
    guard let seq = leaf.seq else { throw leaf.fault("leaf", leaf.index, "it names no event") }
    if page.isEmpty { try readPage() }
    guard let event = page.popFirst() else { throw leaf.fault("event", seq, "it is missing") }
    let document = event.document
    guard document.seq >= seq else { throw RecordFault("event", document.seq, "no leaf tells of it") }
    guard document.seq == seq else { throw leaf.fault("event", seq, "it is missing") }
    guard event.leaf == leaf.index else { throw leaf.fault("event", seq, "leaf_index is that of another leaf") }
    try pass(to: seq)
    let earlier = before[seq]
    try proveSequences(event, earlier, leaf)
    let computed = try commitments(of: event, after: earlier?.commitments ?? Commitments(), leaf)
    try compare(event, computed, leaf)
    if document.what == EventKind.created.rawValue {
      guard event.key > newestCase else { throw leaf.fault("case_record", event.key, "its key is not in its order") }
      newestCase = event.key
    }
    partCount += Int64(event.parts.count)
    try traces.take(event, isLogged: seq > firstHead, leaf)
    return computed
  }

  /// No event is left, nor anything that no event has brought.
  mutating func finish() throws {
    if page.isEmpty { try readPage() }
    if let event = page.first { throw RecordFault("event", event.document.seq, "no leaf tells of it") }
    while let last = gaps.removeValue(forKey: next) { next = last + 1 }
    if let first = gaps.keys.min() { throw RecordFault("sequence_gap", first, "there is no such gap") }
    let count = try transaction.fetchOne("SELECT count(*) FROM case_part", []) { $0[0] as Int64 } ?? 0
    if count != partCount {
      let known = CasePart.allCases.map { String($0.rawValue) }.joined(separator: ", ")
      let key = try transaction.fetchOne(
        """
        SELECT part_key FROM case_part
        WHERE part_key % 16 NOT IN (\(known)) OR NOT EXISTS (SELECT 1 FROM event WHERE seq = part_key / 16) LIMIT 1
        """, []
      ) { $0[0] as Int64 }
      throw RecordFault("case_part", key ?? 0, "no event has brought it")
    }
    try traces.finish()
  }

  // MARK: Sequences

  private mutating func pass(to seq: Int64) throws {
    while next != seq {
      guard let last = gaps.removeValue(forKey: next), last < seq else {
        throw RecordFault("event", next, "it is missing")
      }
      next = last + 1
    }
    next = seq + 1
  }

  /// An event brings facts and references whole, or the case goes on with those of the version before.
  private func proveSequences(_ event: LoggedEvent, _ before: Before?, _ leaf: StoredLeaf) throws {
    let seq = event.document.seq
    let groups = Set(event.parts.map(\.group))
    let (facts, hasReferences) = (groups.intersection(Self.facts), groups.contains(.references))
    func isRight(_ stored: Int64?, _ before: Int64?, _ brought: Bool) -> Bool {
      guard event.document.state != nil else { return stored == nil && !brought }
      return stored == (brought ? seq : before)
    }
    guard facts.isEmpty || facts == Self.facts else { throw leaf.fault("case_part", seq * 16, "a group is missing") }
    guard isRight(event.factsSeq, before?.factsSeq, !facts.isEmpty) else {
      throw leaf.fault("event", seq, "facts_seq is not what was recorded, or its rows of case_part are missing")
    }
    guard isRight(event.referencesSeq, before?.referencesSeq, hasReferences) else {
      throw leaf.fault("event", seq, "references_seq is not what was recorded, or its row of case_part is missing")
    }
    // The place itself stands in what the leaf commits to as core.
    if let place = try event.evidenceSeq, (place == seq) != groups.contains(.evidence) {
      throw leaf.fault("case_part", CasePart.evidence.key(at: seq), "the files of the case are missing")
    }
  }

  // MARK: Commitments

  private func commitments(of event: LoggedEvent, after earlier: Commitments, _ leaf: StoredLeaf) throws -> Commitments
  {
    let document = event.document
    var commitments = document.state == nil ? Commitments() : earlier.lasting
    for part in event.parts {
      switch part.part {
      case .digest:
        guard part.content == nil || part.absence != nil, document.digest != nil else {
          throw leaf.fault("case_part", part.part.key(at: document.seq), "no event has brought it")
        }
        continue
      case .letters where try part.absence == nil && Set(part.texts.map(\.name)) != Set(document.namedLetters):
        throw leaf.fault("event", document.seq, "details name other letters than were recorded")
      default: commitments[part.group] = try digest(of: part, event, leaf)
      }
    }
    commitments[.core] = leaf.salts.digest(of: document.core)
    commitments[.store] = leaf.salts.digest(ofStore: document.store)
    return commitments
  }

  /// What is erased, or sealed from who looks, has the digest that was committed to.
  private func digest(of part: StoredPart, _ event: LoggedEvent, _ leaf: StoredLeaf) throws -> Hash? {
    let key = part.part.key(at: event.document.seq)
    let isErased = erased.contains(event.key)
    switch part.absence {
    case nil where !isErased || part.part == .core: return part.digest
    case nil: throw leaf.fault("case_part", key, "it is still there, and was erased")
    case .erased where !isErased: throw leaf.fault("case_part", key, "it is empty, and no erasure tells of it")
    case .sealed where isErased: throw leaf.fault("case_part", key, "it is still there, and was erased")
    case .erased, .sealed:
      guard let digest = event.commitments?[part.group] else {
        throw leaf.fault("case_part", key, "no event has brought it")
      }
      return digest
    }
  }

  private func compare(_ event: LoggedEvent, _ computed: Commitments, _ leaf: StoredLeaf) throws {
    let seq = event.document.seq
    guard let stored = event.commitments else { throw leaf.fault("event", seq, "commitments are malformed") }
    guard stored != computed else { return }
    if leaf.hash(of: .event, computed).bytes == leaf.hash {
      throw leaf.fault("event", seq, "commitments are not those of its leaf")
    }
    let groups = LeafGroup.allCases.filter { ![.core, .store].contains($0) } + [.core, .store]
    guard let group = groups.first(where: { stored[$0] != computed[$0] }) else { return }
    let what = "\(group.name) is not what was recorded"
    switch group {
    case .core: throw leaf.fault("event", seq, what + ", or identity or number of its case, or a salt of its leaf")
    case .store: throw leaf.fault("event", seq, what + ", or who has imported its case, or a salt of its leaf")
    case .evidence: throw leaf.fault("case_part", CasePart.evidence.key(at: seq), what)
    default: throw leaf.fault("case_part", seq * 16 + group.rawValue, what)
    }
  }

  // MARK: Reading

  private mutating func readPage() throws {
    page = try events(after: read)[...]
    guard let first = page.first?.document.seq, let last = page.last?.document.seq else { return }
    read = last
    let rows = try transaction.fetch(
      """
      SELECT e.seq, p.facts_seq, p.references_seq, p.commitments FROM event e JOIN event p ON p.seq =
        (SELECT max(seq) FROM event WHERE case_key = e.case_key AND seq < e.seq AND progress IS NOT NULL)
      WHERE e.seq BETWEEN ? AND ?
      """, [first, last]
    ) { row in
      let commitments: Commitments? = row.isNull(3) ? nil : Commitments(row[3] as [UInt8])
      return (row[0] as Int64, Before(factsSeq: row[1], referencesSeq: row[2], commitments: commitments))
    }
    before = Dictionary(rows, uniquingKeysWith: { first, _ in first })
  }

  private func events(after seq: Int64) throws -> [LoggedEvent] {
    do {
      return try transaction.loggedEvents(after: seq, limit: Self.pageEvents)
    } catch let error as DatabaseError where error.resultCode != .SQLITE_ERROR {
      throw error
    } catch {
      // One of them cannot be read: those before it come one by one.
      let next = try transaction.fetchOne("SELECT min(seq) FROM event WHERE seq > ?", [seq]) { $0[0] as Int64? } ?? nil
      return try RecordFault.blaming("event", next ?? 0) {
        let event = try transaction.loggedEvents(after: seq, limit: 1, withParts: false).first
        if let event { try proveOpening(of: event.document, leaf: event.leaf) }
        return try transaction.loggedEvents(after: seq, limit: 1)
      }
    }
  }

  /// Finds the row that does not open.
  private func proveOpening(of event: EventDocument, leaf: Int64?) throws {
    for part in CasePart.allCases {
      do {
        _ = try transaction.parts(part, part, at: event.seq, of: event.id)
      } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
        throw RecordFault("case_part", part.key(at: event.seq), "it is not what was sealed", leaf: leaf)
      }
    }
  }
}
