internal import Foundation
internal import GRDB
internal import Glibc
internal import Storage

/// Where a replica lies: the file itself and, beside it, `FILE.partial` while one is being made.
///
/// Under its own name a replica is always complete: it gets the name only when whoever made it says so.
public final class ReplicaFile {
  /// The file.
  let path: String
  /// The file that is being made.
  var partialPath: String { path + ".partial" }
  private let lock: LockFile

  /// Takes the lock that keeps a second job out; the file need not exist.
  ///
  /// - Throws: `ReplicaFailure.locked` while another process works on it, `.foreign` when there is another file of that
  ///   name, `.unusable` when the folder does not exist.
  public init(_ path: String) throws {
    do {
      self.path = try Opening.resolved(path)
      // Before a lock file is left beside a file that is somebody else's.
      _ = try Self.isReplica(self.path)
      lock = try LockFile(for: self.path)
    } catch let failure as OpenFailure {
      switch failure {
      case .locked(let path): throw ReplicaFailure.locked(path)
      case .unreadable(let path, let reason): throw ReplicaFailure.unusable(path, reason: reason)
      case .foreign, .newer, .exists, .migrationFailed, .record, .keys: throw failure
      }
    }
  }

  /// The replica; nil when there is no file.
  ///
  /// - Throws: `ReplicaFailure`.
  public func open() throws -> Replica? { try open(path) }

  /// The replica that an earlier run has begun to make; nil when there is none.
  ///
  /// - Throws: `ReplicaFailure`.
  func openPartial() throws -> Replica? {
    // A run that ended before the first table leaves nothing in it.
    guard try Self.head(of: partialPath)?.isEmpty == false else { return nil }
    return try open(partialPath)
  }

  /// Begins a new one, in place of one that was begun.
  ///
  /// - Throws: `ReplicaFailure`.
  func makePartial(for origin: ReplicaOrigin) throws -> Replica {
    try removePartial()
    // Names and numbers of people stand in the file: only its owner may read it.
    let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
    guard FileManager.default.createFile(atPath: partialPath, contents: nil, attributes: attributes) else {
      throw ReplicaFailure.unusable(partialPath, reason: "the file cannot be created")
    }
    let replica = try Replica(path: partialPath)
    try replica.create(for: origin)
    return replica
  }

  /// Removes one that was begun, if there is one.
  ///
  /// - Throws: `ReplicaFailure`.
  func removePartial() throws {
    for suffix in ["", "-journal"] where unlink(partialPath + suffix) != 0 && errno != ENOENT {
      throw ReplicaFailure.unusable(partialPath, reason: String(cString: strerror(errno)))
    }
  }

  /// Gives the replica that was made its name, in place of one that has it and whose certificates it takes over, and opens
  /// it there.
  ///
  /// - Throws: `ReplicaFailure`.
  func putInPlace(_ partial: Replica) throws -> Replica {
    // What an interrupted job has left half-written beside the old file would else be taken as part of the new one.
    if let old = try open() {
      _ = try old.state()
      try old.close()
      try partial.adoptCertificates(of: path)
    }
    try partial.close()
    guard rename(partialPath, path) == 0 else {
      throw ReplicaFailure.unusable(path, reason: String(cString: strerror(errno)))
    }
    let folder = Glibc.open((path as NSString).deletingLastPathComponent, O_RDONLY | O_CLOEXEC)
    if folder >= 0 {
      fsync(folder)
      Glibc.close(folder)
    }
    return try Replica(path: path)
  }

  private func open(_ path: String) throws -> Replica? { try Self.isReplica(path) ? Replica(path: path) : nil }

  /// Whether there is a replica; false when there is no file. Looked at before SQLite does, which leaves traces.
  private static func isReplica(_ path: String) throws -> Bool {
    guard let head = try head(of: path) else { return false }
    guard head.count == 100, head.starts(with: Array("SQLite format 3".utf8)),
      integer(head[68..<72]) == ReplicaSchema.applicationID
    else { throw ReplicaFailure.foreign(path) }
    guard integer(head[60..<64]) <= ReplicaSchema.version else { throw ReplicaFailure.newerVersion(path) }
    return true
  }

  /// The head of an SQLite file (its first 100 bytes, fewer in a shorter file); nil when there is no file.
  private static func head(of path: String) throws -> [UInt8]? {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw ReplicaFailure.unusable(path, reason: String(cString: strerror(errno)))
    }
    defer { Glibc.close(descriptor) }
    var head = [UInt8](repeating: 0, count: 100)
    let count = Glibc.read(descriptor, &head, head.count)
    guard count >= 0 else { throw ReplicaFailure.unusable(path, reason: String(cString: strerror(errno))) }
    return Array(head[..<count])
  }

  private static func integer(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }
}

/// Why a replica cannot be used; one line each.
public enum ReplicaFailure: Error, Sendable, CustomStringConvertible {
  case locked(String)
  case foreign(String)
  case newerVersion(String)
  case unusable(String, reason: String)

  public var description: String {
    switch self {
    case .locked(let path): "\(path): another run is synchronising this replica"
    case .foreign(let path): "\(path): is not a replica made by netral sync"
    case .newerVersion(let path): "\(path): was made by a newer version of netral; move it away and make it anew"
    case .unusable(let path, let reason): "\(path): \(reason)"
    }
  }

  /// Turns an error of the database into what the administrator is told.
  static func explaining<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as DatabaseError {
      switch error.resultCode {
      case .SQLITE_NOTADB, .SQLITE_CORRUPT: throw unusable(path, reason: "is damaged; move it away and make it anew")
      case .SQLITE_BUSY: throw unusable(path, reason: "another program has been reading or writing it for a minute")
      default: throw unusable(path, reason: Connection.reason(error, path))
      }
    }
  }
}
