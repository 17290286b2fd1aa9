/// Bytes that were received and not yet understood; it owns no memory while it is empty.
struct InputBuffer {
  private(set) var bytes: [UInt8] = []
  private(set) var start = 0

  var count: Int { bytes.count - start }
  var isEmpty: Bool { start == bytes.count }

  mutating func append(_ received: UnsafeRawBufferPointer) {
    if isEmpty {
      bytes = [UInt8](received)
      start = 0
    } else {
      if start > 0 {
        bytes.removeFirst(start)
        start = 0
      }
      bytes.append(contentsOf: received)
    }
  }

  mutating func consume(_ count: Int) {
    start += count
    if start == bytes.count {
      bytes = []
      start = 0
    }
  }

  /// Takes the first `count` bytes out; when they are all there is, they are moved and not copied.
  mutating func takeFirst(_ count: Int) -> [UInt8] {
    if start == 0 && count == bytes.count {
      let taken = bytes
      bytes = []
      return taken
    }
    let taken = [UInt8](bytes[start..<start + count])
    consume(count)
    return taken
  }
}
