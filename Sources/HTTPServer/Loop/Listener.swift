internal import CEpoll
internal import Glibc

/// Why the server could not start.
public enum StartFailure: Error, Sendable, Equatable {
  /// Another socket listens on the address and port already.
  case addressInUse
  /// The host is not an address of this machine, or no address at all.
  case badAddress
  /// The process may not listen there; ports below 1024 need a privilege.
  case denied
  /// Another process listens on the socket in the file system.
  case socketInUse
  /// The name of the socket is that of a file of another kind, which is left alone.
  case notASocket
  /// Another error of the system, by its number.
  case system(errno: Int32)

  init(errno: Int32) {
    switch errno {
    case EADDRINUSE: self = .addressInUse
    case EADDRNOTAVAIL, EAFNOSUPPORT: self = .badAddress
    case EACCES, EPERM: self = .denied
    default: self = .system(errno: errno)
    }
  }
}

extension StartFailure: CustomStringConvertible {
  /// One line in English.
  public var description: String {
    switch self {
    case .addressInUse: "another process listens on this address and port"
    case .badAddress: "the host is not an address of this machine"
    case .denied: "the process may not listen on this port or socket"
    case .socketInUse: "another process listens on this socket"
    case .notASocket: "a file with the name of the socket is none; take it away"
    case .system(let errno): "cannot listen: \(String(cString: strerror(errno)))"
    }
  }
}

/// A socket that listens.
struct ListeningSocket {
  let descriptor: Int32
  /// Its name in the file system, for one that has none in a network.
  var file: SocketFile?

  func close() {
    file?.remove()
    Glibc.close(descriptor)
  }
}

/// Makes the listening sockets of all loops, which share one port.
struct Listener {
  private var storage = sockaddr_storage()
  private let length: socklen_t
  private let family: Int32

  /// Reads a host as ``Server/Configuration/host`` describes it.
  init(host: String, port: UInt16) throws(StartFailure) {
    guard let address = PeerAddress(host == "localhost" ? "127.0.0.1" : host) else { throw .badAddress }
    family = address.isIPv6 ? AF_INET6 : AF_INET
    let bytes = address.bytes
    if address.isIPv6 {
      var name = sockaddr_in6()
      name.sin6_family = sa_family_t(AF_INET6)
      name.sin6_port = port.bigEndian
      withUnsafeMutableBytes(of: &name.sin6_addr) { $0.copyBytes(from: bytes) }
      length = socklen_t(MemoryLayout<sockaddr_in6>.size)
      withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: name, as: sockaddr_in6.self) }
    } else {
      var name = sockaddr_in()
      name.sin_family = sa_family_t(AF_INET)
      name.sin_port = port.bigEndian
      withUnsafeMutableBytes(of: &name.sin_addr) { $0.copyBytes(from: bytes) }
      length = socklen_t(MemoryLayout<sockaddr_in>.size)
      withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: name, as: sockaddr_in.self) }
    }
  }

  /// Opens `count` sockets on one port.
  ///
  /// `SO_REUSEPORT` alone would let a second server share the port unnoticed. So the first socket listens without it,
  /// which the kernel grants to one socket only, and takes it up afterwards, so that its siblings can join.
  func open(count: Int) throws(StartFailure) -> (sockets: [ListeningSocket], port: UInt16) {
    var descriptors: [Int32] = []
    do throws(StartFailure) {
      let first = try makeSocket()
      descriptors.append(first)
      try listen(on: first, storage)
      guard Socket.enable(SO_REUSEPORT, SOL_SOCKET, on: first) else { throw .init(errno: errno) }
      let bound = try boundAddress(of: first)
      for _ in 1..<max(1, count) {
        let next = try makeSocket()
        descriptors.append(next)
        guard Socket.enable(SO_REUSEPORT, SOL_SOCKET, on: next) else { throw .init(errno: errno) }
        try listen(on: next, bound)
      }
      return (descriptors.map { ListeningSocket(descriptor: $0) }, Self.port(of: bound))
    } catch {
      for descriptor in descriptors { close(descriptor) }
      throw error
    }
  }

  private func makeSocket() throws(StartFailure) -> Int32 {
    let descriptor = cepoll_socket(family)
    guard descriptor >= 0 else { throw .init(errno: errno) }
    // Accepted sockets inherit what is set for TCP. Of what a client does not take the system keeps little beside what is
    // on its way, so that the rest is seen and counted here (``AnswerAccount``). A restart need not wait for the last connections' TIME_WAIT.
    guard Socket.enable(SO_REUSEADDR, SOL_SOCKET, on: descriptor),
      Socket.enable(TCP_NODELAY, Int32(IPPROTO_TCP), on: descriptor),
      Socket.set(TCP_NOTSENT_LOWAT, Int32(IPPROTO_TCP), to: FixedLimit.unsentBytesMax, on: descriptor)
    else {
      let failure = StartFailure(errno: errno)
      close(descriptor)
      throw failure
    }
    return descriptor
  }

  private func listen(on descriptor: Int32, _ address: sockaddr_storage) throws(StartFailure) {
    let result = withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
    }
    guard result == 0, Glibc.listen(descriptor, SOMAXCONN) == 0 else { throw .init(errno: errno) }
  }

  private func boundAddress(of descriptor: Int32) throws(StartFailure) -> sockaddr_storage {
    var address = sockaddr_storage()
    var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let result = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
    }
    guard result == 0 else { throw .init(errno: errno) }
    return address
  }

  /// The port stands at the same place for both families.
  private static func port(of address: sockaddr_storage) -> UInt16 {
    withUnsafeBytes(of: address) { UInt16(bigEndian: $0.loadUnaligned(as: sockaddr_in.self).sin_port) }
  }
}
