internal import Crypto
internal import Domain
internal import Foundation
internal import Service
internal import Synchronization

/// A file that is being brought: sealed block by block before it touches the disk, under a key that nobody else has.
final class IncomingEvidence: IncomingFile {
  /// What it has come to.
  struct Placed {
    var digest: String
    var name: String
    var byteCount: Int
    var sha256: String
  }

  private struct State {
    var hash = SHA256()
    var text = PlainTextCheck()
    var head: [UInt8] = []
    var rest: [UInt8] = []
    var byteCount = 0
    var blockCount = 0
    var path: String?
    var descriptor: CInt = -1
    var placed: Placed?
    var isFinished = false
    var isNamed = false
    /// The name of a file that is kept, was to hold the same bytes, and does not.
    var lostName: String?
  }

  let cipher = FileCipher(SymmetricKey(size: .bits256))
  private let files: EvidenceFiles
  private let digests: KeyedDigests
  private let queue = DispatchQueue(label: "evidence", qos: .userInitiated)
  private let state: Mutex<State>

  /// Nothing for an event loop.
  init(into files: EvidenceFiles, _ digests: KeyedDigests) throws {
    (self.files, self.digests) = (files, digests)
    var state = State()
    (state.path, state.descriptor) = try files.folder.begin()
    self.state = Mutex(state)
  }

  deinit {
    state.withLock { state in
      if state.descriptor >= 0 { close(state.descriptor) }
      if let path = state.path { unlink(path) }
    }
  }

  /// Where it stands, once it is whole.
  var placed: Placed? { state.withLock { $0.placed } }

  func append(_ bytes: [UInt8]) async throws {
    try await onQueue { state in
      guard !state.isFinished else { throw Failure.storageUnavailable }
      try self.take(bytes, &state)
    }
  }

  func finish() async throws -> BroughtFile {
    try await onQueue { state in
      // What was finished is somebody's: not a byte of it is written again.
      guard !state.isFinished else { throw Failure.storageUnavailable }
      state.isFinished = true
      try self.sealRest(&state)
      guard fsync(state.descriptor) == 0, let path = state.path else { throw Failure.storageUnavailable }
      let sha256 = state.hash.finalize().hexadecimal
      let file = BlockFile(dup(state.descriptor), byteCount: state.byteCount, self.cipher)
      let inspection = FileInspection(byteCount: state.byteCount) { try file.readNow($0) }
      let finding = try inspection.find(FileSignature(state.head), isText: state.text.isWhole)
      let digest = self.digests.digest(.file, sha256)
      let name = "\(digest.lowercased())-\(UUID().uuidString.prefix(8).lowercased())"
      if case .type = finding {
        try self.files.place(path, as: name)
        state.path = nil
        state.placed = Placed(digest: digest, name: name, byteCount: state.byteCount, sha256: sha256)
      }
      return BroughtFile(sha256: sha256, byteCount: state.byteCount, finding: finding)
    }
  }

  func settle(_ failure: Failure?) async {
    let (name, isNamed) = state.withLock { ($0.placed?.name, $0.isNamed) }
    let isUnknown = failure?.code == .storageUnavailable
    if let name { files.settle(name, isKept: isUnknown || isNamed && failure == nil) }
  }

  /// Reads what is on the disk.
  ///
  /// - Throws: `Failure` (`storage_unavailable`) where that is not what has come.
  func prove() throws {
    guard let placed else { return }
    let path = files.folder.path(of: placed.name)
    let sha256 = try? EvidenceCheck.sha256(of: path, byteCount: placed.byteCount, cipher)
    guard sha256 == placed.sha256 else { throw Failure.storageUnavailable }
  }

  /// Says that the kept file of another name, which was to hold the same bytes, is lost or damaged.
  func noteLost(_ name: String) { state.withLock { $0.lostName = name } }

  /// Whether the kept file of another name was found lost or damaged.
  func isLost(_ name: String) -> Bool { state.withLock { $0.lostName == name } }

  /// A write names it, which is yet to be committed.
  func noteNamed() { state.withLock { $0.isNamed = true } }

  private func onQueue<Value: Sendable>(_ body: @escaping @Sendable (inout State) throws -> Value) async throws
    -> Value
  {
    try await withCheckedThrowingContinuation { continuation in
      queue.async { [self] in
        continuation.resume(
          with: Result {
            do {
              return try state.withLock { try body(&$0) }
            } catch is EvidenceFault {
              throw Failure.storageUnavailable
            }
          })
      }
    }
  }

  private func take(_ bytes: [UInt8], _ state: inout State) throws {
    state.hash.update(data: bytes)
    state.text.take(bytes)
    if state.head.count < FileSignature.byteCount {
      state.head += bytes.prefix(FileSignature.byteCount - state.head.count)
    }
    state.byteCount += bytes.count
    state.rest += bytes
    // The last block is told apart: one is kept back until more has come.
    let block = FileCipher.blockBytes
    guard state.rest.count > block else { return }
    var (sealed, start): ([UInt8], Int) = ([], 0)
    sealed.reserveCapacity(state.rest.count + 256)
    while state.rest.count - start > block {
      try cipher.seal(state.rest[start..<start + block], number: state.blockCount, isLast: false, to: &sealed)
      (start, state.blockCount) = (start + block, state.blockCount + 1)
    }
    state.rest.removeFirst(start)
    try write(sealed, to: state.descriptor)
  }

  private func sealRest(_ state: inout State) throws {
    var sealed: [UInt8] = []
    try cipher.seal(state.rest[...], number: state.blockCount, isLast: true, to: &sealed)
    (state.rest, state.blockCount) = ([], state.blockCount + 1)
    try write(sealed, to: state.descriptor)
  }

  private func write(_ bytes: [UInt8], to descriptor: CInt) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw Failure.storageUnavailable }
      rest = rest.dropFirst(count)
    }
  }
}
