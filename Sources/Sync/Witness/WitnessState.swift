internal import Foundation
internal import Glibc
package import Merkle
internal import Storage

/// What a witness keeps, in a folder of its own: `leaves-EPOCH` with 32 bytes for each leaf, `checkpoint` with the last
/// checkpoint accepted, which has the witness's own line, and `handovers` of the record's key that were accepted.
///
/// `checkpoint` is replaced whole, after the leaves are on the disk. Leaves behind its size are what is left of a round that
/// was cut off; the next round overwrites them.
public final class WitnessState: WitnessDisk {
  /// The folder.
  public let folder: String
  private let ownKey: NoteVerifier?
  private let lock: LockFile

  /// Opens the folder, or makes one that only its owner may read.
  ///
  /// - Parameters:
  ///   - key: the witness's own; nil where nothing is cosigned.
  ///   - makesFolder: false where a state must be there already.
  /// - Throws: `WitnessFailure.refused`, also while another process works on it.
  public init(_ folder: String, key: WitnessKey?, makesFolder: Bool) throws {
    self.folder = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    ownKey = key?.signer.verifier
    if makesFolder { try Self.makeFolder(self.folder) }
    var status = stat()
    guard stat(self.folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw WitnessFailure.refused("\(folder): is no folder with the state of a witness")
    }
    do {
      lock = try LockFile(for: "\(self.folder)/state")
    } catch OpenFailure.locked {
      throw WitnessFailure.refused("\(folder): another run is using the state of this witness")
    } catch let failure as OpenFailure {
      throw WitnessFailure.refused("\(failure)")
    }
  }

  // MARK: Checkpoint

  /// - Throws: `WitnessFailure.refused` when the file cannot be read, or is none.
  package func kept() throws -> KeptCheckpoint? {
    guard let bytes = try contents(of: checkpointPath) else { return nil }
    do {
      let note = try SignedNote(bytes)
      guard let announced = AnnouncedCheckpoint(note: bytes, checkpoint: try Checkpoint(text: note.text)) else {
        throw NoteError.invalidCheckpoint
      }
      return KeptCheckpoint(announced: announced, cosignedAt: try ownKey.flatMap { try note.cosigningTime(of: $0) })
    } catch is NoteError {
      throw WitnessFailure.refused("\(checkpointPath): is no checkpoint of a witness")
    }
  }

  package func keep(_ checkpoint: KeptCheckpoint) throws {
    do {
      try DurableFile.write(checkpoint.announced.note, to: checkpointPath)
    } catch {
      throw WitnessFailure.refused("\(error)")
    }
  }

  // MARK: Keys

  /// The keys of the record: those that are pinned, and those to which they have handed over.
  ///
  /// - Throws: `WitnessFailure.refused` when the file of handovers cannot be read.
  package func keys(_ pins: Pins) throws -> LogKeys { LogKeys(pins, accepted: try handovers()) }

  package func accept(_ handovers: [Handover]) throws {
    do {
      try DurableFile.write(Handover.written(try self.handovers() + handovers), to: handoversPath)
    } catch {
      throw WitnessFailure.refused("\(error)")
    }
  }

  private func handovers() throws -> [Handover] {
    guard let bytes = try contents(of: handoversPath) else { return [] }
    do {
      return try Handover.read(bytes)
    } catch {
      throw WitnessFailure.refused("\(handoversPath): are no handovers of a record's key")
    }
  }

  private var handoversPath: String { "\(folder)/handovers" }

  // MARK: Note

  /// The note that was cosigned last, as it is sent by mail or printed; nil before the first.
  public func note() throws -> String? { try kept().map { String(decoding: $0.announced.note, as: UTF8.self) } }

  private var checkpointPath: String { "\(folder)/checkpoint" }

  // MARK: Leaves

