internal import CEpoll
internal import Glibc

/// Where a server listens in the file system: `unix:` and an absolute path.
public struct SocketPath: Sendable, Equatable {
  /// Longest path in bytes: `sun_path` of unix(7) has 108, the last of which is NUL.
  public static let bytesMax = 107

  /// The path alone.
  public let path: String

  /// Reads a host as ``Server/Configuration/host`` describes it; nil when it is no such path.
  public init?(host: String) {
    guard host.hasPrefix("unix:/") else { return nil }
    path = String(host.dropFirst(5))
    guard path.utf8.count <= Self.bytesMax, path.utf8.count > 1, !path.utf8.contains(0) else { return nil }
  }
}

/// The name of a listening socket in the file system.
struct SocketFile {
  let path: SocketPath
  private let identity: (device: dev_t, inode: ino_t)

  /// Nil when there is nothing of that name any more.
  init?(_ path: SocketPath) {
    var status = stat()
    guard lstat(path.path, &status) == 0 else { return nil }
    self.path = path
    identity = (status.st_dev, status.st_ino)
  }

  /// Removes the name, unless it is another socket's by now.
  func remove() {
    var status = stat()
    guard lstat(path.path, &status) == 0, (status.st_dev, status.st_ino) == identity else { return }
    unlink(path.path)
  }
}

/// Makes the one listening socket in the file system that serves all loops.
///
/// Such sockets cannot share a name as those of a port do (`SO_REUSEPORT`).
struct LocalListener {
  /// Owner and group may connect: the group is how a front server is let in.
  private static let mode: mode_t = 0o660

  let path: SocketPath

  /// Opens the socket; the name of one that nobody listens on any more is taken over.
  func open() throws(StartFailure) -> ListeningSocket {
    let descriptor = cepoll_socket(AF_UNIX)
    guard descriptor >= 0 else { throw .init(errno: errno) }
    do throws(StartFailure) {
      try bindName(to: descriptor)
    } catch {
      close(descriptor)
      throw error
    }
    let socket = ListeningSocket(descriptor: descriptor, file: SocketFile(path))
    // Nobody can connect before it listens, so that no other mode was ever good for anything.
    guard socket.file != nil, chmod(path.path, Self.mode) == 0, listen(descriptor, SOMAXCONN) == 0 else {
      let failure = StartFailure(errno: errno)
      socket.close()
      throw failure
    }
    return socket
  }

  private func bindName(to descriptor: Int32) throws(StartFailure) {
    if call(bind, descriptor) == 0 { return }
    guard errno == EADDRINUSE else { throw .init(errno: errno) }
    try removeDeadSocket()
    guard call(bind, descriptor) == 0 else {
      throw errno == EADDRINUSE ? .socketInUse : .init(errno: errno)
    }
  }

  /// A process that was killed leaves its socket's name behind; nobody answers there.
  private func removeDeadSocket() throws(StartFailure) {
    var status = stat()
    guard lstat(path.path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket }
    let probe = cepoll_socket(AF_UNIX)
    guard probe >= 0 else { throw .init(errno: errno) }
    defer { close(probe) }
    let answer = call(connect, probe) == 0 ? 0 : errno
    switch answer {
    // EAGAIN: somebody listens, and many wait.
    case 0, EAGAIN: throw .socketInUse
    case ECONNREFUSED: unlink(path.path)
    case ENOENT: return
    default: throw .init(errno: answer)
    }
  }

  private func call(
    _ function: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32, _ descriptor: Int32
  ) -> Int32 {
    var name = sockaddr_un()
    name.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: path.path.utf8) }
    return withUnsafePointer(to: name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        function(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }
}
