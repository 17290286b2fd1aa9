internal import HTTPServer
internal import HTTPTypes

/// Who may read metrics without a key: whoever is on this machine, and not behind a proxy on it.
enum LocalPeer {
  /// A loopback address alone says little, since the peers of a service behind a local proxy are all on loopback. So a
  /// request counts as local only when nothing speaks of a proxy: no field that one adds, no address that is trusted as
  /// one, not the HTTP/1.0 of a proxy that is set up with one line, and a Host that names this machine (which a web page
  /// that is made to ask here cannot send either). One that has a key is judged by the key.
  static func asks(_ request: Request, trusting proxies: [Network]) -> Bool {
    guard let hostField, !request.isHTTP10, loopback.contain(request.peer), !request.comesByProxy(trusting: proxies),
      request.fields[.authorization] == nil, let host = request.fields[hostField]
    else { return false }
    let end = host.hasPrefix("[") ? host.firstIndex(of: "]").map { host.index(after: $0) } : host.firstIndex(of: ":")
    return ["localhost", "127.0.0.1", "[::1]"].contains(host[..<(end ?? host.endIndex)].lowercased())
  }

  private static let hostField = HTTPField.Name("Host")
  private static let loopback = ["127.0.0.0/8", "::1"].compactMap { Network($0) }
}
