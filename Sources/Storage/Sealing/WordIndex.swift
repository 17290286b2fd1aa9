internal import Crypto
internal import Domain
internal import Foundation
internal import GRDB
internal import Glibc
internal import Synchronization

/// `FILE.words`: the words of current narratives and of the names of those they are about, as keyed digests. SQLite's own
/// full-text search stands here and in the filters of case searches alone.
///
/// The file is no part of the record and of no backup: it is made anew where it is missing or of another state, and after
/// every erasure, with another key each time. It follows the record in commits of its own, so that no write waits for it, and
/// says up to which sequence it knows. Whoever searches brings it up to date first.
///
/// `@unchecked Sendable`: the connections run one access at a time, and what else changes is in mutexes.
final class WordIndex: @unchecked Sendable {
  /// "NTRW".
  private static let applicationID = 0x4E54_5257
  /// Half of the way to the lowest priority there is.
  private static let niceness: Int32 = 10
  /// Cases whose words one commit indexes.
  private static let pieceMax = 512

  static func path(of database: String) -> String { database + ".words" }

  private struct State {
    var known: Int64
    var words: WordDigests
  }

  private let path: String
  private let queue: DatabaseQueue
  private let record: Reader
  private let vault: Vault
  private let state: Mutex<State>
  /// Held while a piece is indexed.
  private let indexing = Mutex(())
  private let progress: IndexProgress
  private let running = DispatchGroup()

  /// Opens the index of a database, or begins one.
  ///
  /// - Throws: `OpenFailure`, `DatabaseError`.
  init(of database: String, _ vault: Vault, settings: StoreSettings) throws {
    let path = Self.path(of: database)
    (self.path, self.vault) = (path, vault)
    record = try Reader(path: database, vault: vault, settings: settings.forLongReading)
    let (epoch, head) = try record.read { (try $0.recordEpoch(), try $0.head()) }
    let mark = "\(vault.id) \(epoch)"
    let (queue, begun) = try Self.opened(path, mark, head, vault)
    self.queue = queue
    state = Mutex(begun)
    progress = IndexProgress(head: head, delay: settings.wordsDelay)
  }