  package func hashes(_ range: Range<Int64>, ofEpoch epoch: Int) throws -> [Hash] {
    guard !range.isEmpty else { return [] }
    let path = leavesPath(epoch)
    return try Self.withFile(path, O_RDONLY) { descriptor in
      var bytes = [UInt8](repeating: 0, count: 32 * range.count)
      let start = 32 * Int(range.lowerBound)
      var done = 0
      while done < bytes.count {
        let count = bytes.withUnsafeMutableBytes { buffer in
          pread(descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done, start + done)
        }
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { throw Self.failure(path) }
        guard count > 0 else {
          throw WitnessFailure.refused("\(path): is cut off: bring the state of this witness back from a backup")
        }
        done += count
      }
      return stride(from: 0, to: bytes.count, by: 32).compactMap { Hash(bytes[$0..<($0 + 32)]) }
    }
  }

  package func put(_ hashes: [Hash], at index: Int64, ofEpoch epoch: Int) throws {
    let path = leavesPath(epoch)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(32 * hashes.count)
    for hash in hashes { hash.append(to: &bytes) }
    try Self.withFile(path, O_RDWR | O_CREAT) { descriptor in
      let start = 32 * Int(index)
      guard ftruncate(descriptor, start) == 0 else { throw Self.failure(path) }
      var done = 0
      while done < bytes.count {
        let count = bytes.withUnsafeBytes { buffer in
          pwrite(descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done, start + done)
        }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { throw Self.failure(path) }
        done += count
      }
    }
  }

  package func cut(to size: Int64, ofEpoch epoch: Int) throws {
    let path = leavesPath(epoch)
    if size == 0 {
      guard unlink(path) == 0 || errno == ENOENT else { throw Self.failure(path) }
    } else {
      try Self.withFile(path, O_RDWR) { guard ftruncate($0, 32 * Int(size)) == 0 else { throw Self.failure(path) } }
    }
  }

  package func sync(epoch: Int) throws {
    let path = leavesPath(epoch)
    try Self.withFile(path, O_RDWR | O_CREAT) { guard fsync($0) == 0 else { throw Self.failure(path) } }
    try Self.withFile(folder, O_RDONLY | O_DIRECTORY) { guard fsync($0) == 0 else { throw Self.failure(folder) } }
  }

  private func leavesPath(_ epoch: Int) -> String { "\(folder)/leaves-\(epoch)" }

  // MARK: Evidence

  /// Writes what a round has found, as a file of its own beside the state.
  ///
  /// - Parameter time: when it was found.
  /// - Returns: the path.
  func write(_ evidence: WitnessEvidence, at time: Date) throws -> String {
    try write(at: time) { evidence.document(foundAt: $0) }
  }

  /// Writes evidence of any kind.
  ///
  /// - Parameter document: makes it of the time in RFC 3339.
  func write(at time: Date, _ document: (String) -> [UInt8]) throws -> String {
    let text = time.formatted(.iso8601)
    let path = "\(folder)/evidence-\(text.filter { $0 != ":" && $0 != "-" })-\(UUID().uuidString.prefix(4)).json"
    try DurableFile.write(document(text), to: path, replacing: false)
    return path
  }

  // MARK: Files

  private func contents(of path: String) throws -> [UInt8]? {
    if access(path, F_OK) != 0, errno == ENOENT { return nil }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw WitnessFailure.refused("\(path): cannot be read")
    }
    return [UInt8](data)
  }

  /// A folder that went with the power would take with it what was cosigned.
  private static func makeFolder(_ path: String) throws {
    guard mkdir(path, 0o700) == 0 else {
      if errno == EEXIST { return }
      throw failure(path)
    }
    let parent = URL(filePath: path).deletingLastPathComponent().path
    try withFile(parent, O_RDONLY | O_DIRECTORY) { guard fsync($0) == 0 else { throw failure(parent) } }
  }

  private static func withFile<Value>(_ path: String, _ flags: Int32, _ body: (Int32) throws -> Value) throws -> Value {
    let descriptor = open(path, flags | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    return try body(descriptor)
  }

  private static func failure(_ path: String) -> WitnessFailure {
    .refused("\(path): \(String(cString: strerror(errno)))")
  }
}
