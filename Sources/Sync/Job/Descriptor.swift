internal import Glibc

/// A file descriptor that is closed with its last reference, and that no child inherits.
final class Descriptor {
  let number: Int32

  init(_ number: Int32) { self.number = number }

  deinit { close(number) }

  func makeNonblocking() { _ = fcntl(number, F_SETFL, O_NONBLOCK) }

  /// Up to so many bytes; none at the end.
  func read(_ countMax: Int) throws -> [UInt8] {
    while true {
      var count = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: countMax) { buffer, initialized in
        count = Glibc.read(number, buffer.baseAddress, countMax)
        initialized = max(count, 0)
      }
      if count >= 0 { return bytes }
      guard errno == EINTR else { throw SyncFault.refused("read: errno \(errno)", code: nil) }
    }
  }

  /// Writes what there is room for; nil when nobody reads any more.
  func writeSome(_ bytes: ArraySlice<UInt8>) -> Int? {
    let count = bytes.withUnsafeBytes { Glibc.write(number, $0.baseAddress, $0.count) }
    return count >= 0 ? count : errno == EAGAIN || errno == EINTR ? 0 : nil
  }

  /// Writes everything.
  func write(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      guard let count = writeSome(rest) else { throw SyncFault.refused("write: errno \(errno)", code: nil) }
      rest = rest.dropFirst(count)
    }
  }
}

/// Both ends of a pipe.
struct Pipe {
  let reading: Descriptor
  let writing: Descriptor

  init() throws {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw SyncFault.refused("pipe: errno \(errno)", code: nil) }
    // Out of the way of the numbers under which a child is given its own.
    let moved = ends.map { end in
      let moved = fcntl(end, F_DUPFD_CLOEXEC, 10)
      close(end)
      return Descriptor(moved)
    }
    guard moved.allSatisfy({ $0.number >= 0 }) else { throw SyncFault.refused("pipe: errno \(errno)", code: nil) }
    (reading, writing) = (moved[0], moved[1])
  }
}

/// Bytes as they come, taken out line by line.
struct LineBuffer {
  /// A case may have 20,000 characters of narrative and long lists; what is longer than this is no line of ours.
  static let lineBytesMax = 16 << 20

  private var bytes: [UInt8] = []
  private var start = 0
  private var searched = 0

  /// Bytes that are not taken out yet.
  var count: Int { bytes.count - start }

  /// These bytes.
  var rest: [UInt8] { Array(bytes[start...]) }

  mutating func append(_ more: [UInt8]) {
    bytes.removeFirst(start)
    searched -= start
    start = 0
    bytes += more
  }

  /// The next bytes; nil when there are not as many.
  mutating func nextBytes(_ wanted: Int) -> [UInt8]? {
    guard wanted <= count else { return nil }
    defer { (start, searched) = (start + wanted, max(searched, start + wanted)) }
    return Array(bytes[start..<(start + wanted)])
  }

  /// The next whole line, without its end.
  mutating func nextLine() -> [UInt8]? {
    let from = searched
    let length = bytes.withUnsafeBytes { buffer -> Int? in
      guard let base = buffer.baseAddress, let end = memchr(base + from, 10, buffer.count - from) else { return nil }
      return UnsafeRawPointer(end) - base
    }
    guard let end = length else {
      searched = bytes.count
      return nil
    }
    defer { (start, searched) = (end + 1, end + 1) }
    return Array(bytes[start..<end])
  }
}