  /// What cannot be read is no loss: the file is made anew.
  private static func opened(_ path: String, _ mark: String, _ head: Int64, _ vault: Vault) throws -> (
    DatabaseQueue, State
  ) {
    for isSecond in [false, true] {
      do {
        if access(path, F_OK) != 0 { try DurableFile.write([], to: path, replacing: false) }
        let queue = try DatabaseQueue(path: path, configuration: Connection.configuration(readonly: false))
        let known = try queue.writeWithoutTransaction { database -> Int64? in
          try database.execute(
            // No commit of it waits for the disk: after a power cut it is made anew.
            sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA secure_delete = ON")
          guard try Int.fetchOne(database, sql: "PRAGMA application_id") == applicationID,
            try String.fetchOne(database, sql: "SELECT value FROM setting WHERE name = 'mark'") == mark
          else { return nil }
          let boot = try String.fetchOne(database, sql: "SELECT value FROM setting WHERE name = 'boot'")
          guard boot == nil || boot == bootID else { return nil }
          return try Int64.fetchOne(database, sql: "SELECT value FROM setting WHERE name = 'seq'")
        }
        if let known, known <= head, let secret = try vault.file.knownSecret(secretName) {
          try queue.writeWithoutTransaction { database in
            // A disk that is full keeps no start off whose boot is noted.
            let noted = try String.fetchOne(database, sql: "SELECT value FROM setting WHERE name = 'boot'")
            guard noted != bootID else { return }
            try database.execute(
              sql: "INSERT OR REPLACE INTO setting (name, value) VALUES ('boot', ?)", arguments: [bootID])
          }
          return (queue, State(known: known, words: WordDigests(secret)))
        }
        let words = try begin(queue, mark, vault)
        return (queue, State(known: 0, words: words))
      } catch let error as DatabaseError {
        if isSecond { throw error }
        for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
      }
    }
    preconditionFailure("the second round returns or throws")
  }

  private static let secretName = "words"

  /// What the kernel calls the time since the machine was started; nothing where it says nothing.
  private static let bootID = FileSum.text(of: "/proc/sys/kernel/random/boot_id") ?? ""

  /// An empty index under a new key.
  private static func begin(_ queue: DatabaseQueue, _ mark: String, _ vault: Vault) throws -> WordDigests {
    let secret = SymmetricKey(size: .bits256)
    try vault.file.put(secret, as: secretName)
    try queue.writeWithoutTransaction { database in
      try database.inTransaction(.immediate) {
        try database.execute(
          sql: """
            PRAGMA application_id = \(applicationID);
            DROP TABLE IF EXISTS case_words;
            DROP TABLE IF EXISTS setting;
            CREATE TABLE setting (name TEXT NOT NULL PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
            CREATE VIRTUAL TABLE case_words USING fts5 (
              narrative, names, content = '', columnsize = 0, tokenize = 'ascii'
            );
            """)
        try database.execute(
          sql: "INSERT INTO setting (name, value) VALUES ('mark', ?), ('boot', ?), ('seq', 0)",
          arguments: [mark, bootID])
        return .commit
      }
      _ = try Row.fetchOne(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
    }
    return WordDigests(secret)
  }

  /// Forgets every word, and indexes what is left under another key.
  func beginAnew() throws {
    try indexing.withLock { _ in
      let mark = try queue.read { try String.fetchOne($0, sql: "SELECT value FROM setting WHERE name = 'mark'") ?? "" }
      let words = try Self.begin(queue, mark, vault)
      state.withLock { $0 = State(known: 0, words: words) }
    }
    progress.note(try record.read { try $0.head() })
  }

  /// Up to which sequence it knows.
  var known: Int64 { state.withLock { $0.known } }

  /// Indexes what the next events have brought.
  ///
  /// - Returns: up to which sequence it knows then.
  func indexPiece() throws -> Int64 {
    try indexing.withLock { _ in
      let (last, digests) = state.withLock { ($0.known, $0.words) }
      let piece = try record.read { try $0.changedWords(after: last, limit: Self.pieceMax) }
      if piece.reached <= last { return last }
      try queue.writeWithoutTransaction { database in
        let tokenizer = try database.makeTokenizer(WordDigests.tokenizer)
        var known: [Substring: String] = [:]
        func add(_ words: IndexedWords, of key: Int64, removing: Bool) throws {
          let command = removing ? "case_words, rowid, narrative, names" : "rowid, narrative, names"
          let places = removing ? "'delete', ?, ?, ?" : "?, ?, ?"
          try database.cachedStatement(sql: "INSERT INTO case_words (\(command)) VALUES (\(places))").execute(
            arguments: [
              key, try digests.text(words.narrative, by: tokenizer, &known),
              try digests.text(words.name, by: tokenizer, &known),
            ])
        }
        try database.inTransaction(.immediate) {
          for change in piece.changes where change.old != change.new {
            if let old = change.old { try add(old, of: change.key, removing: true) }
            try add(change.new, of: change.key, removing: false)
          }
          try database.execute(sql: "UPDATE setting SET value = ? WHERE name = 'seq'", arguments: [piece.reached])
          return .commit
        }
      }
      state.withLock { $0.known = piece.reached }
      return piece.reached
    }
  }

  /// What readers need to search it.
  var searched: (path: String, matching: WordMatching) { (path, { try self.matching($0, $1) }) }

  /// Words of a question, as the index has them: each a phrase, as it may fall into several.
  func matching(_ words: [String], _ database: Database) throws -> String {
    let (digests, tokenizer) = (state.withLock { $0.words }, try database.makeTokenizer(WordDigests.tokenizer))
    var known: [Substring: String] = [:]
    return try words.map { "\"\(try digests.text($0, by: tokenizer, &known))\"" }.joined(separator: " ")
  }

  // MARK: Following

  func start() {
    running.enter()
    let thread = Thread { [self] in
      // On Linux, 0 is this thread alone: requests go before it.
      setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Self.niceness)
      while progress.waitForWork(known: known) {
        do {
          _ = try indexPiece()
        } catch {
          // The disk is full, or the file is damaged: who searches is told. The index stays behind until the next commit.
          progress.giveUp()
        }
      }
      running.leave()
    }
    thread.name = "words"
    thread.start()
  }

  /// Takes note of a commit.
  func note(_ head: Int64) { progress.note(head) }

  /// Indexes everything up to a sequence.
  ///
  /// - Throws: `Failure`.
  func bringUpToDate(_ head: Int64) async throws {
    if known >= head { return }
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      DispatchQueue.global(qos: .userInitiated).async { [self] in
        continuation.resume(
          with: Result {
            do {
              var reached = known
              while reached < head { reached = try indexPiece() }
            } catch let error as DatabaseError {
              throw Failure(databaseError: error)
            }
          })
      }
    }
  }

  func close() throws {
    progress.close()
    running.wait()
    indexing.withLock { _ in }
    try record.close()
    try queue.writeWithoutTransaction { database in
      // What is on the disk whole needs no boot to tell so.
      try database.execute(sql: "PRAGMA synchronous = FULL; DELETE FROM setting WHERE name = 'boot'")
      _ = try Row.fetchOne(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
    }
    try queue.close()
  }
}

/// When the index has something to do: soon after writes have paused, or while they go on when it is far behind.
private final class IndexProgress: @unchecked Sendable {
  /// Events that it may lie behind while writes go on: who searches then waits for a second or two.
  private static let behindMax: Int64 = 65_536

  private let condition = NSCondition()
  private let delay: TimeInterval
  private var head: Int64
  private var lastNote = Date.distantPast
  private var isIdle = false
  private var hasGivenUp = false
  private var isClosed = false

