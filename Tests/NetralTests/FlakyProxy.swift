internal import Foundation
internal import Glibc
internal import Synchronization

/// A TCP proxy that cuts each connection after so many bytes in one of the directions.
final class FlakyProxy: Sendable {
  /// After how many bytes of a request or of an answer the connection is cut; nil: not by those.
  struct Cut: Sendable {
    var sentBytes: Int?
    var receivedBytes: Int?
    /// What happens just before the connection is cut.
    var first: @Sendable () -> Void = {}
  }

  let port: UInt16
  private let listener: Int32
  private let target: UInt16
  private let cut = Mutex(Cut())

  init(to target: UInt16) throws {
    self.target = target
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | 0o2000000, 0)
    var name = Self.address(0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = listener
    let result = withUnsafeMutablePointer(to: &name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(descriptor, address, length) | listen(descriptor, 64) | getsockname(descriptor, address, &length)
      }
    }
    guard descriptor >= 0, result == 0 else { throw TestFailure("proxy: errno \(errno)") }
    port = UInt16(bigEndian: name.sin_port)
    Thread.detachNewThread { [self] in
      while case let client = accept(descriptor, nil, nil), client >= 0 {
        // No program started by a test is to hold the connection open.
        _ = fcntl(client, F_SETFD, FD_CLOEXEC)
        serve(client)
      }
    }
  }

  /// Ends the listening; connections end with their parties.
  func close() { shutdown(listener, Int32(SHUT_RDWR)) }

  /// Says when the connections that begin from now on are cut.
  func cut(_ next: Cut) { cut.withLock { $0 = next } }

  private func serve(_ client: Int32) {
    let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | 0o2000000, 0)
    let result = withUnsafePointer(to: Self.address(target)) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(server, $0, 16) }
    }
    let pair = Pair(client, server)
    guard result == 0 else { return }
    let cut = cut.withLock { $0 }
    Thread.detachNewThread { pair.copy(from: client, to: server, cut.sentBytes, cut.first) }
    Thread.detachNewThread { pair.copy(from: server, to: client, cut.receivedBytes, cut.first) }
  }

  private static func address(_ port: UInt16) -> sockaddr_in {
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = port.bigEndian
    name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return name
  }
}

/// The two ends of a connection; closed with the last thread that copies.
private final class Pair: Sendable {
  private let ends: [Int32]

  init(_ client: Int32, _ server: Int32) { ends = [client, server] }

  deinit { for end in ends { Glibc.close(end) } }

  /// Copies until one side ends or the bytes are used up; then neither side goes on.
  func copy(from source: Int32, to target: Int32, _ bytesMax: Int?, _ first: () -> Void) {
    var rest = bytesMax ?? .max
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while rest > 0, case let count = recv(source, &buffer, min(buffer.count, rest), 0), count > 0 {
      guard send(target, buffer, count, Int32(MSG_NOSIGNAL)) == count else { break }
      rest -= count
    }
    if rest == 0 { first() }
    for end in ends { shutdown(end, Int32(SHUT_RDWR)) }
  }
}
