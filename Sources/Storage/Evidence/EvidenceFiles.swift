internal import Foundation
internal import Service
internal import Synchronization

/// The files of evidence of a database that is in use.
final class EvidenceFiles: Sendable {
  let folder: EvidenceFolder
  private let digests: KeyedDigests
  /// Files that stand on the disk under their names, and that a write is yet to name.
  private let awaited = Mutex<Set<String>>([])

  init(of database: String, _ digests: KeyedDigests) {
    (folder, self.digests) = (EvidenceFolder(path: EvidenceFolder.path(of: database)), digests)
  }

  /// Nothing for an event loop.
  ///
  /// - Throws: `Failure` (`storage_unavailable`).
  func begin() throws -> IncomingEvidence { try IncomingEvidence(into: self, digests) }

  /// Gives a file its name, and keeps it until it is settled.
  ///
  /// - Throws: `Failure` (`storage_unavailable`).
  func place(_ file: String, as name: String) throws {
    awaited.withLock { _ = $0.insert(name) }
    do {
      try folder.place(file, as: name)
    } catch {
      awaited.withLock { _ = $0.remove(name) }
      throw error
    }
  }

  /// - Parameter isKept: whether a row names the file, or may.
  func settle(_ name: String, isKept: Bool) {
    if !isKept { folder.delete(name) }
    awaited.withLock { _ = $0.remove(name) }
  }

  /// Deletes what was being brought when an earlier process ended.
  func deleteIncoming() { folder.deleteIncoming() }

  /// Deletes every file that nothing names. At the first start after a restoration they are set aside instead: they are those
  /// of what the restored file does not know, and whoever goes back to the other file needs them.
  ///
  /// - Parameters:
  ///   - isStart: whether the service starts, and has erased nothing yet.
  ///   - named: the names that rows have, as last committed, and how often the file was restored.
  func deleteOrphans(isStart: Bool, except named: () throws -> (names: Set<String>, restorations: Int)) throws {
    // In this order: a file that is settled meanwhile is named by then.
    let there = folder.names()
    let awaited = self.awaited.withLock { $0 }
    let (names, restorations) = try named()
    let orphans = there.filter { !names.contains($0) && !awaited.contains($0) }
    if isStart, restorations > 0, try folder.setAside(orphans, after: restorations) { return }
    for name in orphans { folder.delete(name) }
  }
}