  init(head: Int64, delay: Duration) {
    self.head = head
    self.delay = delay / .seconds(1)
  }

  func note(_ head: Int64) {
    condition.withLock {
      self.head = max(self.head, head)
      lastNote = Date()
      hasGivenUp = false
      if isIdle { condition.signal() }
    }
  }

  /// Nothing is tried before the next commit.
  func giveUp() { condition.withLock { hasGivenUp = true } }

  func close() {
    condition.withLock {
      isClosed = true
      condition.broadcast()
    }
  }

  /// False when it is closed.
  func waitForWork(known: Int64) -> Bool {
    condition.withLock {
      while !isClosed {
        let quietAt = lastNote.addingTimeInterval(delay)
        if head <= known || hasGivenUp {
          isIdle = true
          condition.wait()
          isIdle = false
        } else if head - known > Self.behindMax || quietAt <= Date() {
          return true
        } else {
          _ = condition.wait(until: quietAt)
        }
      }
      return false
    }
  }
}

/// Words as the index has them: 64 bits of HMAC-SHA-256 each.
struct WordDigests: Sendable {
  /// Case and marks of letters do not count.
  static let tokenizer = FTS5TokenizerDescriptor.unicode61(diacritics: .remove)
  private let state: HMAC<SHA256>

  init(_ secret: SymmetricKey) { state = HMAC<SHA256>(key: secret) }

  /// The words of a text, as digests with a blank between them.
  ///
  /// - Parameter known: what came before between two blanks, which texts repeat most of: no word goes beyond one.
  func text(_ text: String, by tokenizer: any FTS5Tokenizer, _ known: inout [Substring: String]) throws -> String {
    var digests: [String] = []
    for piece in text.utf8.split(whereSeparator: { $0 <= UInt8(ascii: " ") }) {
      let piece = Substring(piece)
      let found =
        try known[piece]
        ?? tokenizer.tokenize(document: String(piece)).map { digest(of: $0.token) }.joined(separator: " ")
      known[piece] = found
      if !found.isEmpty { digests.append(found) }
    }
    return digests.joined(separator: " ")
  }

  private func digest(of word: String) -> String {
    var hash = state
    hash.update(data: Array(word.utf8))
    return Base32.encode(hash.finalize().withUnsafeBytes { Array($0.prefix(8)) })
  }
}

/// What the index knows of a case. It holds no text of its own, so that a removal must say what was indexed.
struct IndexedWords: Equatable {
  var narrative: String
  var name: String
}

extension Transaction {
  /// What the next events have changed in words, of at most `limit` that brought facts.
  func changedWords(after last: Int64, limit: Int) throws -> (
    changes: [(key: Int64, old: IndexedWords?, new: IndexedWords)], reached: Int64
  ) {
    let head = try head()
    if last >= head { return ([], last) }
    let rows = try fetch(Self.changedWordsSQL, [last, limit]) { row in
      (seq: row[0] as Int64, key: row[1] as Int64, before: row[2] as Int64?, id: try row.identity(3))
    }
    let changes = try rows.map { row in
      (key: row.key, old: try row.before.map { try words(at: $0, of: row.id) }, new: try words(at: row.seq, of: row.id))
    }
    return (changes, rows.count < limit ? head : rows[rows.count - 1].seq)
  }

  private func words(at seq: Int64, of id: CaseID) throws -> IndexedWords {
    var facts = Facts.blank
    try forEach(
      .parts,
      {
        $0.add(CasePart.subject.key(at: seq))
        $0.add(CasePart.narrative.key(at: seq))
      },
      { row in
        let document = CasePart(ofKey: row[0]) == .subject ? FactsDocument.subject : FactsDocument.narrative
        try withContent(row, of: id) { try document.read($0, into: &facts) }
      })
    return IndexedWords(narrative: facts.act.narrative, name: facts.subject.name)
  }

  /// Events that brought facts, each with the sequence of the facts before.
  private static let changedWordsSQL = """
    SELECT e.seq, e.case_key, (SELECT max(b.facts_seq) FROM event b WHERE b.case_key = e.case_key AND b.seq < e.seq), r.id
    FROM event e JOIN case_record r ON r.case_key = e.case_key
    WHERE e.seq > ? AND e.facts_seq = e.seq ORDER BY e.seq LIMIT ?
    """

  /// Counts restorations.
  func recordEpoch() throws -> String {
    try fetchOne("SELECT value FROM setting WHERE name = ?", [RecordSetting.epoch]) {
      String(decoding: $0[0] as [UInt8], as: UTF8.self)
    } ?? "1"
  }

  /// - Throws: `DatabaseError` where the index is not at hand.
  func matching(_ words: [String]) throws -> String {
    guard let wordMatching else { throw DatabaseError(message: "the index of words is not at hand") }
    return try wordMatching(words, database)
  }
}
