internal import Crypto
internal import Domain
internal import HTTPServer
internal import Synchronization

/// Pages as they were written last, so that who asks over and over has nothing written anew. There are as many as languages
/// and what pages are asked for by: elections, lists of codes, forms.
final class PageCache: Sendable {
  private struct Entry {
    var reference: Reference?
    var releaseCounts: [Int]
    var bytes: [UInt8]
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
    let entry = entry(name, reference, releaseCounts, write)
    var answer = DocumentationRoutes.page(entry.bytes, call)
    answer.etag = entry.etag
    return answer
  }

  /// The same of what is no page.
  ///
  /// - Parameter empty: the answer without a body.
  func answer(
    _ name: String, _ reference: Reference, _ releaseCounts: [Int], _ empty: Answer, _ write: () -> [UInt8]
  ) -> Answer {
    let entry = entry(name, reference, releaseCounts, write)
    var answer = empty
    (answer.body, answer.etag, answer.isPublic) = (.bytes(entry.bytes), entry.etag, true)
    return answer
  }

  private func entry(
    _ name: String, _ reference: Reference?, _ releaseCounts: [Int], _ write: () -> [UInt8]
  ) -> Entry {
    let kept = entries.withLock { $0[name] }
    if let kept, Self.isSame(kept.reference, reference), kept.releaseCounts == releaseCounts { return kept }
    let bytes = write()
    let etag = "\"\(Base32.encode(SHA256.hash(data: bytes).prefix(10)))\""
    let fresh = Entry(reference: reference, releaseCounts: releaseCounts, bytes: bytes, etag: etag)
    entries.withLock { $0[name] = fresh }
    return fresh
  }

  private static func isSame(_ one: Reference?, _ other: Reference?) -> Bool {
    guard let one, let other else { return one == nil && other == nil }
    return one.isSame(as: other)
  }
}
