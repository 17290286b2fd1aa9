internal import Foundation
package import Merkle

/// The key that signs checkpoints, in a file of its own beside the database: never in the database, and so in no backup.
package enum RecordKey {
  /// Which of the keys beside a database is meant.
  package enum Place: String {
    /// The one that signs.
    case current = ".record-key"
    /// The one that is to take its place.
    case next = ".record-key.next"
  }

  /// Where the key of a database stands.
  package static func path(of database: String, _ place: Place = .current) -> String { database + place.rawValue }

  /// The key beside a database; nil when there is none.
  ///
  /// - Throws: `OpenFailure.record` when others may read the file, or it holds no key.
  package static func load(of database: String, _ place: Place = .current) throws -> NoteSigner? {
    let path = path(of: database, place)
    var status = stat()
    guard lstat(path, &status) == 0 else {
      if errno == ENOENT { return nil }
      throw OpenFailure.record(database, reason: "\(path): \(String(cString: strerror(errno)))")
    }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_mode & 0o077 == 0 else {
      throw OpenFailure.record(database, reason: "\(path): the key is for its owner alone: chmod 600")
    }
    let text = try? String(contentsOfFile: path, encoding: .utf8)
    do {
      return try NoteSigner((text ?? "").trimmingCharacters(in: .newlines))
    } catch {
      throw OpenFailure.record(database, reason: "\(path): is no private key of a record")
    }
  }

  /// Writes a new key beside a database. One that is there is kept.
  ///
  /// - Parameter name: of the record; nil: one that is drawn.
  package static func create(of database: String, named name: String? = nil, _ place: Place = .current) throws
    -> NoteSigner
  {
    let drawn = String(UInt32.random(in: .min ... .max), radix: 16)
    let name = name ?? "netral-" + String(repeating: "0", count: 8 - drawn.count) + drawn
    do {
      let signer = try NoteSigner.generate(name: name, type: .ed25519)
      try DurableFile.write(Array("\(signer.text)\n".utf8), to: path(of: database, place), replacing: false)
      return signer
    } catch let error as NoteError {
      throw OpenFailure.record(database, reason: "a record cannot have this name: \(error)")
    }
  }

  /// Puts the next key in the place of the one that signs.
  static func takeNext(of database: String) throws {
    try DurableFile.rename(path(of: database, .next), to: path(of: database))
  }

  /// The name with which an epoch signs: `NAME/EPOCH`, the origin of its checkpoints.
  static func origin(_ name: String, _ epoch: Int) -> String { "\(name)/\(epoch)" }
}

/// A small file that is there whole, and on the disk, or not at all.
package enum DurableFile {
  /// - Parameter replacing: false: fails when there is one.
  package static func write(_ bytes: [UInt8], to path: String, replacing: Bool = true) throws {
    let partial = "\(path).\(UUID().uuidString.prefix(8).lowercased()).partial"
    let descriptor = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure(path) }
    defer { unlink(partial) }
    do {
      defer { close(descriptor) }
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { throw failure(path) }
        rest = rest.dropFirst(count)
      }
      guard fsync(descriptor) == 0 else { throw failure(path) }
    }
    let isPlaced = replacing ? Glibc.rename(partial, path) == 0 : link(partial, path) == 0
    guard isPlaced else { throw failure(path) }
    try syncFolder(of: path)
  }

  /// Gives a file that is on the disk another name; the one that has it goes.
  static func rename(_ old: String, to path: String) throws {
    guard Glibc.rename(old, path) == 0 else { throw failure(path) }
    try syncFolder(of: path)
  }

  private static func syncFolder(of path: String) throws {
    let folder = open(URL(filePath: path).deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw failure(path) }
    defer { close(folder) }
    guard fsync(folder) == 0 else { throw failure(path) }
  }

  private static func failure(_ path: String) -> OpenFailure {
    .unreadable(path, reason: String(cString: strerror(errno)))
  }
}
