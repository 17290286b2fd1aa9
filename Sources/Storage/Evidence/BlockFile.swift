internal import Crypto
internal import Domain
internal import Foundation
internal import Service

/// A sealed file that is open: reading it at any place.
final class BlockFile: KeptFile {
  let byteCount: Int
  private let cipher: FileCipher
  private let descriptor: CInt

  /// Takes a descriptor over.
  init(_ descriptor: CInt, byteCount: Int, _ cipher: FileCipher) {
    (self.descriptor, self.byteCount, self.cipher) = (descriptor, byteCount, cipher)
  }

  /// - Throws: `EvidenceFault.damaged` when it is missing, or has another length than was stored.
  convenience init(_ path: String, byteCount: Int, _ cipher: FileCipher) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw EvidenceFault.damaged }
    self.init(descriptor, byteCount: byteCount, cipher)
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_size == FileCipher.sealedBytes(byteCount) else {
      throw EvidenceFault.damaged
    }
  }

  deinit { close(descriptor) }

  func read(_ range: Range<Int>) async throws -> [UInt8] {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global(qos: .utility).async {
        continuation.resume(
          with: Result {
            do {
              return try self.readNow(range)
            } catch is EvidenceFault {
              throw Failure.evidenceDamaged
            }
          })
      }
    }
  }

  /// The same on the thread that asks.
  ///
  /// - Throws: `EvidenceFault.damaged`.
  func readNow(_ range: Range<Int>) throws -> [UInt8] {
    guard !range.isEmpty else { return [] }
    let block = FileCipher.blockBytes
    let (first, last) = (range.lowerBound / block, (range.upperBound - 1) / block)
    let start = FileCipher.offset(ofBlock: first)
    let end = min(FileCipher.offset(ofBlock: last + 1), FileCipher.sealedBytes(byteCount))
    let sealed = try bytes(start..<end)
    var opened: [UInt8] = []
    opened.reserveCapacity((last - first + 1) * block)
    try sealed.withUnsafeBytes { sealed in
      for number in first...last {
        let from = FileCipher.offset(ofBlock: number) - start
        let upTo = min(FileCipher.offset(ofBlock: number + 1) - start, sealed.count)
        try cipher.open(
          UnsafeRawBufferPointer(rebasing: sealed[from..<upTo]), number: number,
          isLast: number == FileCipher.blockCount(byteCount) - 1, into: &opened)
      }
    }
    let skipped = range.lowerBound - first * block
    return skipped == 0 && opened.count == range.count ? opened : Array(opened[skipped..<skipped + range.count])
  }

  private func bytes(_ range: Range<Int>) throws -> [UInt8] {
    var isWhole = false
    let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
      while count < range.count {
        let done = pread(descriptor, buffer.baseAddress! + count, range.count - count, off_t(range.lowerBound + count))
        if done < 0, errno == EINTR { continue }
        guard done > 0 else { return }
        count += done
      }
      isWhole = true
    }
    guard isWhole else { throw EvidenceFault.damaged }
    return bytes
  }
}
