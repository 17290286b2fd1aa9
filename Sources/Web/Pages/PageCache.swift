internal import Crypto
internal import Domain
internal import Synchronization

/// Pages as they were written last, so that who asks over and over has nothing written anew. There are as many as languages
/// and elections.
final class PageCache: Sendable {
  private struct Entry {
    var reference: Reference?
    var releaseCounts: [Int]
    var html: [UInt8]
    var etag: String
  }

  private let entries = Mutex<[String: Entry]>([:])

  /// The page as an answer with an entity tag.
  ///
  /// - Parameters:
  ///   - name: of the page, with its language and what it shows.
  ///   - reference: what the page shows of reference data; nil for nothing.
  ///   - releaseCounts: how many releases each election has: they are only added to.
  ///   - write: writes the page.
  func answer(
    _ name: String, _ reference: Reference?, _ releaseCounts: [Int], _ call: Call, _ write: () -> [UInt8]
  ) -> Answer {
    var entry = entries.withLock { $0[name] }
    if entry.map({ !Self.isSame($0.reference, reference) || $0.releaseCounts != releaseCounts }) ?? true {
      let html = write()
      let etag = "\"\(Base32.encode(SHA256.hash(data: html).prefix(10)))\""
      let fresh = Entry(reference: reference, releaseCounts: releaseCounts, html: html, etag: etag)
      entries.withLock { $0[name] = fresh }
      entry = fresh
    }
    var answer = DocumentationRoutes.page(entry?.html ?? [], call)
    answer.etag = entry?.etag
    return answer
  }

  private static func isSame(_ one: Reference?, _ other: Reference?) -> Bool {
    guard let one, let other else { return one == nil && other == nil }
    return one.isSame(as: other)
  }
}
