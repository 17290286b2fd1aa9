internal import Crypto
public import Domain
public import JSON

/// Compares what an agency holds, line by line, with what it should hold at a sequence. Both come in ascending order of
/// identity, so that a comparison of any length needs no more memory than a page of each.
public struct Reconciliation: Sendable {
  /// What differs; version and entity tag are the service's.
  public enum Difference: Sendable {
    case missing(CaseID, version: Int, etag: String)
    case outdated(CaseID, version: Int, etag: String)
    case unknown(CaseID)
  }

  let context: Lifecycle.Context
  let seq: Int64
  /// What was found since it was last taken out.
  private var differences: [Difference] = []

  private var lines: ArraySlice<LineSplitter.Line> = []
  private var lastHeld: CaseID?
  private var expected: ArraySlice<PastStub> = []
  private var nextExpected: CaseID? = .lowest
  private var manifestHasEnded = false
  private var digest = SHA256()
  private var cases = 0
  private var counts = (missing: 0, outdated: 0, unknown: 0)
  private let read: ManifestReader

  init(_ context: Lifecycle.Context, seq: Int64, read: @escaping ManifestReader) {
    self.context = context
    self.seq = seq
    self.read = read
  }

  var agency: AgencyCode { context.actor.agency }

  /// Takes out what was found since this was asked last.
  public mutating func takeDifferences() -> [Difference] {
    defer { differences = [] }
    return differences
  }

  /// Adds what came of the manifest; nil ends it.
  public mutating func add(_ more: [LineSplitter.Line]?) {
    if let more { lines = lines.isEmpty ? more[...] : lines + more } else { manifestHasEnded = true }
  }

  /// Whether `step` has something to do.
  public var hasWork: Bool { !lines.isEmpty || (manifestHasEnded && !(expected.isEmpty && nextExpected == nil)) }

  /// Whether everything is compared.
  public var isComplete: Bool { manifestHasEnded && !hasWork }

  /// Cases one step looks at: a few milliseconds of work.
  private static let stepCases = 1_000

  /// Compares some lines.
  ///
  /// - Throws: `invalid` with the pointer `/lines/N` when a line is not as it must be.
  mutating func step(_ reads: any CaseReads) throws {
    for _ in 0..<Self.stepCases {
      if let line = lines.first {
        guard try compare(try held(line), reads) else { continue }
        lines.removeFirst()
      } else if manifestHasEnded, let stub = try next(reads) {
        miss(stub)
      } else {
        return
      }
    }
  }

  /// The outcome, once there is no work left.
  func certificate(at now: Timestamp) -> Certificate {
    Certificate(
      number: 0, agency: agency, seq: seq, cases: cases, missing: counts.missing, outdated: counts.outdated,
      unknown: counts.unknown, digest: Array(digest.finalize()), issuedAt: now)
  }

  /// Compares a line with the next expected case; false when that one comes before it, and the line is to be asked again.
  private mutating func compare(_ held: HeldCase, _ reads: any CaseReads) throws -> Bool {
    guard let stub = try next(reads), stub.id <= held.id else {
      lastHeld = held.id
      counts.unknown += 1
      differences.append(.unknown(held.id))
      return true
    }
    guard stub.id == held.id else {
      miss(stub)
      return false
    }
    lastHeld = held.id
    let etag = consume(stub)
    guard held.version != stub.version || held.etag != etag && held.etag != etagNow(of: stub) else { return true }
    if Visibility.projection(of: stub.now, for: agency) == nil {
      // Withdrawn since: nothing is told of it.
      counts.unknown += 1
      differences.append(.unknown(stub.id))
    } else {
      counts.outdated += 1
      differences.append(.outdated(stub.id, version: stub.version, etag: etag))
    }
    return true
  }

  /// A case that has been withdrawn since is counted, and not named to one who does not hold it.
  private mutating func miss(_ stub: PastStub) {
    let etag = consume(stub)
    counts.missing += 1
    guard Visibility.projection(of: stub.now, for: agency) != nil else { return }
    differences.append(.missing(stub.id, version: stub.version, etag: etag))
  }

  /// Counts an expected case and returns its entity tag.
  private mutating func consume(_ stub: PastStub) -> String {
    expected.removeFirst()
    cases += 1
    let etag = EntityTag.of(
      version: stub.version, Visibility.projection(of: stub.then, for: agency) ?? [], stub.commitments)
    digest.update(data: Array("\(stub.id) \(etag)\n".utf8))
    return etag
  }

  /// The entity tag of an expected case as a snapshot of the sequence shows it now: what was withdrawn since is left out.
  private func etagNow(of stub: PastStub) -> String {
    let isOwner = context.owns(reportedBy: stub.then.owner)
    return EntityTag.of(version: stub.version, stub.projection(for: agency, isOwner: isOwner) ?? [], stub.commitments)
  }

  /// The next case that existed for the agency; nil after the last.
  private mutating func next(_ reads: any CaseReads) throws -> PastStub? {
    while expected.isEmpty, let start = nextExpected {
      let page = try reads.pastStubs(at: seq, after: start, limit: Self.stepCases)
      expected = page.items.filter { Visibility.projection(of: $0.then, for: agency) != nil }[...]
      nextExpected = page.next
    }
    return expected.first
  }

  private func held(_ line: LineSplitter.Line) throws(Failure) -> HeldCase {
    let pointer = "/lines/\(line.number)"
    guard let bytes = line.bytes else { throw Failure.invalid(pointer, .length, Failure.lineTooLong.detail) }
    let held: HeldCase
    do throws(Failure) {
      held = try read(bytes)
    } catch {
      let place = error.errors.first?.pointer ?? ""
      throw .invalid(pointer + place, error.errors.first?.code ?? .format)
    }
    if let lastHeld, held.id <= lastHeld {
      throw Failure.invalid(
        pointer + "/id", .inconsistent,
        LocalizedText(
          en: "Give each case once, in ascending order of id.",
          inIndonesian: "Isi setiap kasus sekali, urut naik menurut id."))
    }
    return held
  }
}

/// Reads a line of a manifest.
public typealias ManifestReader = @Sendable ([UInt8]) throws(Failure) -> HeldCase

/// One line of a manifest: a case as an agency holds it.
public struct HeldCase: Sendable {
  let id: CaseID
  let version: Int
  let etag: String

  /// A case of that version and entity tag.
  public init(id: CaseID, version: Int, etag: String) {
    (self.id, self.version, self.etag) = (id, version, etag)
  }
}
