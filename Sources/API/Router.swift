internal import HTTPTypes

/// Finds the route of a path by walking its segments through a tree; fixed segments win over parameters.
struct Router: Sendable {
  /// What a path leads to.
  enum Match {
    case route(Route, [Substring])
    case wrongMethod(allowed: [HTTPRequest.Method])
    case nothing
  }

  private final class Node: Sendable {
    let fixed: [String: Node]
    let parameter: Node?
    let routes: [Route]

    init(_ routes: [(segments: ArraySlice<Substring>, route: Route)]) {
      self.routes = routes.filter(\.segments.isEmpty).map(\.route)
      let longer = routes.filter { !$0.segments.isEmpty }
      let tails = longer.map {
        (first: $0.segments.first ?? "", rest: (segments: $0.segments.dropFirst(), route: $0.route))
      }
      let parameters = tails.filter { $0.first.hasPrefix("{") }.map(\.rest)
      parameter = parameters.isEmpty ? nil : Node(parameters)
      fixed = Dictionary(grouping: tails.filter { !$0.first.hasPrefix("{") }, by: { String($0.first) })
        .mapValues { Node($0.map(\.rest)) }
    }
  }

  private let root: Node

  init(_ routes: [Route]) {
    root = Node(routes.map { (segments: $0.template.split(separator: "/")[...], route: $0) })
  }

  /// Looks a path up. Parameters come back as they stand in the path, in order.
  func match(_ method: HTTPRequest.Method, _ path: Substring) -> Match {
    guard path.utf8.first == UInt8(ascii: "/") else { return .nothing }
    var node = root
    var parameters: [Substring] = []
    for segment in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
      if let next = node.fixed[String(segment)] {
        node = next
      } else if let next = node.parameter, !segment.isEmpty {
        node = next
        parameters.append(segment)
      } else {
        return .nothing
      }
    }
    guard !node.routes.isEmpty else { return .nothing }
    let wanted = method == .head ? .get : method
    if let route = node.routes.first(where: { $0.method == wanted }) { return .route(route, parameters) }
    var allowed = node.routes.map(\.method) + [.options]
    if allowed.contains(.get) { allowed.append(.head) }
    return .wrongMethod(allowed: allowed)
  }
}
