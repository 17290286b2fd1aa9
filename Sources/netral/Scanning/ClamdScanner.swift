internal import Foundation
internal import Service

/// clamd, asked over its socket in the local file system (`INSTREAM` of clamd(8)): the file goes over as it is opened, and
/// clamd needs no access to it.
struct ClamdScanner: FileScanner {
  /// Why there is no verdict.
  enum Fault: Error {
    case unreachable, broken
    /// What it says, for example that the file is longer than its `StreamMaxLength`.
    case refused(String)
  }

  private static let pieceBytes = 256 << 10
  /// For one step, and for a file in all: clamd may read its signatures anew meanwhile.
  private static let (stepSeconds, fileSeconds) = (60, 600)

  let socket: String

  /// A verdict counts only when clamd has taken every byte.
  func isHarmful(_ file: any KeptFile) async throws -> Bool {
    let session = try await Session.open(socket, seconds: Self.stepSeconds)
    let deadline = ContinuousClock.now + .seconds(Self.fileSeconds)
    var isWhole = try await session.send(Array("zINSTREAM\0".utf8))
    for start in stride(from: 0, to: file.byteCount, by: Self.pieceBytes) where isWhole {
      guard ContinuousClock.now < deadline else { throw Fault.broken }
      let piece = try await file.read(start..<min(file.byteCount, start + Self.pieceBytes))
      isWhole = try await session.send(Self.length(piece.count) + piece)
    }
    if isWhole { isWhole = try await session.send(Self.length(0)) }
    let answer = try await session.answer()
    if answer.hasSuffix(" FOUND") { return true }
    guard isWhole, answer.hasSuffix(": OK") else { throw Fault.refused(answer) }
    return false
  }

  private static func length(_ count: Int) -> [UInt8] {
    withUnsafeBytes(of: UInt32(count).bigEndian) { Array($0) }
  }
}

/// One connection. It blocks on a queue of its own, and on no thread that others need.
private final class Session: Sendable {
  private let descriptor: CInt
  private let queue = DispatchQueue(label: "clamd", qos: .utility)

  /// Connecting may block as well.
  static func open(_ path: String, seconds: Int) async throws -> Session {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global(qos: .utility).async {
        continuation.resume(with: Result { try Session(path, seconds: seconds) })
      }
    }
  }

  private init(_ path: String, seconds: Int) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw ClamdScanner.Fault.unreachable }
    var name = sockaddr_un()
    name.sun_family = sa_family_t(AF_UNIX)
    let isShort = withUnsafeMutableBytes(of: &name.sun_path) { buffer in
      guard path.utf8.count < buffer.count else { return false }
      buffer.copyBytes(from: Array(path.utf8))
      return true
    }
    var patience = timeval(tv_sec: seconds, tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(descriptor, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
    }
    let result = withUnsafePointer(to: name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard isShort, result == 0 else { throw ClamdScanner.Fault.unreachable }
  }

  deinit { close(descriptor) }

  /// - Returns: false when it takes no more: then it has said why.
  /// - Throws: `broken` when it takes nothing for too long: what it has of the file is not all.
  func send(_ bytes: [UInt8]) async throws -> Bool {
    try await onQueue { descriptor in
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        if count < 0, errno == EINTR { continue }
        if count < 0, errno == EPIPE || errno == ECONNRESET { return false }
        guard count > 0 else { throw ClamdScanner.Fault.broken }
        rest = rest.dropFirst(count)
      }
      return true
    }
  }

  /// What it says, without the zero at the end.
  func answer() async throws -> String {
    try await onQueue { descriptor in
      var (answer, buffer): ([UInt8], [UInt8]) = ([], [UInt8](repeating: 0, count: 1_024))
      while answer.last != 0, answer.count < 4_096 {
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { break }
        answer += buffer[..<count]
      }
      guard answer.last == 0 else { throw ClamdScanner.Fault.broken }
      return String(decoding: answer.dropLast(), as: UTF8.self)
    }
  }

  /// A service that ends does not wait for a scanner that does not answer.
  private func onQueue<Value: Sendable>(_ body: @escaping @Sendable (CInt) throws -> Value) async throws -> Value {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        queue.async { [self] in continuation.resume(with: Result { try body(descriptor) }) }
      }
    } onCancel: {
      shutdown(descriptor, Int32(SHUT_RDWR))
    }
  }
}
