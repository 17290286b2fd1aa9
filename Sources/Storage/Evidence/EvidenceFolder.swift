internal import Domain
internal import Foundation
internal import Service

/// `FILE.files`: the sealed files of evidence, each under its name in a folder that is called by the first two letters of it,
/// and `new` for those that are being brought.
struct EvidenceFolder: Sendable {
  static func path(of database: String) -> String { database + ".files" }

  let path: String

  private var incoming: String { path + "/new" }

  func path(of name: String) -> String { "\(path)/\(name.prefix(2))/\(name)" }

  /// A file to write to, which nobody else has.
  ///
  /// - Throws: `Failure` (`storage_unavailable`).
  func begin() throws -> (path: String, descriptor: CInt) {
    try make(path)
    try make(incoming)
    let file = "\(incoming)/\(UUID().uuidString.lowercased())"
    let descriptor = open(file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Failure.storageUnavailable }
    return (file, descriptor)
  }

  /// Gives a file that is whole, and on the disk, its name there.
  ///
  /// - Throws: `Failure` (`storage_unavailable`).
  func place(_ file: String, as name: String) throws {
    let target = path(of: name)
    let folder = "\(path)/\(name.prefix(2))"
    try make(folder)
    guard rename(file, target) == 0 else { throw Failure.storageUnavailable }
    try sync(folder)
  }

  func delete(_ name: String) { unlink(path(of: name)) }

  /// Moves files into a folder of its own, once for each restoration.
  ///
  /// - Returns: false where that was done before, or nothing is to be moved.
  /// - Throws: `Failure` (`storage_unavailable`).
  func setAside(_ names: [String], after restorations: Int) throws -> Bool {
    let aside = "\(path)/set-aside-\(restorations)"
    guard access(aside, F_OK) != 0 else { return false }
    // It has its name when all of them are in it: whoever is cut off goes on.
    let partial = aside + ".partial"
    try make(path)
    try make(partial)
    for name in names {
      guard rename(path(of: name), "\(partial)/\(name)") == 0 else { throw Failure.storageUnavailable }
    }
    try sync(partial)
    guard rename(partial, aside) == 0 else { throw Failure.storageUnavailable }
    try sync(path)
    return true
  }

  /// The names of all files that have one; nothing where there is no folder.
  func names() -> [String] { folders().flatMap { Self.entries("\(path)/\($0)") } }

  /// What was being brought when the process ended.
  func deleteIncoming() {
    for name in Self.entries(incoming) { unlink("\(incoming)/\(name)") }
  }

  private func folders() -> [String] { Self.entries(path).filter { $0.utf8.count == 2 } }

  private static func entries(_ path: String) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
  }

  /// Makes a folder where there is none, on the disk.
  private func make(_ folder: String) throws {
    if mkdir(folder, 0o700) == 0 { return try sync(URL(filePath: folder).deletingLastPathComponent().path) }
    guard errno == EEXIST else { throw Failure.storageUnavailable }
  }

  private func sync(_ folder: String) throws {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure.storageUnavailable }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw Failure.storageUnavailable }
  }
}
