internal import Domain
internal import Foundation
internal import Service
internal import TestSupport
internal import Testing

@testable internal import Storage

struct SequenceGapTests {
  @Test func `a restoration gives no sequence and no number out again, and says what is lost`() async throws {
    try await withFolder { folder in
      let (path, copy, restored) = ("\(folder)/a.sqlite", "\(folder)/copy.sqlite", "\(folder)/b.sqlite")
      let store = try SQLiteStore(path: path, readerCount: 1, settings: StoreSettings())
      let bench = TemporaryStore(path: path, store: store, clock: FixedClock())
      let first = try await bench.report(1, at: .received, Sample.facts(1))
      _ = try Shell.output("sqlite3 '\(path)' \"VACUUM INTO '\(copy)'\"")
      let lost = try await bench.report(2, at: .received, Sample.facts(2))
      try store.close()
      try ErasureList().write(into: ErasureList.path(in: folder))
      for (source, target) in [(copy, restored), (restored, "\(folder)/c.sqlite")] {
        let restoration = try Restoration(
          from: source, into: target, opening: StoreSettings(), withoutSum: true,
          keys: KeySource((source == copy ? path : source) + ".keys"))
        #expect(restoration.content.head >= first.seq)
        let again = try SQLiteStore(path: target, readerCount: 1, settings: StoreSettings())
        let second = TemporaryStore(path: target, store: again, clock: FixedClock())
        let (isLost, isKept, head) = try again.read(on: 0) { reads in
          (try reads.isLost(lost.seq), try !reads.isLost(first.seq), try reads.head())
        }
        #expect(isLost && isKept && head == restoration.content.head)
        let made = try await second.report(
          target == restored ? 3 : 4, at: .received, Sample.facts(target == restored ? 3 : 4))
        #expect(made.seq > lost.seq + 1_000_000 && made.number > lost.number)
        #expect(made.number.utf8.count > lost.number.utf8.count)
        // The feed leads over the gap in one step, and to everything.
        var (after, seen, steps): (Int64, [Int64], Int) = (0, [], 0)
        while steps < 10 {
          let page = try again.read(on: 0) { try $0.changes(after: after, limit: 10) }
          seen += page.changes.map(\.seq)
          steps += 1
          if page.reached == page.head { break }
          after = page.reached
        }
        #expect(seen.contains(first.seq) && seen.contains(made.seq) && !seen.contains(lost.seq))
        #expect(seen == seen.sorted())
        try again.close()
        let findings = Diagnosis.findings(of: target, StoreSettings(), isFull: true)
        #expect(
          !findings.contains { $0.check == "sequence" && $0.level != .ok }
            && findings.contains { $0.check == "sequence" })
      }
    }
  }
}
