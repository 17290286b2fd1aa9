internal import Glibc

/// Bytes that wait for the socket, in order; large arrays are kept as they are and not copied.
struct OutputQueue {
  private var segments: [[UInt8]] = []
  /// First segment that is not yet sent, and how much of it is.
  private var first = 0
  private var sentOfFirst = 0
  private(set) var byteCount = 0

  /// Arrays from this size on are kept whole; below it a copy costs less than a further segment.
  static let sharedBytesMin = 4_096
  /// How large a segment made of copies may grow.
  private static let copiedBytesMax = 32_768

  var isEmpty: Bool { byteCount == 0 }

  /// What is kept in memory: of an array that is sent in part, the whole.
  var heldByteCount: Int { byteCount + sentOfFirst }

  mutating func append(_ bytes: [UInt8]) {
    guard bytes.count >= Self.sharedBytesMin else {
      bytes.withUnsafeBytes { append(copying: $0) }
      return
    }
    segments.append(bytes)
    byteCount += bytes.count
  }

  mutating func append(copying bytes: UnsafeRawBufferPointer) {
    guard !bytes.isEmpty else { return }
    byteCount += bytes.count
    if let last = segments.indices.last, segments[last].count + bytes.count <= Self.copiedBytesMax {
      segments[last].append(contentsOf: bytes)
    } else {
      segments.append([UInt8](bytes))
    }
  }

  mutating func removeAll() {
    self = OutputQueue()
  }

  /// Sends what the socket takes now.
  ///
  /// - Returns: how many bytes it took, or minus the error number.
  mutating func send(to descriptor: Int32) -> Int {
    let last = min(segments.count, first + 8)
    let count = withVectors(first..<last) { vectors in Socket.send(vectors, to: descriptor) }
    if count > 0 { drop(count) }
    return count
  }

  private func withVectors(_ range: Range<Int>, _ body: (UnsafeMutableBufferPointer<iovec>) -> Int) -> Int {
    withUnsafeTemporaryAllocation(of: iovec.self, capacity: range.count) { vectors in
      fill(vectors, range.lowerBound, 0, body)
    }
  }

  /// Recursion is what keeps the storage of each array pinned while the next one is pinned.
  private func fill(
    _ vectors: UnsafeMutableBufferPointer<iovec>, _ firstIndex: Int, _ filled: Int,
    _ body: (UnsafeMutableBufferPointer<iovec>) -> Int
  ) -> Int {
    if filled == vectors.count { return body(vectors) }
    let index = firstIndex + filled
    return segments[index].withUnsafeBytes { bytes in
      let sent = index == first ? sentOfFirst : 0
      let rest = UnsafeRawBufferPointer(rebasing: bytes[sent...])
      vectors.initializeElement(
        at: filled, to: iovec(iov_base: UnsafeMutableRawPointer(mutating: rest.baseAddress), iov_len: rest.count))
      return fill(vectors, firstIndex, filled + 1, body)
    }
  }

  private mutating func drop(_ count: Int) {
    byteCount -= count
    if byteCount == 0 {
      removeAll()
      return
    }
    var count = count
    while first < segments.count, count >= segments[first].count - sentOfFirst {
      count -= segments[first].count - sentOfFirst
      segments[first] = []
      first += 1
      sentOfFirst = 0
    }
    sentOfFirst += count
    if first >= 32 {
      segments.removeFirst(first)
      first = 0
    }
  }
}
