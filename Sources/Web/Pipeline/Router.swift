internal import HTTPTypes

/// Finds the route of a path by walking its segments through a tree; fixed segments win over parameters.
struct Router: Sendable {
  /// What a path leads to.
  enum Match {
    case route(Route, [Substring])
    case wrongMethod(allowed: [HTTPRequest.Method], isPublic: Bool)
    /// A path that would be one without the slash at its end.
    case slashAtEnd
    case nothing
  }

  private final class Node: Sendable {
    /// Few enough to be compared one after the other, which is faster than hashing a segment.
    let fixed: [(name: String, node: Node)]
    let parameter: Node?
    /// Whether the parameter that leads here is all that is left of the path.
    let isTail: Bool
    let routes: [Route]

    init(_ routes: [(segments: ArraySlice<Substring>, route: Route)], isTail: Bool = false) {
      self.isTail = isTail
      self.routes = routes.filter(\.segments.isEmpty).map(\.route)
      let longer = routes.filter { !$0.segments.isEmpty }
      let tails = longer.map {
        (first: $0.segments.first ?? "", rest: (segments: $0.segments.dropFirst(), route: $0.route))
      }
      let parameters = tails.filter { $0.first.hasPrefix("{") }
      let isTail = parameters.contains { $0.rest.route.hasTail && $0.rest.segments.isEmpty }
      parameter = parameters.isEmpty ? nil : Node(parameters.map(\.rest), isTail: isTail)
      fixed = Dictionary(grouping: tails.filter { !$0.first.hasPrefix("{") }, by: { String($0.first) })
        .map { (name: $0.key, node: Node($0.value.map(\.rest))) }
    }

    func next(_ segment: Substring) -> Node? {
      let bytes = segment.utf8.count
      return fixed.first { $0.name.utf8.count == bytes && $0.name == segment }?.node
    }
  }

  private let root: Node
  /// The routes, each with its place among them.
  let routes: [Route]

  init(_ routes: [Route]) {
    var routes = routes
    for index in routes.indices { routes[index].index = index }
    self.routes = routes
    root = Node(routes.map { (segments: $0.template.split(separator: "/")[...], route: $0) })
  }

  /// Looks a path up. Parameters come back as they stand in the path, in order.
  func match(_ method: HTTPRequest.Method, _ path: Substring) -> Match {
    guard path.utf8.first == UInt8(ascii: "/") else { return .nothing }
    if path.utf8.count > 1, path.utf8.last == UInt8(ascii: "/") {
      let bare = path.dropLast()
      switch match(method, bare) {
      case .route, .wrongMethod: return .slashAtEnd
      case .nothing, .slashAtEnd: return .nothing
      }
    }
    var node = root
    var parameters: [Substring] = []
    // The root has no segment.
    var rest: Substring? = path.utf8.count > 1 ? path.dropFirst() : nil
    while let text = rest {
      let slash = text.utf8.firstIndex(of: UInt8(ascii: "/"))
      let segment = slash.map { text[..<$0] } ?? text
      rest = slash.map { text[text.utf8.index(after: $0)...] }
      if let next = node.next(segment) {
        node = next
      } else if let next = node.parameter, !segment.isEmpty {
        node = next
        parameters.append(next.isTail ? text : segment)
        if next.isTail { rest = nil }
      } else {
        return .nothing
      }
    }
    guard !node.routes.isEmpty else { return .nothing }
    let wanted = method == .head ? .get : method
    if let route = node.routes.first(where: { $0.method == wanted }) { return .route(route, parameters) }
    var allowed = node.routes.map(\.method) + [.options]
    if allowed.contains(.get) { allowed.append(.head) }
    return .wrongMethod(allowed: allowed, isPublic: node.routes.allSatisfy(\.gate.isPublic))
  }
}
