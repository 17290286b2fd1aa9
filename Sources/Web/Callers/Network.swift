internal import Foundation
public import HTTPServer
internal import HTTPTypes

/// A block of addresses in CIDR notation, such as `10.1.0.0/16`; a bare address is a block of one.
public struct Network: Sendable {
  /// The notation, as it was given.
  public let text: String
  private let address: [UInt8]
  private let prefixBits: Int

  /// Parses the notation; nil when it is malformed.
  public init?(_ text: String) {
    self.text = text
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, let address = PeerAddress(String(first)) else { return nil }
    self.address = address.bytes
    guard parts.count == 2 else {
      prefixBits = self.address.count * 8
      return
    }
    // `Int` also reads a sign.
    guard parts[1].utf8.allSatisfy({ (48...57).contains($0) }), let bits = Int(parts[1]),
      (0...(self.address.count * 8)).contains(bits)
    else { return nil }
    prefixBits = bits
  }

  /// True when the address lies in the block. Addresses of the other family never do.
  public func contains(_ other: PeerAddress) -> Bool {
    let bytes = other.bytes
    guard bytes.count == address.count else { return false }
    for index in bytes.indices {
      let bits = min(8, max(0, prefixBits - index * 8))
      let mask = UInt8(truncatingIfNeeded: 0xFF00 >> bits)
      guard bytes[index] & mask == address[index] & mask else { return false }
    }
    return true
  }
}

extension [Network] {
  /// True when the address lies in one of the blocks.
  func contain(_ address: PeerAddress) -> Bool { contains { $0.contains(address) } }
}

extension Request {
  /// True when whoever sent it is believed what it says of its client: an address that the settings name, or whoever
  /// reaches the service's socket in the file system, which the mode of that socket decides.
  func comes(fromOneOf proxies: [Network]) -> Bool { peer.isLocalSocket || proxies.contain(peer) }

  /// True when it speaks of a proxy: one that is trusted, or a field that proxies add.
  func comesByProxy(trusting proxies: [Network]) -> Bool {
    comes(fromOneOf: proxies) || !Self.proxyFields.allSatisfy { fields[$0] == nil }
  }

  private static let proxyFields = [
    "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via",
  ].compactMap { HTTPField.Name($0) }
}

/// The identity of the client's certificate, which a trusted proxy has verified: its `Netral-Client-Identity`.
enum ClientIdentity {
  /// Nil when nobody who is trusted says anything, or says more than one thing.
  static func of(_ request: Request, trusting proxies: [Network]) -> String? {
    guard request.comes(fromOneOf: proxies) else { return nil }
    let values = request.fields.values(of: .clientIdentity)
    return values.count == 1 ? values.first : nil
  }
}

/// The client's address: the peer's, or what a trusted proxy says (RFC 7239).
enum ClientAddress {
  static func of(_ request: Request, trusting proxies: [Network]) -> PeerAddress {
    guard request.comes(fromOneOf: proxies) else { return request.peer }
    return claimed(by: request.fields.values(of: .forwarded)) ?? request.peer
  }

  /// What the last element says, which is the one that the trusted proxy itself has added.
  ///
  /// Bytes are looked at and not characters: some of Unicode's join the comma or semicolon beside them into one character,
  /// and a client could hide the proxy's element behind its own.
  static func claimed(by values: [String]) -> PeerAddress? {
    guard let last = values.last?.utf8.split(separator: UInt8(ascii: ",")).last else { return nil }
    for pair in last.split(separator: UInt8(ascii: ";")) {
      let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1)
      guard parts.count == 2, let name = String(parts[0])?.trimmingCharacters(in: .whitespaces),
        let value = String(parts[1])?.trimmingCharacters(in: .whitespaces), name.lowercased() == "for"
      else { continue }
      return PeerAddress(node(value[...]))
    }
    return nil
  }

  /// Strips quotes, brackets and a port.
  private static func node(_ text: Substring) -> String {
    let bare = text.filter { $0 != "\"" }
    if bare.hasPrefix("["), let end = bare.firstIndex(of: "]") {
      return String(bare[bare.index(after: bare.startIndex)..<end])
    }
    let parts = bare.split(separator: ":")
    return parts.count == 2 ? String(parts[0]) : bare
  }
}
