internal import Foundation
internal import Glibc
internal import Synchronization

/// Passes connections on to a server, and cuts each off after so many bytes of answers.
final class CuttingProxy: Sendable {
  let port: UInt16
  private let listener: Int32
  private let upstream: UInt16
  private let allowance = Mutex<Int?>(nil)

  init(to upstream: UInt16) throws {
    self.upstream = upstream
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | 0o2000000, 0)
    var name = Self.address(0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    let result = withUnsafeMutablePointer(to: &name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(listener, address, length) == 0 && listen(listener, 16) == 0
          && getsockname(listener, address, &length) == 0
      }
    }
    guard result else { throw TestFailure("proxy: errno \(errno)") }
    port = UInt16(bigEndian: name.sin_port)
    Thread.detachNewThread { [listener, weak self] in
      while case let client = accept(listener, nil, nil), client >= 0 {
        guard let self else { break }
        Thread.detachNewThread { self.serve(client) }
      }
      close(listener)
    }
  }

  deinit { shutdown(listener, Int32(SHUT_RDWR)) }

  /// How much of an answer passes from now on; nil: all.
  func allow(_ bytes: Int?) { allowance.withLock { $0 = bytes } }

  private static func address(_ port: UInt16) -> sockaddr_in {
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = port.bigEndian
    name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return name
  }

  private func serve(_ client: Int32) {
    let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | 0o2000000, 0)
    defer {
      // A program that was started meanwhile may share the connection; closing would not end it.
      shutdown(client, Int32(SHUT_RDWR))
      close(client)
      close(server)
    }
    let name = Self.address(upstream)
    let result = withUnsafePointer(to: name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(server, $0, 16) }
    }
    guard result == 0 else { return }
    var left = allowance.withLock { $0 } ?? .max
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while left > 0 {
      var watched = [client, server].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      guard Glibc.poll(&watched, 2, 30_000) > 0 else { return }
      if watched[0].revents != 0 {
        let count = recv(client, &buffer, buffer.count, 0)
        guard count > 0, send(server, buffer, count, Int32(MSG_NOSIGNAL)) == count else { return }
      }
      if watched[1].revents != 0 {
        let count = recv(server, &buffer, min(buffer.count, left), 0)
        guard count > 0, send(client, buffer, count, Int32(MSG_NOSIGNAL)) == count else { return }
        left -= count
      }
    }
  }
}
