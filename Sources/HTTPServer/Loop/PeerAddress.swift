internal import Glibc

/// The IPv4 or IPv6 address of the other end of a connection, without its port; or that it came by a socket in the file
/// system and has none.
///
/// An IPv4 address that arrives on an IPv6 socket (`::ffff:192.0.2.1`) is the IPv4 address.
public struct PeerAddress: Hashable, Sendable {
  /// The other end of a socket in the file system, whoever it is: `unix(7)`.
  public static let localSocket = PeerAddress(isLocalSocket: true)

  /// Whether the connection came by a socket in the file system.
  public let isLocalSocket: Bool
  /// Whether this is an IPv6 address.
  public let isIPv6: Bool
  private let high: UInt64
  private let low: UInt64

  /// Reads an address in its usual notation, such as `192.0.2.1` or `2001:db8::1`; nil when it is none.
  public init?(_ text: String) {
    // To C, NUL ends a text.
    guard !text.utf8.contains(0) else { return nil }
    var address4 = in_addr()
    if inet_pton(AF_INET, text, &address4) == 1 {
      self.init(ipv4: address4)
      return
    }
    var address6 = in6_addr()
    guard inet_pton(AF_INET6, text, &address6) == 1 else { return nil }
    self.init(ipv6: address6)
  }

  /// The address in network order: 4 bytes or 16; none of ``localSocket``.
  public var bytes: [UInt8] {
    if isLocalSocket { return [] }
    let word = { (value: UInt64) in (0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64(56 - 8 * $0)) } }
    return isIPv6 ? word(high) + word(low) : Array(word(low).suffix(4))
  }

  private init(isLocalSocket: Bool) {
    self.isLocalSocket = isLocalSocket
    isIPv6 = false
    high = 0
    low = 0
  }

  init(ipv4 address: in_addr) {
    isLocalSocket = false
    isIPv6 = false
    high = 0
    low = UInt64(UInt32(bigEndian: address.s_addr))
  }

  init(ipv6 address: in6_addr) {
    let words = withUnsafeBytes(of: address) {
      (
        UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)),
        UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      )
    }
    isLocalSocket = false
    let isMapped = words.0 == 0 && words.1 >> 32 == 0xFFFF
    isIPv6 = !isMapped
    high = words.0
    low = isMapped ? words.1 & 0xFFFF_FFFF : words.1
  }

  /// Reads what `accept` filled in; an unknown family is the unspecified address.
  init(_ storage: sockaddr_storage) {
    self = withUnsafeBytes(of: storage) { bytes in
      if Int32(storage.ss_family) == AF_INET6 {
        PeerAddress(ipv6: bytes.loadUnaligned(as: sockaddr_in6.self).sin6_addr)
      } else if Int32(storage.ss_family) == AF_INET {
        PeerAddress(ipv4: bytes.loadUnaligned(as: sockaddr_in.self).sin_addr)
      } else if Int32(storage.ss_family) == AF_UNIX {
        .localSocket
      } else {
        PeerAddress(ipv4: in_addr())
      }
    }
  }
}

extension PeerAddress: CustomStringConvertible {
  /// The usual notation: dotted decimal, or RFC 5952 for IPv6; `unix` for ``localSocket``.
  public var description: String {
    if isLocalSocket { return "unix" }
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    guard inet_ntop(isIPv6 ? AF_INET6 : AF_INET, bytes, &text, socklen_t(text.count)) != nil else { return "unknown" }
    return text.withUnsafeBufferPointer { buffer in
      String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
  }
}
